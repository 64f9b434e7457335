package conversation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = `# What this is.

* profile okta
* alone
* header User-Agent: Test 1.0
* var ada = ada-{suffix}

# The manual,
# chapter 2.
> POST /Users?attributes=id
> If-None-Match: *
{"userName":
  "{ada}"}
< 200 or 201
< header Location ~ /Users/
< $.userName = "{ada}"
< $.emails[type=work].value = "x"
< $['urn:x:2.0:User'].title absent
< $.Resources contains {"id":"1"}
< $.totalResults >= 1
< {id} = $.id

# Chapter 3.
> GET /Users/{id}
< 200
`

func TestParse(t *testing.T) {
	got, err := Parse("sample.txt", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := Script{
		Name: "sample.txt", Profile: "okta", Alone: true, Headers: []Header{{"User-Agent", "Test 1.0"}}, Vars: []Var{{6, "ada", "ada-{suffix}"}},
		Exchanges: []Exchange{
			{Line: 10, Comment: "The manual, chapter 2.", Method: "POST", Path: "/Users?attributes=id", Headers: []Header{{"If-None-Match", "*"}},
				Body: "{\"userName\":\n  \"{ada}\"}", Status: []int{200, 201}, Checks: []Check{
					{15, "header", "Location", "/Users/"}, {16, "=", "$.userName", `"{ada}"`}, {17, "=", "$.emails[type=work].value", `"x"`},
					{18, "absent", "$['urn:x:2.0:User'].title", ""}, {19, "contains", "$.Resources", `{"id":"1"}`}, {20, ">=", "$.totalResults", "1"},
					{21, "capture", "$.id", "id"},
				}},
			{Line: 24, Comment: "Chapter 3.", Method: "GET", Path: "/Users/{id}", Status: []int{200}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseTellsWhere(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no comment":                {"> GET /Users\n< 200\n", "x.txt:1: GET /Users has no comment"},
		"comment is not in front":   {"# A.\n\n> GET /Users\n< 200\n", "x.txt:3: GET /Users has no comment"},
		"no status":                 {"# A.\n> GET /Users\n\n", "line 2: nothing says what status"},
		"no status, and another":    {"# A.\n> GET /Users\n< $.a = 1\n# B.\n> GET /Groups\n< 200\n", "line 2: nothing says what status"},
		"no path":                   {"# A.\n> GET Users\n< 200\n", "x.txt:2: a request is a method and a path"},
		"no header":                 {"# A.\n> GET /Users\n> nonsense\n< 200\n", "x.txt:3: \"nonsense\" is no header"},
		"expectation first":         {"< 200\n", "x.txt:1: an expectation without a request"},
		"a bad status":              {"# A.\n> GET /Users\n< 2xx\n", "x.txt:3: \"2xx\" is no status"},
		"a bad expectation":         {"# A.\n> GET /Users\n< 200\n< id = 1\n", "x.txt:4: \"id = 1\" is no expectation"},
		"a bad setting":             {"* nonsense\n", "x.txt:1: there is no setting \"nonsense\""},
		"a variable without value":  {"* var x\n", "x.txt:1: \"x\" sets nothing"},
		"a header without value":    {"* header x\n", "x.txt:1: \"x\" is no header"},
		"a line that means nothing": {"hello\n", "x.txt:1: \"hello\" is no request"},
	} {
		if _, err := Parse("x.txt", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// TestRecordedConversations sees that every file can be read. They are played
// against the running hub in e2e.
func TestRecordedConversations(t *testing.T) {
	files, err := filepath.Glob("../testdata/conversations/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d conversations: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, err := Parse(filepath.Base(file), data)
		if err != nil {
			t.Error(err)
		} else if len(script.Exchanges) == 0 || script.Profile == "" || !strings.Contains(string(data), "{suffix}") {
			t.Errorf("%s: no exchange, no profile, or names that cannot be used twice", file)
		}
	}
}
