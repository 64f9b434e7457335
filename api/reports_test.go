package api_test

import (
	"strings"
	"testing"
	"time"
)

// Whoever asks for the same while nothing changed gets the same, which says as of when it
// is; what changed, or time, has it made anew.
func TestReportsAreMadeOnceWhileNothingChanges(t *testing.T) {
	h := open(t)
	ask := func(query string) reply { return h.as("auditor", 200, "GET", "/reports/"+query, "") }
	first := ask("creep")
	same(t, "the same", []string{ask("creep").at("at"), ask("orphans").at("at"), ask("sod").at("at")}, []string{first.at("at"), first.at("at"), first.at("at")})
	same(t, "of one user", ask("creep?user=ada").at("users.len"), "0")
	same(t, "made", h.reports.looked, 1)
	ask("dormant?dormant=30d")
	same(t, "otherwise", h.reports.looked, 2)
	h.Pass(11 * time.Minute)
	ask("creep")
	same(t, "later", h.reports.looked, 3)
	h.ask("ada", "prod")
	ask("creep")
	same(t, "something happened", h.reports.looked, 4)
	if as := ask("creep").header.Get("Last-Modified"); as == "" {
		t.Error("it does not say as of when it is")
	}
}

// A form is asked for by name or by what is accepted; a part of a report is no document.
func TestReportsHaveForms(t *testing.T) {
	h := open(t)
	for query, want := range map[string]string{
		"creep?format=html": "creep html surplus for token:", "jit?format=xlsx": "jit xlsx groups for ", "creep?format=csv&table=*": "creep csv * for ",
		"dormant?format=csv": "dormant csv dormant for ",
	} {
		if got := h.as("auditor", 200, "GET", "/reports/"+query, ""); !strings.HasPrefix(got.text, want) || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %s %v", query, got.text, got.header)
		}
	}
	got := h.as("auditor", 200, "GET", "/reports/creep", "", "Accept", "text/html, */*;q=0.1")
	same(t, "accepted", got.header.Get("Content-Type"), "text/html; charset=utf-8")
	h.as("auditor", 422, "GET", "/reports/creep?format=html&user=ada", "")
	h.as("auditor", 422, "GET", "/reports/suggestions?format=html", "")
	h.as("auditor", 422, "GET", "/reports/nothing", "")
	same(t, "where", h.as("auditor", 422, "GET", "/reports/creep?dormant=soon", "").at("errors.0.location"), "query.dormant")
	h.as("auditor", 404, "GET", "/reports/jit/trend", "")
}

// What is ordered to go is what was looked at.
func TestWhatIsRemovedIsWhatWasLookedAt(t *testing.T) {
	h := open(t)
	mark := h.as("admin", 200, "POST", "/reports/creep/plan", `{}`).at("mark")
	h.as("admin", 409, "POST", "/reports/creep/apply", `{"mark":"other","reason":"x"}`)
	h.as("auditor", 403, "POST", "/reports/creep/apply", `{"mark":"`+mark+`","reason":"x"}`)
	same(t, "ordered", h.as("admin", 200, "POST", "/reports/creep/apply", `{"mark":"`+mark+`","reason":"x"}`).at("items.0.id"), "o1")
}

// An archive is not kept for those who send a key, and brings its sums.
func TestEvidenceIsAFile(t *testing.T) {
	h := open(t)
	for range 2 {
		got := h.as("admin", 200, "POST", "/evidence", `{"from":"2020-01-01T00:00:00Z","name":"q.zip"}`, "Idempotency-Key", "k")
		if got.text != "PK" || got.header.Get("Idempotency-Replayed") != "" || !strings.Contains(got.header.Get("Birthright-Evidence"), `"file":"q.zip"`) {
			t.Errorf("%s %v", got.text, got.header)
		}
	}
	h.as("admin", 422, "POST", "/evidence", `{"from":"2020-01-01T00:00:00Z","name":"../q.zip"}`)
}
