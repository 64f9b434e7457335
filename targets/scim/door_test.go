package scim

import (
	"crypto/rand"
	"net/http/httptest"
	"testing"
	"time"

	"birthright/identity"
	"birthright/intake"
	"birthright/internal/secret"
	"birthright/scim"
	"birthright/scim/backing"
	"birthright/store"
	"birthright/store/storetest"
	"birthright/targets"
	"birthright/tokens"
)

// door is our own SCIM endpoint with a database behind it, and a token for it.
func door(t *testing.T) (url, key string) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+storetest.SQLite(t), store.Options{Migrate: true, Index: scim.NewIndex([]string{"okta"})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	source, faults := scim.NewSource("okta", "", nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	in := intake.New(db, intake.Options{Correlate: [][]string{{"email"}}, Sources: []string{"okta"}, MaxMissingPercent: 100})
	behind := backing.New(db, in)
	server := httptest.NewServer(scim.New(scim.Options{Directory: behind, Intake: behind, Tokens: behind, Sources: []*scim.Source{source}}))
	t.Cleanup(server.Close)
	key, token, err := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveToken(t.Context(), store.TokenRow(token)) }); err != nil {
		t.Fatal(err)
	}
	return server.URL + "/scim/v2", key
}

// TestOurOwnFrontDoor fills our own endpoint as if it were somebody's application: one
// hub can provision another.
func TestOurOwnFrontDoor(t *testing.T) {
	url, key := door(t)
	for _, paging := range []string{byIndex, byCursor} {
		t.Run(paging, func(t *testing.T) {
			target, _ := open(t, url, func(c *Config) {
				ref, err := secret.New(key)
				if err != nil {
					t.Fatal(err)
				}
				c.Token, c.Paging = ref, paging
			})
			ada := titled("ada."+paging, "Clerk")
			ada.Attributes.Set(identity.AttrEmail, ada.Name+"@example.org")
			group := ent("eng " + paging)
			do := func(want targets.Outcome, ops ...targets.Op) {
				t.Helper()
				for i, r := range target.Apply(t.Context(), ops) {
					if r.Outcome != want {
						t.Fatalf("%s: %s, want %s: %v", ops[i].Action, r.Outcome, want, r.Err)
					}
				}
			}
			do(targets.Done, targets.Op{Action: targets.CreateEntitlement, Entitlement: group}, targets.Op{Action: targets.CreateAccount, Account: ada},
				targets.Op{Action: targets.Add, Account: targets.Account{Name: ada.Name}, Entitlement: group})
			do(targets.Already, targets.Op{Action: targets.CreateEntitlement, Entitlement: group}, targets.Op{Action: targets.CreateAccount, Account: ada},
				targets.Op{Action: targets.Add, Account: targets.Account{Name: ada.Name}, Entitlement: group})
			ada.ID = account(t, target, ada.Name).ID
			ada.Attributes.Set(identity.AttrTitle, "Boss")
			do(targets.Done, targets.Op{Action: targets.UpdateAccount, Account: ada})
			do(targets.Already, targets.Op{Action: targets.UpdateAccount, Account: ada})
			if got := account(t, target, ada.Name); got.Attributes.First(identity.AttrTitle) != "Boss" || !got.Active {
				t.Errorf("%+v", got)
			}
			do(targets.Done, targets.Op{Action: targets.Remove, Account: ada, Entitlement: group}, targets.Op{Action: targets.DisableAccount, Account: ada})
			do(targets.Already, targets.Op{Action: targets.Remove, Account: ada, Entitlement: group})
			s, err := targets.ReadState(t.Context(), target, targets.Query{})
			if err != nil || len(s.Assignments) != 0 {
				t.Errorf("%v, %v", s.Assignments, err)
			}
			if got := account(t, target, ada.Name); got.Active {
				t.Error("still active")
			}
		})
	}
}
