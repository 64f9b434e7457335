package shape

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		name, want, got string
		places          []string
	}{
		{"the same", `{"a":1,"b":[true,"x"]}`, `{"a":1,"b":[true,"x"]}`, nil},
		{"more than wanted", `{"a":1}`, `{"a":1,"b":2}`, nil},
		{"less than wanted", `{"a":1,"b":2}`, `{"a":1}`, []string{"$.b is null, want 2"}},
		{"null is absent", `{"a":null}`, `{}`, nil},
		{"null is an empty list", `{"a":null}`, `{"a":[]}`, nil},
		{"null is an empty object", `{"a":null}`, `{"a":{}}`, nil},
		{"null is not a text", `{"a":null}`, `{"a":""}`, []string{`$.a is "", want it absent`}},
		{"parts of nothing are absent", `{"a":{"b":null}}`, `{}`, nil},
		{"parts of something are not", `{"a":{"b":null}}`, `{"a":7}`, []string{`$.a is 7, want {"b":null}`}},
		{"another order", `["a","b"]`, `["b","a"]`, nil},
		{"too many", `["a"]`, `["a","a"]`, []string{`$ is ["a","a"], want ["a"]`}},
		{"too few", `["a","a"]`, `["a"]`, []string{`$ is ["a"], want ["a","a"]`}},
		{"the strictest shape chooses first", `[{"v":1},{"v":1,"t":2}]`, `[{"v":1,"t":2},{"v":1}]`, nil},
		{"numbers as they are written", `1`, `1.0`, []string{"$ is 1.0, want 1"}},
		{"a text is no number", `"1"`, `1`, []string{`$ is 1, want "1"`}},
	} {
		want, _ := Decode(c.want)
		got, _ := Decode(c.got)
		if diff := cmp.Diff(c.places, Differences(want, got, "$")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestAt(t *testing.T) {
	v, err := Decode(`{"a":{"b":[10,{"c":"x"}]},"urn:x:2.0:User":{"d":true},"list":[{"type":"work","value":"w"},{"type":"home","value":"h"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"$.a.b[0]": "10", "$.a.b[1].c": `"x"`, "$['urn:x:2.0:User'].d": "true", "$.list[type=home].value": `"h"`,
		"$.list[type=other].value": "null", "$.a.b[2]": "null", "$.a.b[-1]": "null", "$.nothing.more": "null", "$.a.b.c": "null", "$.list[1].type": `"home"`,
	} {
		if got := Encode(At(v, path)); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if _, err := Decode(`{`); err == nil {
		t.Error("half an object was read")
	}
	if got := Encode(func() {}); got == "" {
		t.Error("what has no JSON has no text either")
	}
	if got := Brief(string(make([]byte, 2000))); len(got) > 800 {
		t.Errorf("%d bytes are not brief", len(got))
	}
}
