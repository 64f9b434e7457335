package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is asked for ends in an answer with a status of its own, and is not made for
// anybody else.
func FuzzAsk(f *testing.F) {
	h := open(f)
	h.token("ada")
	for _, body := range []string{
		`{"groups":["prod"],"reason":"look","for":"1h","start":"2026-11-24T00:00:00Z"}`, `{"groups":["starter"],"reason":"x","ticket":"OPS-1"}`,
		`{"groups":["prod"],"user":"bob","reason":"x"}`, `{"groups":null}`, `[]`, `{"groups":["prod"],"groups":["wiki"],"reason":"x"}`, `{"for":"9999999999999h"}`, "\x00",
		`{"groups":["pr\u0000od","\ud800"],"reason":"\u0000"}`, `{"Groups":["prod"]}`, `{"groups":["prod"],"reason":"x","start":"9999-12-31T23:59:59Z"}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		h.TB = t
		got := h.call(h.token("ada"), "POST", "/requests", body)
		if got.status != 201 && (got.status < 400 || got.status >= 500) {
			t.Fatalf("%q: %d %s", body, got.status, got.text)
		}
		if !utf8.ValidString(got.text) || !json.Valid([]byte(got.text)) || got.status >= 400 && got.header.Get("Content-Type") != "application/problem+json" {
			t.Fatalf("%q: %d %v %q", body, got.status, got.header, got.text)
		}
		if strings.Contains(got.text, "sql") || strings.Contains(got.text, "constraint") {
			t.Fatalf("%q tells of the inside: %s", body, got.text)
		}
		if got.status == 201 {
			if got.at("items.0.user") != "ada" {
				t.Fatalf("%q was made for %s", body, got.at("items.0.user"))
			}
			for _, r := range strings.Split(h.as("ada", 200, "GET", "/requests?state=pending", "").text, `"id":"`)[1:] {
				id, _, _ := strings.Cut(r, `"`)
				h.as("ada", 200, "POST", "/requests/"+id+"/cancel", "")
			}
		}
	})
}
