package strictyaml_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
)

type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "high":
		*l = 2
	default:
		return errors.New("a level is low or high")
	}
	return nil
}

// words takes one word or several.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	return strictyaml.DecodeNode("inner", n, (*[]string)(w)).Err()
}

type common struct {
	Name string `yaml:"name"`
	Note *string
}

type part struct {
	common `yaml:"-"`
	Common common   `yaml:",inline"`
	Tags   []string `yaml:"tags"`
	Count  int8     `yaml:"count"`
}

type whole struct {
	Listen string            `yaml:"listen"`
	On     bool              `yaml:"on_duty"`
	Size   uint16            `yaml:"size"`
	Share  float64           `yaml:"share"`
	For    time.Duration     `yaml:"for"`
	At     time.Time         `yaml:"at"`
	Level  level             `yaml:"level"`
	Words  words             `yaml:"words"`
	Parts  []part            `yaml:"parts"`
	Best   *part             `yaml:"best"`
	Labels map[string]string `yaml:"labels"`
	Any    any               `yaml:"any"`
	Raw    yaml.Node         `yaml:"raw"`
	Raws   []yaml.Node       `yaml:"raws"`
	//lint:ignore U1000 shows that a field that is not exported is no key
	private int
}

func TestDecodeEverything(t *testing.T) {
	const text = `
listen: :8080
on_duty: true
size: 0x1F
share: 2.5
for: 2d
at: 2026-01-02T03:04:05Z
level: high
words: one
parts:
  - {name: a, tags: [x, 007, 2026-01-01], count: -3}
  - name: b
    note: "12"
best: {name: c, tags: ~}
labels: {a: b, "c d": 1}
any: {x: [1, 2.5, yes, true, null, {}]}
raw: {unknown: [1, 2]}
raws: [a, {b: c}]
`
	var got whole
	positions, faults := strictyaml.Decode("f.yaml", []byte(strings.ReplaceAll(text, "null, ", "")), &got)
	if faults != nil {
		t.Fatal(faults)
	}
	if got.Raw.Kind != yaml.MappingNode || len(got.Raws) != 2 || got.Raws[1].Kind != yaml.MappingNode {
		t.Errorf("raw nodes: %+v %+v", got.Raw, got.Raws)
	}
	got.Raw, got.Raws = yaml.Node{}, nil
	note := "12"
	want := whole{
		Listen: ":8080", On: true, Size: 31, Share: 2.5, For: 48 * time.Hour, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Level: 2, Words: words{"one"},
		Parts: []part{{Common: common{Name: "a"}, Tags: []string{"x", "007", "2026-01-01"}, Count: -3}, {Common: common{Name: "b", Note: &note}}},
		Best:  &part{Common: common{Name: "c"}}, Labels: map[string]string{"a": "b", "c d": "1"},
		Any: map[string]any{"x": []any{1, 2.5, "yes", true, map[string]any{}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(whole{}, part{})); diff != "" {
		t.Error(diff)
	}
	for path, want := range map[string]strictyaml.Position{
		"": {2, 1}, "listen": {2, 9}, "parts[0].tags[1]": {11, 25}, "parts[1]": {12, 5}, "parts[1].note": {13, 11}, `labels["c d"]`: {15, 23},
	} {
		if at, ok := positions.At(path); !ok || at != want {
			t.Errorf("At(%s) = %v, %v; want %v", path, at, ok, want)
		}
	}
	if at, ok := positions.KeyAt("parts[1].note"); !ok || at != (strictyaml.Position{Line: 13, Column: 5}) {
		t.Errorf("KeyAt = %v, %v", at, ok)
	}
}

func TestFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"unknown near":          {"listn: x\n", []string{`f:1:1: unknown key "listn"; did you mean "listen"?`}},
		"unknown other style":   {"onDuty: true\n", []string{`f:1:1: unknown key "onDuty"; did you mean "on_duty"?`}},
		"unknown far":           {"best: {colour: x}\n", []string{`f:1:8: unknown key "colour"; the keys here are name, note, tags, count`}},
		"hidden":                {"private: 1\n", []string{`f:1:1: unknown key "private"; the keys here are listen, on_duty, size, share, for, at, level, words, parts, best, labels, any, raw, raws`}},
		"duplicate":             {"listen: a\nsize: 1\nlisten: b\n", []string{`f:3:1: the key "listen" is set twice; it was set on line 1`}},
		"list for text":         {"listen: [a]\n", []string{"f:1:9: listen: expected a text, found a list"}},
		"text for list":         {"parts: a\n", []string{`f:1:8: parts: expected a list, found the text "a"`}},
		"text for mapping":      {"best: a\n", []string{`f:1:7: best: expected a mapping of keys to values, found the text "a"`}},
		"list for mapping":      {"labels: [a]\n", []string{"f:1:9: labels: expected a mapping of keys to values, found a list"}},
		"list at the top":       {"- a\n", []string{"f:1:1: expected a mapping of keys to values, found a list"}},
		"text for bool":         {"on_duty: yes please\n", []string{`f:1:10: on_duty: expected true or false, found the text "yes please"`}},
		"yes for bool":          {"on_duty: yes\n", []string{`f:1:10: on_duty: expected true or false, found the text "yes"`}},
		"number for bool":       {"on_duty: 1\n", []string{"f:1:10: on_duty: expected true or false, found the number 1"}},
		"bool for number":       {"size: true\n", []string{"f:1:7: size: expected a whole number, not below 0, found true"}},
		"negative":              {"size: -1\n", []string{"f:1:7: size: expected a whole number, not below 0, found the number -1"}},
		"quoted number":         {"best: {count: \"1\"}\n", []string{`f:1:15: best.count: expected a whole number, found the text "1"`}},
		"fraction":              {"best: {count: 1.5}\n", []string{"f:1:15: best.count: expected a whole number, found the number 1.5"}},
		"too large":             {"best: {count: 300}\n", []string{"f:1:15: best.count: 300 is too large"}},
		"too large unsigned":    {"size: 70000\n", []string{"f:1:7: size: 70000 is too large"}},
		"infinite":              {"share: .inf\n", []string{"f:1:8: share: expected a number, found the number .inf"}},
		"long text":             {"share: " + strings.Repeat("ä", 60) + "\n", []string{`f:1:8: share: expected a number, found the text "` + strings.Repeat("ä", 40) + `…"`}},
		"duration":              {"for: 5 minutes\n", []string{`f:1:6: for: "5 minutes" is not a duration: unknown unit " minutes"; write for example 90s, 30m, 8h, 2d or 1w`}},
		"duration number":       {"for: 5\n", []string{`f:1:6: for: "5" is not a duration: write for example 90s, 30m, 8h, 2d or 1w`}},
		"duration list":         {"for: []\n", []string{"f:1:6: for: expected a duration such as 30m or 2d, found a list"}},
		"text unmarshaler":      {"level: middle\n", []string{"f:1:8: level: a level is low or high"}},
		"text unmarshaler list": {"level: [low]\n", []string{"f:1:8: level: expected a text, found a list"}},
		"own unmarshaler":       {"words: [{a: b}]\n", []string{"inner:1:9: [0]: expected a text, found a mapping"}},
		"empty entry":           {"parts:\n  -\n  - name: a\n", []string{"f:2:4: an empty list entry: give it a value or take it out"}},
		"key no word":           {"[a]: b\n", []string{"f:1:1: a key must be a plain word, found a list"}},
		"own tag":               {"listen: !hunter2\n", []string{"f:1:9: listen: a YAML tag is not understood here; quote a value that begins with !"}},
		"merge of a text":       {"<<: a\n", []string{`f:1:5: a merge key needs a mapping or a list of mappings, found the text "a"`}},
		"second document":       {"listen: a\n---\nlisten: b\n", []string{"f:2:1: a second document begins here; a file may hold only one"}},
		"all at once": {"listn: x\nsize: big\nparts:\n  - nam: a\n    count: x\n", []string{
			`f:1:1: unknown key "listn"; did you mean "listen"?`,
			`f:2:7: size: expected a whole number, not below 0, found the text "big"`,
			`f:4:5: unknown key "nam"; did you mean "name"?`,
			`f:5:12: parts[0].count: expected a whole number, found the text "x"`,
		}},

		"two colons":             {"listen: a: b\n", []string{`f:1:10: a value may not hold ": " here; quote it, or put it below its key and indent it`}},
		"tab":                    {"best:\n\tname: a\n", []string{"f:2:1: a value may not begin with this character; quote it, and indent with spaces instead of tabs"}},
		"no colon":               {"listen: a\nsize\nshare: 1\n", []string{`f:2:1: expected ":" after the key`}},
		"bracket":                {"listen: a\nparts: [a, b\nshare: 1\n", []string{`f:2:8: the list in brackets lacks a "," or its "]"`}},
		"brace":                  {"best: {name: a\nshare: 1\n", []string{`f:1:7: the mapping in braces lacks a "," or its "}"`}},
		"quote":                  {"labels: {a: b}\nlisten: \"abc\nsize: 1\n", []string{"f:2:9: the quoted text that begins here does not end"}},
		"indent":                 {"best:\n  name: a\n count: 1\n", []string{"f:3:2: expected a key; check the indentation"}},
		"reserved":               {"listen: @here\n", []string{"f:1:9: a value may not begin with this character; quote it, and indent with spaces instead of tabs"}},
		"percent":                {"listen: `x`\n", []string{"f:1:9: a value may not begin with this character; quote it, and indent with spaces instead of tabs"}},
		"unknown anchor":         {"size: 1\nlisten: *hunter2\n", []string{"f:2:9: an alias to an anchor that is not there; quote a value that begins with *"}},
		"control character":      {"size: 1\nlisten: a\x01b\n", []string{"f:2:10: a control character, which YAML does not allow"}},
		"not UTF-8":              {"size: 1\nlisten: a\xffb\n", []string{"f:2:10: the file is not valid UTF-8"}},
		"bad escape":             {"listen: \"C:\\hosts\"\n", []string{"f:1:9: an unknown escape after \"\\\" in a double-quoted text; write \"\\\\\" for a backslash, or use single quotes"}},
		"list in a mapping":      {"listen: a\n- b\n", []string{`f:2:1: expected a key; check the indentation`}},
		"key in a list":          {"parts:\n- name: a\n- name: b\n name: c\n", []string{`f:4:2: expected a key; check the indentation`}},
		"broken second document": {"listen: a\n---\n[\n", []string{"f:3:1: expected a value here; a bracket, brace or comma is in the wrong place, or one is not closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			var into whole
			_, faults := strictyaml.Decode("f", []byte(tt.text), &into)
			var got []string
			for _, f := range faults {
				got = append(got, f.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNothingIsAllRight(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n", "null\n", "listen:\nbest: ~\nparts: null\n"} {
		into := whole{Listen: "default"}
		positions, faults := strictyaml.Decode("f", []byte(text), &into)
		if faults != nil || into.Listen != "default" {
			t.Errorf("%q: %v, listen %q", text, faults, into.Listen)
		}
		if f := positions.Fault("listen", "missing"); f.Line == 0 {
			t.Errorf("%q: a fault without a place: %v", text, f)
		}
	}
}

func TestAliases(t *testing.T) {
	const text = `
best: &base {name: base, tags: [a], count: 1}
parts:
  - *base
  - {<<: *base, count: 2}
  - <<: [{name: first}, *base]
`
	var got whole
	if _, faults := strictyaml.Decode("f", []byte(text), &got); faults != nil {
		t.Fatal(faults)
	}
	base := common{Name: "base"}
	want := []part{{Common: base, Tags: []string{"a"}, Count: 1}, {Common: base, Tags: []string{"a"}, Count: 2}, {Common: common{Name: "first"}, Tags: []string{"a"}, Count: 1}}
	if diff := cmp.Diff(want, got.Parts, cmp.AllowUnexported(part{})); diff != "" {
		t.Error(diff)
	}
}

func TestBombs(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("raw: &a0 {x: 1}\nany:\n  - &a1 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := 2; i < 12; i++ {
		fmt.Fprintf(&laughs, "  - &a%d [%s]\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	var merges strings.Builder
	merges.WriteString("any:\n  - &a1 {k: 1}\n")
	for i := 2; i < 30; i++ {
		fmt.Fprintf(&merges, "  - &a%d {<<: [%s]}\n", i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	for name, tt := range map[string]struct{ text, want string }{
		"billion laughs":    {laughs.String(), "aliases add up to more than 100000 values"},
		"merges":            {merges.String(), "merge keys are nested too deep or add up to too much"},
		"alias in itself":   {"any: &a [*a]\n", "an alias may not lead back to a value that holds it"},
		"merge in itself":   {"any: &a {<<: *a}\n", "an alias may not lead back to a value that holds it"},
		"deep":              {"any: " + strings.Repeat("[", 500) + strings.Repeat("]", 500), "nested deeper than 100 levels"},
		"deeper":            {"any: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "nested too deep"},
		"deep merges":       {"any: " + strings.Repeat("{<<: ", 500) + "{}" + strings.Repeat("}", 500), "merge keys are nested too deep"},
		"deep and open":     {"any: " + strings.Repeat("[", 9000), "expected a value here"},
		"large":             {strings.Repeat("# filler\n", 2<<20), "the file is larger than 16 MiB"},
		"fault after fault": {strings.Repeat("- {}\n", 1) + strings.Repeat("x", 10), "expected"},
	} {
		t.Run(name, func(t *testing.T) {
			var into whole
			start := time.Now()
			_, faults := strictyaml.Decode("f", []byte(tt.text), &into)
			if err := faults.Err(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %.300v; want %q", err, tt.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, "k%d: 1\n", i)
	}
	var into whole
	_, faults := strictyaml.Decode("f", []byte(text.String()), &into)
	if len(faults) != strictyaml.MaxFaults || !strings.Contains(faults[len(faults)-1].Message, "more faults follow") {
		t.Errorf("%d faults, the last one %v", len(faults), faults[len(faults)-1])
	}
}

func TestDecodeIntoSeveral(t *testing.T) {
	node, _ := strictyaml.Parse("f", []byte("name: a\ncount: 1\nlisten: b\nsiz: 1\n"))
	var p part
	var w struct{ Listen string }
	positions := strictyaml.NewPositions("f")
	faults := positions.Decode("x[0]", node, &p, &w)
	if diff := cmp.Diff(`f:4:1: unknown key "siz"; the keys here are name, note, tags, count, listen`, faults.Error()); diff != "" {
		t.Error(diff)
	}
	if p.Common.Name != "a" || p.Count != 1 || w.Listen != "b" {
		t.Errorf("%+v %+v", p, w)
	}
	if f := positions.Fault("x[0].tags", "missing"); f.Line != 1 {
		t.Error(f)
	}
}

func TestProgramMistakesAreFaults(t *testing.T) {
	var noPointer whole
	var intKeys struct{ Labels map[int]string }
	var channel struct{ Listen chan int }
	var nothing *whole
	for _, into := range []any{noPointer, &intKeys, &channel, nothing, nil} {
		if _, faults := strictyaml.Decode("f", []byte("labels: {a: b}\nlisten: a\n"), into); faults == nil {
			t.Errorf("decoded into %T", into)
		}
	}
}

func TestFaultsAsError(t *testing.T) {
	if err := (strictyaml.Faults)(nil).Err(); err != nil {
		t.Error(err)
	}
	err := fmt.Errorf("load: %w", strictyaml.Faults{{File: "b", Line: 2, Column: 1, Message: "two"}, {File: "b", Line: 1, Column: 9, Message: "one"}, {File: "a", Message: "no place"}, {Message: "nowhere"}, {Message: "nowhere"}}.Err())
	if diff := cmp.Diff("load: nowhere\na: no place\nb:1:9: one\nb:2:1: two", err.Error()); diff != "" {
		t.Error(diff)
	}
	var f strictyaml.Fault
	if !errors.As(err, &f) || f.Message != "nowhere" {
		t.Errorf("errors.As gave %v", f)
	}
}

func TestParent(t *testing.T) {
	for path, want := range map[string]string{"a.b": "a", "a": "", "a[1]": "a", "a[1].b": "a[1]", `a["x.y"]`: "a", `["x"]`: ""} {
		if got := strictyaml.Parent(path); got != want {
			t.Errorf("Parent(%s) = %s; want %s", path, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"listen", "public_url", "tls", "name", "kind", "max_removals", "max_removal_percent", "ldap", "scim", "file"}
	for name, want := range map[string]string{
		"listn": "listen", "lsiten": "listen", "publicURL": "public_url", "public-url": "public_url", "nmae": "name", "max_removal": "max_removals",
		"colour": "", "": "", "x": "", "ldpa": "ldap", "sicm": "scim", "LDAP": "ldap", "fiel": "file", "TLS": "tls",
	} {
		if got := strictyaml.Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q; want %q", name, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "listen: a", "parts: [{name: a, <<: {tags: []}}]", "any: &a [*a]", "best: {<<: *x}", "a: b: c", "? [a]\n: b", "listen: !!binary x", "at: 2026", "\xff\xfe", "raws: [&a {a: *a}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var into whole
		_, faults := strictyaml.Decode("f", data, &into)
		for _, fault := range faults {
			if fault.Line < 1 && fault.File != "inner" {
				t.Errorf("a fault without a place: %v", fault)
			}
		}
	})
}
