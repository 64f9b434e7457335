package storetest

import (
	"fmt"
	"time"

	"birthright/identity"
	"birthright/store"
)

var clientCases = []Case{
	{
		Name: "OAuth clients are kept as hashes, with their use",
		Why:  "a stolen database must not open the token endpoint",
		Run: func(h *Hub) {
			c := store.ClientRow{ID: "c1", Source: "entra", Scope: "scim", Label: "prod, ünicode", Hash: [32]byte{1, 0, 255}, ExpiresAt: epoch.Add(time.Hour)}
			other := store.ClientRow{ID: "c2", Source: "okta", Scope: "scim", Keys: `{"keys":[]}`, Created: epoch.Add(time.Second)}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveClient(h.Context(), c, event("client.created")))
				h.must(tx.SaveClient(h.Context(), other))
				h.must(tx.TouchClient(h.Context(), "c1", epoch.Add(time.Minute)))
				return tx.TouchClient(h.Context(), "c1", epoch.Add(time.Second)) // late news
			})
			c.Created, c.LastUsed = epoch, epoch.Add(time.Minute)
			h.view(func(tx *store.Tx) error {
				for id, want := range map[string]store.ClientRow{"c1": c, "c2": other} {
					found, err := tx.ClientByID(h.Context(), id)
					h.must(err)
					h.same("client", found, want)
				}
				for _, id := range []string{"", "c3", "c1\x00", "c\xff"} {
					_, err := tx.ClientByID(h.Context(), id)
					h.is(err, identity.NotFound)
				}
				of, err := tx.Clients(h.Context(), "okta")
				h.must(err)
				h.same("of okta", of, []store.ClientRow{other})
				of, err = tx.Clients(h.Context(), "")
				h.same("all", of, []store.ClientRow{c, other})
				return err
			})
		},
	},
	{
		Name: "revoking a client takes its tokens along, and nobody else's",
		Why:  "a token that outlives its client is a way in that nobody sees",
		Run: func(h *Hub) {
			token := func(id, client string) store.TokenRow {
				return store.TokenRow{ID: id, Source: "okta", Scope: "scim", Client: client, ExpiresAt: epoch.Add(time.Hour)}
			}
			h.update(func(tx *store.Tx) error {
				for _, id := range []string{"c1", "c2"} {
					h.must(tx.SaveClient(h.Context(), store.ClientRow{ID: id, Source: "okta", Scope: "scim"}))
				}
				early := token("t2", "c1")
				early.RevokedAt = epoch.Add(-time.Minute)
				for _, t := range []store.TokenRow{token("t1", "c1"), early, token("t3", "c2"), token("t4", "")} {
					h.must(tx.SaveToken(h.Context(), t))
				}
				return nil
			})
			revoke := func(id string) {
				h.update(func(tx *store.Tx) error { return tx.RevokeClient(h.Context(), id, event("client.revoked")) })
			}
			h.pass(time.Minute)
			revoke("c1")
			h.pass(time.Minute)
			revoke("c1") // changes nothing
			revoke("")   // is no client, and not those who have none
			h.view(func(tx *store.Tx) error {
				for id, want := range map[string]time.Time{"t1": epoch.Add(time.Minute), "t2": epoch.Add(-time.Minute), "t3": {}, "t4": {}} {
					t, err := tx.TokenByID(h.Context(), id)
					h.must(err)
					h.same(id+" revoked at", t.RevokedAt, want)
				}
				for id, want := range map[string]time.Time{"c1": epoch.Add(time.Minute), "c2": {}} {
					c, err := tx.ClientByID(h.Context(), id)
					h.must(err)
					h.same(id+" revoked at", c.RevokedAt, want)
				}
				live, err := tx.LiveIssuedTokens(h.Context(), epoch.Add(time.Hour-1))
				h.must(err)
				h.same("live", live, map[string]int{"c2": 1})
				live, err = tx.LiveIssuedTokens(h.Context(), epoch.Add(time.Hour))
				h.same("live at their end", live, map[string]int{})
				return err
			})
		},
	},
	{
		Name: "issued tokens are forgotten: expired ones, and the oldest of too many",
		Why:  "a client takes a token every hour for years: the table must not grow with them",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				for i := range 6 {
					at := epoch.Add(time.Duration(i) * time.Minute)
					for _, client := range []string{"c1", "c2", ""} {
						t := store.TokenRow{ID: fmt.Sprintf("%s-%d", client, i), Client: client, Source: "okta", Scope: "scim", Created: at, ExpiresAt: at.Add(time.Hour)}
						h.must(tx.SaveToken(h.Context(), t))
					}
				}
				return nil
			})
			left := func(after string, want ...string) {
				h.Helper()
				h.view(func(tx *store.Tx) error {
					all, err := tx.Tokens(h.Context(), "")
					ids := []string{}
					for _, t := range all {
						if t.Client != "" {
							ids = append(ids, t.ID)
						}
					}
					h.same(after, ids, want)
					h.same("those that people made", len(all)-len(ids), 6)
					return err
				})
			}
			h.update(func(tx *store.Tx) error { return tx.ForgetExpiredTokens(h.Context(), epoch.Add(time.Hour-1), 10) })
			left("nothing had expired", "c1-0", "c2-0", "c1-1", "c2-1", "c1-2", "c2-2", "c1-3", "c2-3", "c1-4", "c2-4", "c1-5", "c2-5")
			h.update(func(tx *store.Tx) error {
				return tx.ForgetExpiredTokens(h.Context(), epoch.Add(time.Hour+time.Minute), 2)
			})
			left("at most two", "c1-1", "c2-1", "c1-2", "c2-2", "c1-3", "c2-3", "c1-4", "c2-4", "c1-5", "c2-5")
			h.update(func(tx *store.Tx) error {
				return tx.ForgetExpiredTokens(h.Context(), epoch.Add(time.Hour+time.Minute), 10)
			})
			left("the rest", "c1-2", "c2-2", "c1-3", "c2-3", "c1-4", "c2-4", "c1-5", "c2-5")
			h.update(func(tx *store.Tx) error {
				h.must(tx.ForgetOldestTokens(h.Context(), "c1", 2))
				h.must(tx.ForgetOldestTokens(h.Context(), "", 0))
				return tx.ForgetOldestTokens(h.Context(), "c2", 5)
			})
			left("the oldest", "c2-2", "c2-3", "c1-4", "c2-4", "c1-5", "c2-5")
		},
	},
	{
		Name: "an assertion is remembered until it expires",
		Why:  "whoever saw one on its way must not get a token for it",
		Run: func(h *Hub) {
			note := func(client, id string, want bool) {
				h.Helper()
				h.update(func(tx *store.Tx) error {
					fresh, err := tx.NoteAssertion(h.Context(), client, id, epoch.Add(time.Minute))
					h.same(client+" "+id, fresh, want)
					return err
				})
			}
			note("c1", "a", true)
			note("c1", "a", false)
			note("c2", "a", true)
			note("c1", "b", true)
			count := func(want int64) {
				h.Helper()
				h.view(func(tx *store.Tx) error {
					n, err := tx.CountAssertions(h.Context(), "c1")
					h.same("remembered of c1", n, want)
					return err
				})
			}
			count(2)
			forget := func(at time.Time, most int) {
				h.update(func(tx *store.Tx) error { return tx.ForgetAssertions(h.Context(), at, most) })
			}
			forget(epoch.Add(time.Minute-1), 10)
			count(2)
			note("c1", "a", false)
			forget(epoch.Add(time.Minute), 1)
			forget(epoch.Add(time.Minute), 10)
			count(0)
			note("c1", "a", true)
		},
	},
}
