package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/hub"
)

func TestTranscript(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 8, 0, 12, 850_000_000, time.UTC)
	c := hub.Conversation{
		ID: "01a229ec-0942-702e-9276-89fe5c0c3bab", At: &at, TookMS: 4.2,
		Method: "PATCH", URL: "/scim/v2/Users/1?attributes=id&filter=userName+eq+%22ada%22", Agent: "Okta \x1b[2J", Token: "d90e19bdb94ab754", Remote: "203.0.113.9:57056",
		Headers: map[string]string{"If-Match": `W/"1"`, "Content-Type": "application/scim+json"}, AnswerHeaders: map[string]string{"Etag": `W/"2"`},
		Request: json.RawMessage(`{"Operations":[{"op":"Replace","path":"password","value":"***"},{"op":"Replace","path":"active","value":"False"}],"…":"… 2 more"}`),
		Status:  200, Answer: json.RawMessage(`{"id":"1"}`), RequestBytes: 8_012_345, AnswerBytes: 10, Cut: true,
		Dialect: "okta", Read: []string{`operation 1: "Replace" was read as replace`, `active: "False" was read as false`},
	}
	want := `2026-05-04T08:00:12.850Z  PATCH /scim/v2/Users/1?attributes=id&filter=userName eq "ada"
  id 5c0c3bab, from 203.0.113.9:57056, token d90e19bdb94ab754, Okta  [2J, dialect okta
  > Content-Type: application/scim+json
  > If-Match: W/"1"
  > {
  >   "Operations": [
  >     {"op": "Replace", "path": "password", "value": "***"},
  >     {"op": "Replace", "path": "active", "value": "False"}
  >   ],
  >   "…": "… 2 more"
  > }
  < 200 OK, after 4.2 ms
  < Etag: W/"2"
  < {"id": "1"}
  read as
    operation 1: "Replace" was read as replace
    active: "False" was read as false
  … stands for what is not kept: the request was 8012 kB, the answer 10 bytes
`
	if diff := cmp.Diff(want, transcript(c)); diff != "" {
		t.Error(diff)
	}
	nothing := transcript(hub.Conversation{ID: "x", Method: "GET", URL: "/scim/v2/Users"})
	if !strings.Contains(nothing, "id x, ") || !strings.Contains(nothing, "no user agent") || !strings.Contains(nothing, "< no answer, after 0.0 ms") {
		t.Errorf("a request without an answer:\n%s", nothing)
	}
}

func TestLayOut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60)
	for body, want := range map[string]string{
		``: ``, `no JSON`: `no JSON`, `{"a":`: `{"a":`, ` {} `: `{}`, `[]`: `[]`, `"…"`: `"…"`, `12`: `12`,
		`{"b":1,"a":[true,null,{"c":"d"}]}`: `{"b": 1, "a": [true, null, {"c": "d"}]}`,
		`["` + long + `","` + long + `"]`:   "[\n  \"" + long + "\",\n  \"" + long + "\"\n]",
		`{"a":{"b":"` + long + long + `"}}`: "{\n  \"a\": {\n    \"b\": \"" + long + long + "\"\n  }\n}",
	} {
		got := layOut(body)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", body, diff)
		}
		if json.Valid([]byte(body)) != json.Valid([]byte(got)) {
			t.Errorf("%s became %s", body, got)
		}
	}
}
