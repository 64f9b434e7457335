package vendorspec

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// loads are the descriptions that can be loaded as they are.
func TestDescriptionsLoad(t *testing.T) {
	for _, name := range []string{"github.json", "github-scim.json", "google-directory.json", "google-drive.json", "jira.json", "kubernetes-rbac.json", "microsoft-graph.json", "okta.json", "slack.json"} {
		t.Run(name, func(t *testing.T) {
			s := Load(t, name, "https://x.invalid", nil)
			if s.router == nil {
				t.Error("no router")
			}
		})
	}
}

// witness notes what a check complained of instead of failing.
type witness struct {
	testing.TB
	said []string
}

func (w *witness) Errorf(format string, _ ...any) { w.said = append(w.said, format) }

func TestWrongRequestsAndAnswersAreSeen(t *testing.T) {
	const members = "https://x.invalid/orgs/acme/teams/eng/memberships/ada"
	good := `{"url":"https://x.invalid/u","role":"member","state":"active"}`
	for name, c := range map[string]struct {
		method, url, body, answer string
		wrong                     bool
	}{
		"right":          {"PUT", members, `{"role":"member"}`, good, false},
		"wrong value":    {"PUT", members, `{"role":"king"}`, good, true},
		"wrong answer":   {"PUT", members, `{"role":"member"}`, `{"state":1}`, true},
		"unknown path":   {"GET", "https://x.invalid/nowhere", "", "{}", true},
		"unknown verb":   {"PATCH", members, "{}", "{}", true},
		"answer no JSON": {"PUT", members, `{"role":"member"}`, `<html>`, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := &witness{TB: t}
			h := Load(t, "github.json", "https://x.invalid", nil).Wrap(w, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.answer)
			}))
			r := httptest.NewRequest(c.method, c.url, strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			h.ServeHTTP(httptest.NewRecorder(), r)
			if (len(w.said) > 0) != c.wrong {
				t.Errorf("%q", w.said)
			}
		})
	}
}
