package storetest

import (
	"fmt"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/store"
)

// given keeps a grant from epoch for an hour, of a user.
func (h *Hub) given(user int64, change func(g *grants.Grant)) *grants.Grant {
	h.Helper()
	g := grants.New(&grants.Request{N: 5, Kind: grants.KindRequest, UserN: user, User: fmt.Sprint("user", user), Group: "prod", Duration: time.Hour}, "", epoch, 10*time.Minute)
	if change != nil {
		change(&g)
	}
	h.update(func(tx *store.Tx) error { return tx.AddGrant(h.Context(), &g, event("request.approved")) })
	return &g
}

func (h *Hub) saveGrant(g *grants.Grant) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.SaveGrants(h.Context(), []*grants.Grant{g}) })
}

// there makes a grant begun and active at once.
func there(g *grants.Grant) { g.BegunAt = g.StartsAt; g.Activate(g.StartsAt) }

func (h *Hub) turns(limit int) (turns []store.GrantTurn) {
	h.Helper()
	h.update(func(tx *store.Tx) (err error) { turns, err = tx.TurnGrants(h.Context(), limit); return err })
	return turns
}

func (h *Hub) nextTurn() (at time.Time) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { at, err = tx.NextGrantTurn(h.Context()); return err })
	return at
}

// grantIDs are the IDs of what read returns.
func (h *Hub) grantIDs(read func(tx *store.Tx) ([]grants.Grant, error)) (ids []string) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		found, err := read(tx)
		for _, g := range found {
			ids = append(ids, g.ID)
		}
		return err
	})
	return ids
}

var grantCases = []Case{
	{
		Name: "a grant comes back as it was kept",
		Why:  "access ends when what is kept says so, after any restart",
		Run: func(h *Hub) {
			g := h.given(1, func(g *grants.Grant) {
				g.While, g.Inputs = `oncall("primary")`, []byte(`{"Request":{}}`)
				g.Bound(epoch.Add(50 * time.Minute))
			})
			h.same("numbered", g.ID, "g1")
			there(g)
			g.RemindAt = epoch.Add(40 * time.Minute)
			g.Stop(grants.OverRevoked, "user:olga", "because\x00", epoch.Add(time.Minute))
			g.SettledAt = epoch.Add(2 * time.Minute)
			h.saveGrant(g)
			g.OverReason = "because\uFFFD"
			h.view(func(tx *store.Tx) error {
				got, err := tx.GrantByID(h.Context(), "G1")
				h.must(err)
				h.same("by id", got, *g)
				got, err = tx.GrantByN(h.Context(), g.N)
				h.must(err)
				h.same("by number", got, *g)
				_, none := tx.GrantByID(h.Context(), "g7")
				h.is(none, identity.NotFound)
				byIDs, err := tx.GrantsByIDs(h.Context(), []string{"g7", "g1"})
				h.same("by ids", byIDs, []grants.Grant{*g})
				return err
			})
			h.same("of its request", h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.GrantsOfRequests(h.Context(), []int64{5, 6}) }), []string{"g1"})
		},
	},
	{
		Name: "a turn of the clock is told once to whoever puts it on record",
		Why:  "a beginning told twice is work done twice; one not told at all is access that never ends",
		Run: func(h *Hub) {
			ahead := h.given(1, func(g *grants.Grant) { g.StartsAt = epoch.Add(time.Minute); g.Deadline = epoch.Add(11 * time.Minute) })
			h.given(2, there)
			h.same("the first", h.nextTurn(), epoch.Add(time.Minute))
			h.same("nothing yet", h.turns(9), []store.GrantTurn(nil))
			h.pass(time.Minute)
			h.same("a beginning", h.turns(9), []store.GrantTurn{{UserN: 1}})
			h.same("told", h.turns(9), []store.GrantTurn(nil))
			ahead.BegunAt = epoch.Add(time.Minute)
			ahead.Activate(epoch.Add(2 * time.Minute))
			h.saveGrant(ahead)
			h.same("the next", h.nextTurn(), epoch.Add(time.Hour))
			h.pass(time.Hour)
			h.same("an end", h.turns(9), []store.GrantTurn{{UserN: 2, Ends: true}})
			h.pass(time.Minute)
			ends := h.turns(9)
			h.same("another, and the first again, which nobody put on record", ends, []store.GrantTurn{{UserN: 1, Ends: true}, {UserN: 2, Ends: true}})
		},
	},
	{
		Name: "a turn that is not put on record is told again",
		Why:  "whoever was told it may have seen a clock that was set back, and come to nothing",
		Run: func(h *Hub) {
			g := h.given(1, there)
			h.pass(time.Hour)
			h.same("an end", len(h.turns(9)), 1)
			h.pass(-30 * time.Minute) // nobody sees an end now
			h.same("none now", h.turns(9), []store.GrantTurn(nil))
			h.pass(30*time.Minute + 10*time.Second)
			h.same("again", h.turns(9), []store.GrantTurn{{UserN: 1, Ends: true}})
			g.Stop(grants.OverByTime, "hub", "", epoch.Add(time.Hour))
			h.saveGrant(g)
			h.same("on record", h.nextTurn(), time.Time{})
			late := h.given(1, nil) // it should have begun an hour ago
			h.same("at once", h.turns(9), []store.GrantTurn{{UserN: 1, Ends: true}})
			late.Stop(grants.OverFailed, "hub", "", epoch)
			h.saveGrant(late)
			h.same("nothing left", h.nextTurn(), time.Time{})
		},
	},
	{
		Name: "turns are told a page at a time, and one that ends goes first",
		Why:  "a thousand shifts end at six o'clock",
		Run: func(h *Hub) {
			for user := int64(5); user > 0; user-- {
				h.given(user, there)
			}
			h.pass(time.Hour)
			told := append(h.turns(2), h.turns(9)...)
			h.same("all of them", len(told), 5)
			h.same("once", h.turns(9), []store.GrantTurn(nil))
		},
	},
	{
		Name: "grants are open until nothing is left of them",
		Why:  "a grant that is forgotten before its access is gone leaves it there for ever",
		Run: func(h *Hub) {
			over, fresh := h.given(2, there), h.given(1, nil)
			settled := h.given(1, there)
			over.Stop(grants.OverReturned, "user:ada", "", epoch)
			settled.Stop(grants.OverReturned, "user:ada", "", epoch)
			settled.SettledAt = epoch
			h.saveGrant(over)
			h.saveGrant(settled)
			h.same("of all", h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.OpenGrants(h.Context()) }), []string{fresh.ID, over.ID})
			h.same("of one", h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.OpenGrantsOf(h.Context(), []int64{2, 3}) }), []string{over.ID})
		},
	},
	{
		Name: "overdue are those that are over and not gone, the longest first",
		Why:  "what should be gone and is not must be seen, also where nobody has put down that it is over",
		Run: func(h *Hub) {
			byTime, revoked, lost := h.given(1, there), h.given(2, there), h.given(3, func(g *grants.Grant) { g.BegunAt = epoch })
			never, gone := h.given(4, nil), h.given(5, there)
			h.pass(20 * time.Minute)
			revoked.Stop(grants.OverRevoked, "user:olga", "", epoch.Add(20*time.Minute))
			gone.Stop(grants.OverRevoked, "user:olga", "", epoch.Add(20*time.Minute))
			gone.SettledAt = epoch.Add(20 * time.Minute)
			h.saveGrant(revoked)
			h.saveGrant(gone)
			overdue := func() []string {
				return h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.OverdueGrants(h.Context()) })
			}
			h.same("before the hour", overdue(), []string{lost.ID, revoked.ID})
			h.pass(time.Hour)
			h.same("after it", overdue(), []string{lost.ID, revoked.ID, byTime.ID})
			h.turns(9)
			h.same("told, and not on record", overdue(), []string{lost.ID, revoked.ID, byTime.ID})
			byTime.SettledAt = epoch.Add(80 * time.Minute)
			byTime.Stop(grants.OverByTime, "hub", "", byTime.SettledAt)
			h.saveGrant(byTime)
			h.same("one is gone", overdue(), []string{lost.ID, revoked.ID})
			h.same("one never began", never.BegunAt.IsZero(), true)
		},
	},
	{
		Name: "grants are found by what one knows of them, newest first, page by page",
		Why:  "who had access when is asked a year later",
		Run: func(h *Hub) {
			h.given(1, nil)
			logs := h.given(2, func(g *grants.Grant) { g.Group, g.Kind = "logs_1", grants.KindBreakGlass })
			later := h.given(1, func(g *grants.Grant) { g.StartsAt = epoch.Add(time.Hour) })
			logs.Stop(grants.OverReturned, "user:x", "", epoch)
			h.saveGrant(logs)
			later.SettledAt, later.OverReason = epoch, "The week is over"
			asked := wish(1, "prod")
			h.ask(asked)
			later.RequestN = asked.N
			h.saveGrant(later)
			h.update(func(tx *store.Tx) error {
				return tx.AddVote(h.Context(), grants.Vote{RequestN: asked.N, ByN: 5, By: "user:dan", Approve: true})
			})
			for _, tt := range []struct {
				f    store.GrantFilter
				want []string
			}{
				{store.GrantFilter{}, []string{"g3", "g2", "g1"}},
				{store.GrantFilter{Limit: 1}, []string{"g3"}},
				{store.GrantFilter{BeforeN: 3, Limit: 1}, []string{"g2"}},
				{store.GrantFilter{UserN: 1}, []string{"g3", "g1"}},
				{store.GrantFilter{Group: "prod"}, []string{"g3", "g1"}},
				{store.GrantFilter{Kind: grants.KindBreakGlass}, []string{"g2"}},
				{store.GrantFilter{Open: true}, []string{"g2", "g1"}},
				{store.GrantFilter{Over: true}, []string{"g2"}},
				{store.GrantFilter{Text: "LOGS_"}, []string{"g2"}},
				{store.GrantFilter{Text: "user1"}, []string{"g3", "g1"}},
				{store.GrantFilter{Text: "_s"}, nil},
				{store.GrantFilter{Text: "LOOK at 100%"}, []string{"g3"}},
				{store.GrantFilter{Text: "ops-1"}, []string{"g3"}},
				{store.GrantFilter{Text: "the week"}, []string{"g3"}},
				{store.GrantFilter{Ticket: "OPS-1"}, []string{"g3"}},
				{store.GrantFilter{Ticket: "OPS"}, nil},
				{store.GrantFilter{Decider: store.Decider{UserN: 5}}, []string{"g3"}},
				{store.GrantFilter{Decider: store.Decider{UserN: 6}}, nil},
				{store.GrantFilter{From: epoch.Add(time.Hour)}, []string{"g3"}},
				{store.GrantFilter{To: epoch.Add(time.Hour)}, []string{"g2", "g1"}},
			} {
				h.same(fmt.Sprintf("%+v", tt.f), h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.Grants(h.Context(), tt.f) }), tt.want)
			}
		},
	},
	{
		Name: "users are told of the end of a grant when it is time",
		Why:  "access that ends in the middle of a repair without a word breaks the repair",
		Run: func(h *Hub) {
			due := func(limit int) []string {
				return h.grantIDs(func(tx *store.Tx) ([]grants.Grant, error) { return tx.GrantsToRemind(h.Context(), limit) })
			}
			h.given(1, func(g *grants.Grant) { g.RemindAt = epoch.Add(2 * time.Minute) })
			g := h.given(2, func(g *grants.Grant) { g.RemindAt = epoch.Add(time.Minute) })
			h.given(3, nil)
			h.same("nobody yet", due(9), []string(nil))
			h.pass(2 * time.Minute)
			h.same("the first first", due(9), []string{"g2", "g1"})
			h.same("a page", due(1), []string{"g2"})
			g.RemindAt = time.Time{}
			h.saveGrant(g)
			h.same("told", due(9), []string{"g1"})
		},
	},
	{
		Name: "what a grant gave is kept, once, whatever becomes of its group",
		Why:  "when it ends all of that must be gone, also what the policy has taken out of the group since",
		Run: func(h *Hub) {
			role, db := identity.Entitlement{Target: "aws", Kind: "role", ID: "admin"}, identity.Entitlement{Target: "db", Kind: "role", ID: "rw"}
			h.update(func(tx *store.Tx) error {
				n, err := tx.EntitlementNumbers(h.Context(), []identity.Entitlement{role, db}, true)
				h.must(err)
				h.must(tx.AddGrantAccess(h.Context(), map[int64][]int64{1: {n[role]}, 2: {n[db], n[role]}}))
				h.must(tx.AddGrantAccess(h.Context(), map[int64][]int64{1: {n[role]}}))
				got, err := tx.GrantAccess(h.Context(), []int64{1, 2, 3})
				h.same("access", got, map[int64]map[int64]identity.Entitlement{1: {n[role]: role}, 2: {n[role]: role, n[db]: db}})
				return err
			})
		},
	},
	{
		Name: "what users hold is what was seen, or made and is not known to be gone",
		Why:  "a grant that counts as gone while its access is there is forgotten",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				target, err := tx.TargetState(h.Context(), "db")
				h.must(err)
				rw, ro := identity.Entitlement{Target: "db", Kind: "role", ID: "rw"}, identity.Entitlement{Target: "db", Kind: "role", ID: "ro"}
				seen, none := identity.Entitlement{Target: "db", Kind: "role", ID: "seen"}, identity.Entitlement{Target: "db", Kind: "role", ID: "none"}
				n, err := tx.EntitlementNumbers(h.Context(), []identity.Entitlement{rw, ro, seen, none}, true)
				h.must(err)
				h.must(tx.SaveAssignments(h.Context(), []store.AssignmentRow{
					{TargetN: target.N, UserN: 1, EntN: n[rw], Managed: true, Observed: true}, {TargetN: target.N, UserN: 1, EntN: n[ro], Managed: true},
					{TargetN: target.N, UserN: 1, EntN: n[seen], Observed: true}, {TargetN: target.N, UserN: 2, EntN: n[rw], Managed: true, Observed: true},
				}))
				got, err := tx.HeldEntitlements(h.Context(), []int64{1}, []int64{n[rw], n[ro], n[seen], n[none]})
				h.same("held", got, map[store.Holding]bool{{UserN: 1, EntN: n[rw]}: true, {UserN: 1, EntN: n[ro]}: false, {UserN: 1, EntN: n[seen]}: true})
				return err
			})
		},
	},
	{
		Name: "users with a change of which nobody knows what became are known",
		Why:  "a grant must not count as gone while a lost answer could have brought its access back",
		Run: func(h *Hub) {
			done := store.ChangeRow{ID: "3", Target: "a", UserN: 3, Action: "add", Outcome: "done", FinishedAt: epoch}
			h.update(func(tx *store.Tx) error {
				return tx.SaveChanges(h.Context(), []store.ChangeRow{{ID: "1", Target: "a", UserN: 1, Action: "add"}, {ID: "2", Target: "a", UserN: 2, Action: "remove"}, done})
			})
			h.view(func(tx *store.Tx) error {
				got, err := tx.UsersWithOpenChanges(h.Context(), []int64{2, 3, 4})
				h.same("open", got, map[int64]bool{2: true})
				return err
			})
		},
	},
	{
		Name: "removals that a target is owed are due at once when it is back",
		Why:  "a removal must not wait out a pause that an outage made long",
		Run: func(h *Hub) {
			soon, late := epoch.Add(time.Minute), epoch.Add(time.Hour)
			h.enqueue(store.Work{Target: "t", UserN: 1, Removal: true, DueAt: late}, store.Work{Target: "t", UserN: 2, DueAt: late},
				store.Work{Target: "u", UserN: 1, Removal: true, DueAt: soon}, store.Work{UserN: 1, Removal: true, DueAt: late})
			owes := func(target string) (owed bool) {
				h.view(func(tx *store.Tx) (err error) { owed, err = tx.OwesRemovals(h.Context(), target); return err })
				return owed
			}
			h.same("owed", []bool{owes("t"), owes("u"), owes("v")}, []bool{true, true, false})
			h.same("nothing due", len(h.claim(9)), 0)
			h.update(func(tx *store.Tx) error { return tx.HastenWork(h.Context(), []string{"t", "v"}) })
			due := h.claim(9)
			h.same("due", labels(due), []string{"t/1"})
			h.finish(due...)
			h.same("paid", owes("t"), false)
		},
	},
	{
		Name: "work is due at once where the clock was set back",
		Why:  "what was enqueued a moment before would wait as long as the clock was set back",
		Run: func(h *Hub) {
			h.enqueue(store.Work{UserN: 1}, store.Work{Target: "t", UserN: 2, DueAt: epoch.Add(time.Hour)})
			dead := h.claim(1)
			h.pass(-time.Hour)
			h.same("ahead", len(h.claim(9)), 0)
			h.update(func(tx *store.Tx) error { return tx.RouseWork(h.Context(), time.Minute) })
			h.same("due", labels(h.claim(9)), []string{"t/2"})
			h.pass(time.Minute)
			h.same("and no lease outlasts its time", labels(h.claim(1)), labels(dead))
		},
	},
}
