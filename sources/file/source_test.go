package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/sources"

	"github.com/google/go-cmp/cmp"
)

// seen is a sink that keeps everything.
type seen struct {
	records []identity.Record
	groups  map[string][]identity.MemberRef
	hook    func()
}

func (s *seen) Record(r identity.Record) error {
	s.records = append(s.records, r)
	if s.hook != nil {
		s.hook()
	}
	return nil
}

func (s *seen) Group(g identity.SourceGroup, members []identity.MemberRef) error {
	if s.groups == nil {
		s.groups = map[string][]identity.MemberRef{}
	}
	s.groups[g.Name] = members
	return nil
}

// from writes text to a file and opens it as a source.
func from(t testing.TB, name, text string, c Config, mappings ...sources.Mapping) *Source {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Path = name
	s, err := c.Open(sources.Env{Name: "hr", Map: mappings, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s.(*Source)
}

func pull(t testing.TB, s *Source) *seen {
	t.Helper()
	var got seen
	checkpoint, err := s.Pull(t.Context(), "", &got)
	if err != nil {
		t.Fatal(err)
	}
	if !checkpoint.Complete || checkpoint.Seen != len(got.records) {
		t.Errorf("checkpoint %+v after %d records", checkpoint, len(got.records))
	}
	return &got
}

func TestPull(t *testing.T) {
	t.Parallel()
	ada := identity.Record{Key: "1", Attributes: identity.Attributes{"employeeNumber": {"1"}, "userName": {"ada"}, "email": {"ada@x.test", "a@x.test"}, "active": {"true"}}}
	bob := identity.Record{Key: "2", Attributes: identity.Attributes{"employeeNumber": {"2"}, "userName": {"bob"}, "active": {"false"}}}
	both := []identity.Record{ada, bob}
	groups := map[string][]identity.MemberRef{"admins": {{Key: "1"}}, "staff": {{Key: "1"}, {Key: "2"}}}
	tests := []struct {
		name, file, text string
		config           Config
		mappings         []sources.Mapping
		want             []identity.Record
		groups           map[string][]identity.MemberRef
	}{
		{"plain", "p.csv", "employeeNumber,userName,email,active,groups\n1,ada,ada@x.test|a@x.test,yes,staff|admins|staff\n2, bob ,,FALSE,staff\n", Config{}, nil, both, groups},
		{"byte order mark, semicolons, Windows line ends, blank rows", "p.csv", "\ufeffEMPLOYEENUMBER;username;Email;Active;Groups\r\n1;ada;ada@x.test|a@x.test;1;staff|admins\r\n;;;;\r\n\r\n2;bob;;0;staff\r\n", Config{}, nil, both, groups},
		{"tabs", "p.tsv", "employeeNumber\tuserName\temail\tactive\n1\tada\tada@x.test|a@x.test\ty\n2\tbob\t\tn\n", Config{}, nil, both, nil},
		{"mapping, key and separators named", "p.txt", "No^Login^Mails^Works\n1^ada^ada@x.test/a@x.test^on\n2^bob^^off\n",
			Config{Key: "no", Separator: "^", ListSeparator: "/"},
			[]sources.Mapping{{To: "employeeNumber", From: "No"}, {To: "userName", From: "login"}, {To: "email", From: "Mails"}, {To: "active", From: "Works"}}, both, nil},
		{"quoted newlines, separators and quotes; own attributes", "p.csv", "userName,costCentre,endDate\nada,\"a,\"\"b\"\"\nc\",20260331\n", Config{ListSeparator: "none"}, nil,
			[]identity.Record{{Key: "ada", Attributes: identity.Attributes{"userName": {"ada"}, "costCentre": {"a,\"b\"\nc"}, "endDate": {"2026-03-31"}}}}, nil},
		{"json", "p.json", ` [ {"employeeNumber":1,"userName":"ada","email":["ada@x.test","a@x.test"],"active":true,"groups":["staff","admins"]},
			{"employeeNumber":"2","userName":"bob","email":null,"active":"no","groups":"staff"}]`, Config{}, nil, both, groups},
		{"nobody, and that is said", "p.csv", "userName\n", Config{AllowEmpty: true}, nil, nil, nil},
		{"nobody in json, and that is said", "p.json", "[]", Config{AllowEmpty: true}, nil, nil, nil},
	}
	for _, tt := range tests {
		got := pull(t, from(t, tt.file, tt.text, tt.config, tt.mappings...))
		if diff := cmp.Diff(tt.want, got.records); diff != "" {
			t.Errorf("%s: records (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.groups, got.groups); diff != "" {
			t.Errorf("%s: groups (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const header = "employeeNumber,userName,active,startDate,endDate\n"
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"nothing at all", "p.csv", "", []string{"p.csv: the file is empty"}},
		{"only a header", "p.csv", header, []string{"p.csv: nobody is in the file; if that is the truth, say so with allow_empty: true"}},
		{"every fault at once", "p.csv", header + "1,ada,maybe,,\n2,bob,yes,01/02/2026,\n,cyd,,,\n4,dan\n5,eve,no,,soon\n5,fay,no,,\n", []string{
			`p.csv:2:7: active is "maybe": write true or false`,
			`p.csv:3:11: startDate is "01/02/2026": write a date`,
			`p.csv:4:1: the key employeeNumber is missing`,
			`p.csv:5:1: 2 columns, but the header has 5`,
			`p.csv:6:11: endDate is "soon"`,
			`p.csv:7:1: the key employeeNumber "5" is there a second time; the first is in line 6`,
		}},
		{"lines of quoted fields count", "p.csv", "userName,active\n\"a\n\n\",yes\nb,maybe\n", []string{"p.csv:5:3: active"}},
		{"duplicate and nameless columns", "p.csv", "userName,Email,,EMAIL\na,b,c,d\n", []string{"p.csv:1:16: column 3 has no name", `p.csv:1:17: column "EMAIL" is there twice`}},
		{"columns behind a byte order mark", "p.csv", "\ufeffuserName,userName\na,b\n", []string{`p.csv:1:13: column "userName" is there twice`}},
		{"no userName", "p.csv", "login,mail\na,b\n", []string{`p.csv:1:1: there is no key column "userName"`, "p.csv:1:1: no column gives userName"}},
		{"two keys in a field", "p.csv", "userName\na|b\n", []string{"p.csv:2:1: the key userName has 2 values"}},
		{"bare quote", "p.csv", "userName,title\na,b\"c\n", []string{"p.csv:2:4: a quote in an unquoted field"}},
		{"quote that does not end", "p.csv", "userName,title\na,\"b\nc,d\n", []string{"a quoted field that does not end where it should, begun in line 2"}},
		{"Latin-1", "p.csv", "userName,title\na,M\xfcller\n", []string{"p.csv:2:4: not UTF-8"}},
		{"UTF-16", "p.csv", "\xff\xfeu\x00s\x00", []string{"p.csv:1:4: a zero byte"}},
		{"cut within a character", "p.csv", "userName\na\xc3", []string{"p.csv:2:2: the file ends within a character"}},
		{"json that is no array", "p.json", `{"users": []}`, []string{"p.json:1:1: the file must hold an array"}},
		{"json cut off", "p.json", "[{\"userName\": \"a\"},\n", []string{"the file ends before its JSON does"}},
		{"json with more behind it", "p.json", `[{"userName": "a"}] []`, []string{"something follows the end"}},
		{"broken json", "p.json", "[\n  {\"userName\": oops}]", []string{"p.json:2:16: invalid character 'o'"}},
		{"nested and repeated", "p.json", "[{\"userName\": \"a\", \"name\":\n {\"first\": {\"x\": [1]}}, \"ok\": 1},\n {\"userName\": \"b\", \"x\": [1, [2], 3], \"USERNAME\": \"c\"}, 3]", []string{
			`p.json:2:2: "name" holds a nested value`, `p.json:3:29: "x" holds a nested value`, `p.json:3:38: "USERNAME" is there twice`, "p.json:3:56: element 3 is no object"}},
		{"json values", "p.json", "[{\"userName\": \"a\"},\n{\"userName\": \"a\"},\n{\"userName\": \"c\", \"active\": 7}, {\"title\": \"d\"}]", []string{
			`p.json:2:2: the key userName "a" is there a second time`, `p.json:3:19: active is "7"`, "p.json:3:33: the key userName is missing"}},
		{"json empty", "p.json", "", []string{"p.json: the file is empty"}},
		{"json nobody", "p.json", "[]", []string{"p.json: nobody is in the file"}},
	}
	for _, tt := range tests {
		s := from(t, tt.file, tt.text, Config{})
		var got seen
		checkpoint, err := s.Pull(t.Context(), "", &got)
		if checkpoint.Complete || identity.KindOf(err) != identity.Invalid || len(got.records) > 0 {
			t.Errorf("%s: complete %v, %d records, error %v", tt.name, checkpoint.Complete, len(got.records), err)
			continue
		}
		var bad *faults
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want faults", tt.name, err)
			continue
		}
		lines := strings.Split(strings.ReplaceAll(bad.Error(), s.path, tt.file), "\n")
		ok := len(lines) == len(tt.want)
		for i := 0; ok && i < len(lines); i++ {
			ok = strings.Contains(lines[i], tt.want[i])
		}
		if !ok {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, strings.Join(lines, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestFaultsHaveAnEnd(t *testing.T) {
	t.Parallel()
	s := from(t, "p.csv", "userName,active\n"+strings.Repeat("a,maybe\n", 1000), Config{})
	_, err := s.Pull(t.Context(), "", &seen{})
	var bad *faults
	if !errors.As(err, &bad) || len(bad.list) != maxFaults || !strings.Contains(err.Error(), "the first 20 faults") {
		t.Errorf("got %v", err)
	}
}

func TestMissingColumnsOfTheMapping(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"p.csv": "userName\na\n", "p.json": `[{"userName":"a"}]`} {
		_, err := from(t, name, text, Config{}, sources.Mapping{To: "team", From: "Squad"}).Pull(t.Context(), "", &seen{})
		if err == nil || !strings.Contains(err.Error(), `there is no column "Squad", from which map takes team`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	s := from(t, "p.csv", "userName\na\n", Config{})
	s.path = filepath.Join(t.TempDir(), "none.csv")
	if _, err := s.Pull(t.Context(), "", &seen{}); identity.KindOf(err) != identity.NotFound {
		t.Errorf("missing file: got %v", err)
	}
	s.path = t.TempDir()
	if _, err := s.Pull(t.Context(), "", &seen{}); identity.KindOf(err) != identity.Invalid {
		t.Errorf("folder: got %v", err)
	}
}

// Whatever happens to the file between the passes, the pull must not end well.
func TestFileChangesWhileRead(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("userName\n")
	for i := range 50_000 {
		fmt.Fprintf(&text, "user%06d\n", i)
	}
	for name, change := range map[string]func(path string) error{
		"cut":      func(path string) error { return os.Truncate(path, 400_000) },
		"appended": func(path string) error { return appendTo(path, "one more\n") },
		"damaged":  func(path string) error { return os.WriteFile(path, []byte("userName,x\na\n"), 0o600) },
	} {
		s := from(t, "p.csv", text.String(), Config{})
		sink := &seen{}
		sink.hook = func() {
			sink.hook = nil
			if err := change(s.path); err != nil {
				t.Error(err)
			}
		}
		checkpoint, err := s.Pull(t.Context(), "", sink)
		if checkpoint.Complete || identity.KindOf(err) != identity.Incomplete {
			t.Errorf("%s: complete %v, error %v", name, checkpoint.Complete, err)
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func TestSinkAndContext(t *testing.T) {
	t.Parallel()
	s := from(t, "p.csv", "userName,groups\na,g\n", Config{})
	full := errors.New("full")
	for _, sink := range []sources.Sink{refusing{record: full}, refusing{group: full}} {
		if _, err := s.Pull(t.Context(), "", sink); err != full {
			t.Errorf("got %v, want the sink's own error", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	sink := &seen{hook: cancel}
	if checkpoint, err := s.Pull(ctx, "", sink); checkpoint.Complete || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v", checkpoint, err)
	}
}

type refusing struct{ record, group error }

func (r refusing) Record(identity.Record) error { return r.record }

func (r refusing) Group(identity.SourceGroup, []identity.MemberRef) error { return r.group }

func TestProbe(t *testing.T) {
	t.Parallel()
	report, err := from(t, "p.csv", "userName,groups\na,g|h\nb,g\n", Config{}).Probe(t.Context())
	if err != nil || !report.Reachable || report.Users != 2 || report.Groups != 2 {
		t.Errorf("good file: %+v, %v", report, err)
	}
	report, err = from(t, "p.csv", "userName\na\na\na\n", Config{}).Probe(t.Context())
	bad := 0
	for _, f := range report.Findings {
		if !f.OK {
			bad++
		}
	}
	if err != nil || bad != 2 {
		t.Errorf("file with two faults: %+v, %v", report, err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c    Config
		want string
	}{
		{Config{Path: "a.csv"}, ""},
		{Config{Path: "a.dat", Format: "json"}, ""},
		{Config{}, "path is missing"},
		{Config{Path: "a.dat"}, "does not tell the format"},
		{Config{Path: "a.csv", Format: "xml"}, "write csv, json or auto"},
		{Config{Path: "a.csv", Separator: ";;"}, "write one character"},
		{Config{Path: "a.csv", Separator: "|", ListSeparator: "|"}, "are both"},
	} {
		got := fmt.Sprint(tt.c.Validate())
		if tt.want == "" && got != "[]" || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: got %s, want %q", tt.c, got, tt.want)
		}
	}
}

// FuzzCSV and FuzzJSON: no panic, and a file without a fault is told in full.
func FuzzCSV(f *testing.F) {
	f.Add("userName,email\na,b|c\n\"d\ne\",\n")
	f.Add("\ufeffemployeeNumber;userName\r\n1;ü\r\n")
	f.Fuzz(func(t *testing.T, text string) { fuzz(t, "p.csv", text) })
}

func FuzzJSON(f *testing.F) {
	f.Add(`[{"userName":"a","x":[1,true,null],"groups":["g"]}]`)
	f.Add(`[{"userName":{"a":[]}}, 3]`)
	f.Fuzz(func(t *testing.T, text string) { fuzz(t, "p.json", text) })
}

func fuzz(t *testing.T, name, text string) {
	s := from(t, name, text, Config{})
	var got seen
	checkpoint, err := s.Pull(t.Context(), "", &got)
	if (err == nil) != checkpoint.Complete {
		t.Errorf("complete %v, error %v", checkpoint.Complete, err)
	}
	if err != nil && len(got.records) > 0 {
		t.Errorf("%d people were told of a file with faults: %v", len(got.records), err)
	}
	if err == nil && checkpoint.Seen != len(got.records) {
		t.Errorf("counted %d, told %d", checkpoint.Seen, len(got.records))
	}
}
