package app_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/app"
	"birthright/store"
)

const rotaConfig = `
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
sources:
  - {name: rota, kind: facts, path: rota.yaml, max_age: 5m}
  - {name: pager, kind: pagerduty, token: "env:PAGER", schedule: "@every 2m"}
  - {name: hr, kind: file, path: people.csv}
targets:
  - {name: wiki, kind: memory, accounts: {create: true}}
`

// People are read before what is so of them, whatever the order of the file, and
// what tells of shifts is read every minute unless it says otherwise.
func TestFactsAreReadAfterPeople(t *testing.T) {
	cfg := folder(t, map[string]string{
		"hub.yaml": rotaConfig, "policy.yaml": hubPolicy, "people.csv": "userName,email\nada,ada@x.test\n",
		"rota.yaml": "- {kind: ticket, name: mail, person: ADA@x.test}\n",
	})
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	a, err := app.Open(t.Context(), app.Options{Config: cfg, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	reports, err := a.Import(t.Context(), []string{"rota", "hr"})
	if err != nil || len(reports) != 2 || reports[0].Source != "hr" || reports[1].Unmatched != 0 {
		t.Errorf("%+v, %v", reports, err)
	}
	schedules := map[string]string{}
	for _, s := range a.Sources() {
		schedules[s.Name] = s.Schedule
	}
	if diff := cmp.Diff(map[string]string{"rota": "@every 1m", "pager": "@every 2m", "hr": ""}, schedules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]time.Duration{"rota": 5 * time.Minute, "pager": 15 * time.Minute}, a.Runner.MaxAge); diff != "" {
		t.Error(diff)
	}
	err = a.Store.View(t.Context(), func(tx *store.Tx) error {
		facts, err := tx.Facts(t.Context())
		if err == nil && (len(facts) != 1 || facts[0].UserN == 0 || !facts[0].End.Equal(now.Add(24*time.Hour))) {
			t.Errorf("known is %+v", facts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
