package filter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"birthright/scim/filter"

	"github.com/google/go-cmp/cmp"
)

func eq(path filter.Path, value any) filter.Compare {
	return filter.Compare{Path: path, Op: filter.Eq, Value: value}
}

func attr(name string) filter.Path { return filter.Path{Attr: name} }

func TestParse(t *testing.T) {
	work := eq(attr("type"), "work")
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	cases := []struct {
		text string
		want filter.Expr
	}{
		{`userName eq "bjensen"`, eq(attr("userName"), "bjensen")},
		{"  userName\tEQ \"b\" ", eq(attr("userName"), "b")},
		{`userName eq "\u00e9\t\"\\"`, eq(attr("userName"), "é\t\"\\")},
		{`active eq True`, eq(attr("active"), true)},
		{`rank eq -1.5e+3`, eq(attr("rank"), json.Number("-1.5e+3"))},
		{`manager eq null`, eq(attr("manager"), nil)},
		{`title pr`, filter.Compare{Path: attr("title"), Op: filter.Pr}},
		{`name.givenName sw "J"`, filter.Compare{Path: filter.Path{Attr: "name", Sub: "givenName"}, Op: filter.Sw, Value: "J"}},
		{enterprise + `:manager.value eq "1"`, eq(filter.Path{Schema: enterprise, Attr: "manager", Sub: "value"}, "1")},
		{`a eq 1 or b eq 2 and c eq 3`, filter.Or{eq(attr("a"), json.Number("1")),
			filter.And{eq(attr("b"), json.Number("2")), eq(attr("c"), json.Number("3"))}}},
		{`(a eq 1 or b eq 2) and not (c eq 3)`, filter.And{
			filter.Or{eq(attr("a"), json.Number("1")), eq(attr("b"), json.Number("2"))},
			filter.Not{X: eq(attr("c"), json.Number("3"))}}},
		{`not eq "x"`, eq(attr("not"), "x")},
		{`emails[type eq "work"]`, filter.Compare{Path: filter.Path{Attr: "emails", Where: work}, Op: filter.Pr}},
		{`emails[type eq "work"] and a pr`, filter.And{
			filter.Compare{Path: filter.Path{Attr: "emails", Where: work}, Op: filter.Pr},
			filter.Compare{Path: attr("a"), Op: filter.Pr}}},
		{`emails[type eq "work"].value eq "x"`, eq(filter.Path{Attr: "emails", Where: work, Sub: "value"}, "x")},
		{`emails[not (type eq "work") and (primary eq true or value pr)]`, filter.Compare{Op: filter.Pr,
			Path: filter.Path{Attr: "emails", Where: filter.And{filter.Not{X: work},
				filter.Or{eq(attr("primary"), true), filter.Compare{Path: attr("value"), Op: filter.Pr}}}}}},
		{`members.$ref pr`, filter.Compare{Path: filter.Path{Attr: "members", Sub: "$ref"}, Op: filter.Pr}},
	}
	for _, c := range cases {
		got, err := filter.Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("(", 100_000)
	cases := map[string]string{
		"":                                  "expected the name of an attribute at character 1",
		"userName":                          "expected an operator",
		"userName eq":                       "expected a value",
		`userName eq "a`:                    "the string has no end at character 13",
		`userName eq "\x"`:                  "not valid JSON",
		"userName eq \"a\x00\"":             "not valid JSON",
		`userName eq "\u0000"`:              "not valid JSON",
		`userName eq bjensen`:               "expected a value",
		`userName eq 01`:                    "expected a value",
		`userName like "a"`:                 "expected an operator",
		`userName eq "a" userName eq "b"`:   "expected \"and\"",
		`(userName eq "a"`:                  "expected ')' for the '(' at character 1",
		`userName eq "a")`:                  "expected \"and\"",
		`emails[type eq "work"`:             "expected ']'",
		`emails[a[b eq 1]]`:                 "a value filter cannot stand here",
		`name.givenName[a eq 1]`:            "a value filter cannot stand here",
		`a.b.c eq 1`:                        "expected the name",
		`9a eq 1`:                           "expected the name",
		`not userName eq "a"`:               "expected an operator",
		`a eq 1 and`:                        "expected the name",
		`a eq 1 or or b eq 2`:               "expected an operator",
		deep:                                "longer than 8192",
		deep[:8000]:                         "nested more than 32 deep at character 33",
		strings.Repeat("not(", 2000):        "nested more than 32 deep",
		strings.Repeat("a pr or ", 1000):    "more than 200 comparisons",
		`emails[` + strings.Repeat("(", 99): "nested more than 32 deep",
	}
	for text, want := range cases {
		if x, err := filter.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, %v; want an error with %q", text, x, err, want)
		}
	}
}

func TestParsePath(t *testing.T) {
	cases := []struct {
		text string
		want filter.Path
	}{
		{"active", attr("active")},
		{"name.familyName", filter.Path{Attr: "name", Sub: "familyName"}},
		{`members[value eq "x"]`, filter.Path{Attr: "members", Where: eq(attr("value"), "x")}},
		{`addresses[type eq "work"].formatted`, filter.Path{Attr: "addresses", Where: eq(attr("type"), "work"), Sub: "formatted"}},
		{"urn:ietf:params:scim:schemas:core:2.0:User:title", filter.Path{Schema: "urn:ietf:params:scim:schemas:core:2.0:User", Attr: "title"}},
		{"urn:example:custom:1.0", filter.Path{Schema: "urn:example:custom:1.0"}},
		{"http://example.com/schemas/2.0:User:shoe", filter.Path{Schema: "http://example.com/schemas/2.0:User", Attr: "shoe"}},
	}
	for _, c := range cases {
		got, err := filter.ParsePath(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.text, diff)
		}
	}
	for _, text := range []string{"", " ", ":", "a:", ":a", "a.", ".a", "a[b eq 1].", "a[b eq 1].c.d", "a b", "a[]", "a[b", "1.0", "ä"} {
		if p, err := filter.ParsePath(text); err == nil {
			t.Errorf("ParsePath(%q) = %+v, want an error", text, p)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := filter.Parse(`userName eq "bjensen@example.com"`); err != nil {
			b.Fatal(err)
		}
	}
}
