package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
)

const notifyFile = `
notify:
  - {name: mail, kind: smtp, host: smtp.example.com, from: "Birthright <access@example.com>", username: hub, password: "env:MAIL", events: [request.*, grant.failed]}
  - {name: relay, kind: smtp, host: 127.0.0.1, port: 25, from: access@example.com, tls: none}
  - {name: chat, kind: slack, token: "env:TOKEN", signing_secret: "env:SIGNING", channel: "C0123"}
  - {name: siem, kind: webhook, url: "https://hooks.example.com/in", secret: "env:HOOK"}
  - {name: room, kind: teams, webhook: "env:ROOM"}
  - {name: noc, kind: teams, webhook: "file:noc", events: [grant.*]}
`

func TestNotify(t *testing.T) {
	got := load(t, write(t, notifyFile), "BIRTHRIGHT_NOTIFY_RELAY_PORT=2525")
	want := []config.Channel{
		{
			Name: "mail", Kind: "smtp", Host: "smtp.example.com", Port: 587, From: "Birthright <access@example.com>", Username: "hub",
			Password: ref(t, "env:MAIL"), TLS: "starttls", Events: []string{"request.*", "grant.failed"},
		},
		{Name: "relay", Kind: "smtp", Host: "127.0.0.1", Port: 2525, From: "access@example.com", TLS: "none"},
		{Name: "chat", Kind: "slack", Token: ref(t, "env:TOKEN"), SigningSecret: ref(t, "env:SIGNING"), Channel: "C0123", APIURL: "https://slack.com/api/"},
		{Name: "siem", Kind: "webhook", URL: "https://hooks.example.com/in", Secret: ref(t, "env:HOOK")},
		{Name: "room", Kind: "teams", Webhook: ref(t, "env:ROOM"), Events: []string{"request.waiting", "request.escalated", "glass.*", "grant.overdue"}},
		{Name: "noc", Kind: "teams", Webhook: ref(t, "file:noc"), Events: []string{"grant.*"}},
	}
	if diff := cmp.Diff(want, got.Notify); diff != "" {
		t.Error(diff)
	}
}

// People elsewhere cannot follow a link to the hub's own machine.
func TestLinksLeadSomewhere(t *testing.T) {
	const away = `notify: [{name: mail, kind: smtp, host: smtp.example.com, from: a@example.com}]`
	const here = `notify: [{name: mail, kind: smtp, host: 127.0.0.1, from: a@example.com, tls: none}, {name: hook, kind: webhook, url: "http://localhost/in", secret: "env:HOOK"}]`
	for text, want := range map[string]int{
		away: 1, here: 0,
		away + "\nserver: {public_url: \"https://hub.example.com\"}": 0,
		away + "\nserver: {public_url: \"http://localhost:8080\"}":   1,
		`notify: [{name: room, kind: teams, webhook: "env:ROOM"}]`:   1,
	} {
		warned := 0
		for _, w := range load(t, write(t, text)).Warnings {
			if strings.Contains(w, "set server.public_url") {
				warned++
			}
		}
		if warned != want {
			t.Errorf("%s: %d warnings, want %d", text, warned, want)
		}
	}
}
