package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/store"
)

var ledgerCases = []Case{
	{
		Name: "a change is an intent first, then history",
		Why:  "a run that was killed half-way is found by its open intents",
		Run: func(h *Hub) {
			c := store.ChangeRow{ID: "c1", Run: "r1", Target: "github", UserN: 1, User: "ada", Action: "add", Account: "ada", Entitlement: "github:team/core",
				Causes: []identity.Cause{{Kind: "group", Name: "core"}}, PlannedAt: epoch}
			other := store.ChangeRow{ID: "c2", Target: "aws", UserN: 2, Action: "remove", Ordered: true}
			h.update(func(tx *store.Tx) error { return tx.SaveChanges(h.Context(), []store.ChangeRow{c, other}) })
			open := func(target string) (rows []store.ChangeRow) {
				h.view(func(tx *store.Tx) (err error) { rows, err = tx.OpenChanges(h.Context(), target); return err })
				return rows
			}
			h.same("open", open("github"), []store.ChangeRow{c})
			h.same("open anywhere", len(open("")), 2)
			h.pass(time.Minute)
			done := c
			done.Outcome, done.Error, done.FinishedAt, done.PlannedAt = "refused", "no", epoch.Add(time.Minute), time.Time{}
			h.update(func(tx *store.Tx) error { return tx.SaveChanges(h.Context(), []store.ChangeRow{done}) })
			done.PlannedAt = epoch
			h.same("open later", len(open("github")), 0)
			h.view(func(tx *store.Tx) error {
				for _, q := range []store.ChangeQuery{{Target: "github"}, {Run: "r1"}, {UserN: 1}, {Action: "add"}, {Outcome: "refused"}, {Limit: 2, Target: "github"}} {
					found, err := tx.Changes(h.Context(), q)
					h.must(err)
					h.same(fmt.Sprintf("%+v", q), found, []store.ChangeRow{done})
				}
				found, err := tx.Changes(h.Context(), store.ChangeQuery{Since: epoch, Limit: 1})
				h.same("newest", found[0].ID, "c2")
				return err
			})
		},
	},
	{
		Name: "removals that nobody ordered are counted",
		Why:  "the rolling guard sees a slow drip only if each drop counts once",
		Run: func(h *Hub) {
			change := func(id, action, outcome string, ordered bool, at time.Time) store.ChangeRow {
				c := store.ChangeRow{ID: id, Target: "github", Action: action, Outcome: outcome, Ordered: ordered, PlannedAt: at}
				if outcome != "" {
					c.FinishedAt = at
				}
				return c
			}
			h.update(func(tx *store.Tx) error {
				return tx.SaveChanges(h.Context(), []store.ChangeRow{
					change("1", "remove", "done", false, epoch), change("2", "disable-account", "unknown", false, epoch), change("3", "delete-account", "", false, epoch),
					change("4", "remove", "done", true, epoch), change("5", "add", "done", false, epoch), change("6", "remove", "refused", false, epoch),
					change("7", "remove", "done", false, epoch.Add(-time.Microsecond)),
				})
			})
			h.view(func(tx *store.Tx) error {
				n, err := tx.CountUnorderedRemovals(h.Context(), "github", epoch)
				h.same("removals", n, 3)
				return err
			})
		},
	},
	{
		Name: "runs are kept, newest first",
		Why:  "people ask what the last sync did",
		Run: func(h *Hub) {
			a := store.RunRow{ID: "a", Target: "github", Kind: "sync", Started: epoch, Counts: map[string]int{"add": 2}}
			b := store.RunRow{ID: "b", Kind: "import", Started: epoch.Add(time.Hour), Finished: epoch.Add(2 * time.Hour), Complete: true}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveRun(h.Context(), a))
				h.must(tx.SaveRun(h.Context(), b))
				a.Error = "x\x00"
				return tx.SaveRun(h.Context(), a)
			})
			a.Error = "x\uFFFD"
			h.view(func(tx *store.Tx) error {
				all, err := tx.Runs(h.Context(), store.RunQuery{})
				h.must(err)
				h.same("runs", all, []store.RunRow{b, a})
				some, err := tx.Runs(h.Context(), store.RunQuery{Target: "github", Kind: "sync", Limit: 1})
				h.same("of github", some, []store.RunRow{a})
				return err
			})
		},
	},
	{
		Name: "held things wait for a person",
		Why:  "what a guard stopped must neither be lost nor let go by itself",
		Run: func(h *Hub) {
			a := store.HeldRow{Kind: store.HeldMissing, Source: "hr", Subject: "source:hr", Reason: "40 of 100 missing", Data: map[string]any{"keys": []any{"x"}, "n": json.Number("40")}}
			b := store.HeldRow{ID: "b", Kind: store.HeldRemoval, Target: "github", UserN: 1, RecordN: 2, Action: "remove", Entitlement: "github:team/core"}
			rows := []store.HeldRow{a, b}
			h.update(func(tx *store.Tx) error { return tx.SaveHeld(h.Context(), rows) })
			a.ID, a.Created, b.Created = rows[0].ID, epoch, epoch
			h.pass(time.Hour)
			h.view(func(tx *store.Tx) error {
				found, err := tx.Held(h.Context(), store.HeldFilter{Kind: store.HeldMissing, Source: "hr", Open: true})
				h.must(err)
				h.same("held", found, []store.HeldRow{a})
				one, err := tx.HeldByID(h.Context(), "b")
				h.must(err)
				h.same("by id", one, b)
				_, err = tx.HeldByID(h.Context(), "c\x00")
				h.is(err, identity.NotFound)
				return nil
			})
			b.ReleasedAt, b.ReleasedBy, b.ReleaseReason = epoch.Add(time.Hour), "operator:x", "is right"
			h.update(func(tx *store.Tx) error {
				h.must(tx.DropHeld(h.Context(), []string{a.ID, "none"}))
				return tx.SaveHeld(h.Context(), []store.HeldRow{b}, event("held.released"))
			})
			h.view(func(tx *store.Tx) error {
				open, err := tx.Held(h.Context(), store.HeldFilter{Open: true})
				h.must(err)
				h.same("open", len(open), 0)
				all, err := tx.Held(h.Context(), store.HeldFilter{Target: "github"})
				h.same("all", all, []store.HeldRow{b})
				return err
			})
		},
	},
	{
		Name: "a source's state is kept",
		Why:  "the guard compares with the last whole pull",
		Run: func(h *Hub) {
			s := store.SourceState{Name: "hr", Cursor: "c", LastAt: epoch, LastCompleteAt: epoch, Seen: 5, LastError: "e"}
			h.update(func(tx *store.Tx) error {
				fresh, err := tx.SourceState(h.Context(), "hr")
				h.must(err)
				h.same("fresh", fresh, store.SourceState{Name: "hr"})
				h.must(tx.SaveSourceState(h.Context(), store.SourceState{Name: "hr", Cursor: "old"}))
				return tx.SaveSourceState(h.Context(), s)
			})
			h.view(func(tx *store.Tx) error {
				all, err := tx.SourceStates(h.Context())
				h.same("states", all, []store.SourceState{s})
				return err
			})
		},
	},
	{
		Name: "tokens are kept as hashes, with their use",
		Why:  "a stolen database must not open the front door",
		Run: func(h *Hub) {
			tok := store.TokenRow{ID: "t1", Source: "okta", Scope: "scim", Client: "c1", UserN: 7, Hash: [32]byte{1, 0, 255}, ExpiresAt: epoch.Add(time.Hour)}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveToken(h.Context(), tok, event("token.created")))
				h.must(tx.TouchToken(h.Context(), "t1", epoch.Add(time.Second)))
				return tx.TouchToken(h.Context(), "t1", epoch) // late news
			})
			tok.Created, tok.LastUsed = epoch, epoch.Add(time.Second)
			h.view(func(tx *store.Tx) error {
				found, err := tx.TokenByID(h.Context(), "t1")
				h.must(err)
				h.same("token", found, tok)
				_, err = tx.TokenByID(h.Context(), "t2\x00")
				h.is(err, identity.NotFound)
				of, err := tx.Tokens(h.Context(), "hr")
				h.must(err)
				h.same("of another source", len(of), 0)
				of, err = tx.Tokens(h.Context(), "")
				h.same("all", of, []store.TokenRow{tok})
				return err
			})
			tok.RevokedAt = epoch.Add(time.Minute)
			h.update(func(tx *store.Tx) error { return tx.SaveToken(h.Context(), tok) })
		},
	},
}
