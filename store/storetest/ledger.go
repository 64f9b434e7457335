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
		Name: "an ordered run has parts, says how far it is, and what it came to",
		Why:  "whoever looks from another machine sees it nowhere else",
		Run: func(h *Hub) {
			whole := store.RunRow{ID: "o", Kind: "sync", Started: epoch, By: "user:ada", Scope: `{"full":true}`, AliveAt: epoch.Add(time.Second), Steps: "[]"}
			part := store.RunRow{ID: "p", Target: "github", Kind: "full", Started: epoch, Finished: epoch.Add(time.Second), PartOf: "o"}
			other := store.RunRow{ID: "q", Target: "github", Kind: "full", Started: epoch.Add(-time.Second), Finished: epoch}
			h.update(func(tx *store.Tx) error {
				for _, r := range []store.RunRow{whole, part, other} {
					h.must(tx.SaveRun(h.Context(), r))
				}
				h.must(tx.KeepRunReport(h.Context(), "o", []byte(`{"runs":[1]}`), 2))
				return tx.KeepRunReport(h.Context(), "o", []byte(`{"runs":[]}`), 2)
			})
			h.view(func(tx *store.Tx) error {
				got, err := tx.Run(h.Context(), "o")
				h.must(err)
				h.same("run", got, whole)
				_, err = tx.Run(h.Context(), "none\x00")
				h.is(err, identity.NotFound)
				list, err := tx.Runs(h.Context(), store.RunQuery{Whole: true, Limit: 1})
				h.must(err)
				h.same("first", list, []store.RunRow{whole})
				list, err = tx.Runs(h.Context(), store.RunQuery{Whole: true, After: store.RunPosition{Started: whole.Started, ID: whole.ID}})
				h.must(err)
				h.same("rest", list, []store.RunRow{other})
				list, err = tx.Runs(h.Context(), store.RunQuery{PartsOf: []string{"o"}})
				h.must(err)
				h.same("parts", list, []store.RunRow{part})
				report, err := tx.RunReport(h.Context(), "o")
				h.same("report", string(report), `{"runs":[]}`)
				return err
			})
			h.pass(time.Hour)
			h.update(func(tx *store.Tx) error { return tx.KeepRunReport(h.Context(), "p", []byte(`{}`), 1) })
			h.view(func(tx *store.Tx) error {
				report, err := tx.RunReport(h.Context(), "o")
				h.same("forgotten", report == nil, true)
				return err
			})
		},
	},
	{
		Name: "changes are paged, and what is late is summed up",
		Why:  "a page of a run costs the same however much it did",
		Run: func(h *Hub) {
			change := func(id, run string, n int) store.ChangeRow {
				return store.ChangeRow{ID: id, Run: run, Target: "github", Action: "add", Causes: []identity.Cause{}, Outcome: "done", PlannedAt: epoch.Add(time.Duration(n) * time.Second)}
			}
			open := change("d", "s", 3)
			h.update(func(tx *store.Tx) error {
				return tx.SaveChanges(h.Context(), []store.ChangeRow{change("a", "r", 1), change("b", "r", 2), change("c", "other", 3), open})
			})
			h.update(func(tx *store.Tx) error {
				return tx.EnqueueWork(h.Context(), []store.Work{
					{Target: "github", UserN: 1, Since: epoch, Attempts: 1, LastError: "down"}, {Target: "github", UserN: 2, Since: epoch.Add(time.Hour), Attempts: 2}, {Target: "github", UserN: 3},
				})
			})
			h.view(func(tx *store.Tx) error {
				ids := func(q store.ChangeQuery) (out []string) {
					rows, err := tx.Changes(h.Context(), q)
					h.must(err)
					for _, r := range rows {
						out = append(out, r.ID)
					}
					return out
				}
				h.same("first", ids(store.ChangeQuery{Runs: []string{"r", "s"}, Limit: 2}), []string{"d", "b"})
				h.same("rest", ids(store.ChangeQuery{Runs: []string{"r", "s"}, After: store.ChangePosition{PlannedAt: epoch.Add(2 * time.Second), ID: "b"}}), []string{"a"})
				n, err := tx.CountOpenChanges(h.Context())
				h.must(err)
				h.same("open", n, map[string]int{"github": 4})
				late, err := tx.CountLate(h.Context())
				h.same("late", late, map[string]store.Late{"github": {Users: 2, Since: epoch, LastError: "down"}})
				return err
			})
		},
	},
	{
		Name: "held things are paged, counted, and refused",
		Why:  "what somebody refused must not be asked again",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				return tx.SaveHeld(h.Context(), []store.HeldRow{
					{ID: "a", Kind: store.HeldRemoval, Target: "github"}, {ID: "b", Kind: store.HeldRemoval, Target: "github"},
					{ID: "c", Kind: store.HeldRemoval, Target: "github", RefusedAt: epoch, RefusedBy: "user:ada", RefuseReason: "is wrong"},
				})
			})
			h.view(func(tx *store.Tx) error {
				first, err := tx.Held(h.Context(), store.HeldFilter{Limit: 1})
				h.must(err)
				rest, err := tx.Held(h.Context(), store.HeldFilter{After: store.HeldPosition{Created: first[0].Created, ID: first[0].ID}})
				h.must(err)
				h.same("first", first[0].ID, "a")
				h.same("rest", len(rest), 2)
				h.same("refused", []any{rest[1].RefusedAt, rest[1].RefusedBy, rest[1].RefuseReason, rest[1].Open(), rest[0].Open()}, []any{epoch, "user:ada", "is wrong", false, true})
				counts, err := tx.CountHeld(h.Context())
				h.same("counts", counts, []store.HeldCount{{Kind: store.HeldRemoval, Target: "github", N: 2}})
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
