package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
	"birthright/identity"
	"birthright/rules/analysis"
)

// What a source lets people change counts where the source is believed.
func TestEditable(t *testing.T) {
	cfg := &config.Config{
		Sources: []config.Source{
			{Name: "hr"},
			{Name: "okta", SelfEditable: []string{"displayName", "team", "nick", "groups"}},
			{Name: "chat", SelfEditable: []string{"nick", "tickets", "shifts"}},
		},
		Authority: []config.Authority{{Attributes: []string{"team"}, Sources: []string{"hr"}}, {Attributes: []string{"displayName"}, Sources: []string{"hr", "okta"}}},
	}
	want := analysis.Editable{
		Attributes: map[string][]string{"displayName": {"okta"}, "nick": {"okta", "chat"}},
		Groups:     []string{"okta"}, Tickets: []string{"chat"}, Shifts: []string{"chat"},
	}
	if d := cmp.Diff(want, Editable(cfg)); d != "" {
		t.Error(d)
	}
}

func TestPeopleFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.csv")
	text := "userName,department,manager,groups,endDate\nada,Engineering,,b|a,\nbob,Sales,ADA,,2020-01-01\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	got, err := PeopleFile(context.Background(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].UserName != "ada" || got[0].Attributes.First("department") != "Engineering" ||
		strings.Join(got[0].Groups, " ") != "a b" || got[0].State != identity.Active || got[1].State != identity.Left || got[0].N == got[1].N {
		t.Errorf("%+v", got)
	}
	if _, err := PeopleFile(context.Background(), path+".xml", now); identity.KindOf(err) != identity.Invalid {
		t.Errorf("an unknown format: %v", err)
	}
}
