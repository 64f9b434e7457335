package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"birthright/app"
	"birthright/grants/desk"
	"birthright/identity"
)

// A running hub tells a webhook what happened within seconds, and counts what it owes.
func TestAServingHubTells(t *testing.T) {
	kinds := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var got struct{ Type string }
		_ = json.Unmarshal(body, &got)
		kinds <- got.Type
	}))
	t.Cleanup(hook.Close)
	cfg := folder(t, map[string]string{"policy.yaml": hubPolicy, "hub.yaml": hubConfig + `
notify:
  - {name: hook, kind: webhook, url: "` + hook.URL + `", secret: "file:policy.yaml", events: [delegation.*]}
  - {name: chat, kind: slack, token: "file:policy.yaml", signing_secret: "file:policy.yaml", api_url: "` + hook.URL + `", events: [glass.broken]}
`})
	a, url := serving(t, app.Options{Config: cfg})
	for _, name := range []string{"ada", "olga"} {
		r := identity.Record{Attributes: identity.Attributes{identity.AttrUserName: {name}}}
		if _, err := a.Intake.Create(t.Context(), "idp", r, nil); err != nil {
			t.Fatal(err)
		}
	}
	actor, err := a.Desk.Actor(t.Context(), "olga")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Desk.Delegate(t.Context(), actor, desk.Delegation{To: "ada", End: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	select {
	case kind := <-kinds:
		if kind != "delegation.made" {
			t.Errorf("told of %s", kind)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was told")
	}
	_, metrics := get(t, url+"/metrics")
	for _, line := range []string{`birthright_notices_owed{channel="chat"} 0`, `birthright_notices_failed{channel="hook"} 0`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
	answer, err := http.Post(url+"/slack/commands", "application/x-www-form-urlencoded", strings.NewReader("text=x"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("an unsigned command: %d", answer.StatusCode)
	}
}
