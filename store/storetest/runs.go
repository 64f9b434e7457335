package storetest

import (
	"time"

	"birthright/identity"
	"birthright/store"
)

// runCases are what the run asks of the store so that its cost is that of what
// changed, and so that nothing stale is carried out.
var runCases = []Case{
	{
		Name: "a pass over everybody ends the work noted before it",
		Why:  "without a server, work that nobody claims would pile up; and what came later must not be lost",
		Run: func(h *Hub) {
			clear := func(target string, mark int64, except ...int64) {
				h.Helper()
				for last, more := int64(0), true; more; more = last != 0 { // one user at a time
					h.update(func(tx *store.Tx) (err error) {
						last, err = tx.ClearWork(h.Context(), target, mark, except, last, 1)
						return err
					})
				}
			}
			mark := func() (mark int64) {
				h.view(func(tx *store.Tx) (err error) { mark, err = tx.WorkMark(h.Context()); return err })
				return mark
			}
			h.same("mark of an empty queue", mark(), int64(0))
			h.enqueue(store.Work{UserN: 1}, store.Work{UserN: 2}, store.Work{UserN: 3}, store.Work{Target: "t", UserN: 1})
			held := h.claim(1)
			at := mark()
			h.enqueue(store.Work{UserN: 2}, store.Work{UserN: 4})
			clear("", at, 3)
			h.same("left: leased, noted again, excepted, later", h.counted(), map[string]int{"": 4, "t": 1})
			h.finish(held...)
			clear("", mark())
			h.same("left of the others", h.counted(), map[string]int{"t": 1})
		},
	},
	{
		Name: "when the first lease is over is known",
		Why:  "what a program held that died is taken over at that moment, and not when somebody happens to look",
		Run: func(h *Hub) {
			lapse := func() (at time.Time) {
				h.view(func(tx *store.Tx) (err error) { at, err = tx.NextLapse(h.Context()); return err })
				return at
			}
			h.same("nobody holds anything", lapse(), time.Time{})
			h.enqueue(store.Work{UserN: 1}, store.Work{UserN: 2})
			h.same("nothing is claimed", lapse(), time.Time{})
			first := h.claim(1)
			over := lapse()
			h.pass(time.Second)
			second := h.claim(1)
			h.same("the first of two", lapse(), over)
			h.finish(first...)
			h.same("the other", lapse(), over.Add(time.Second))
			h.finish(second...)
			h.same("both are done", lapse(), time.Time{})
		},
	},
	{
		Name: "it is known whether something is to be taken away now",
		Why:  "what a start has to do besides waits for that",
		Run: func(h *Hub) {
			due := func() (due bool) {
				h.view(func(tx *store.Tx) (err error) { due, err = tx.RemovalsDue(h.Context()); return err })
				return due
			}
			h.enqueue(store.Work{UserN: 1}, store.Work{UserN: 2, Removal: true, DueAt: epoch.Add(time.Minute)})
			h.same("an addition, and a removal later", due(), false)
			h.pass(time.Minute)
			h.same("a removal", due(), true)
			claimed := h.claim(2)
			h.same("one that somebody is at", due(), true)
			h.finish(claimed...)
			h.same("both are done", due(), false)
			h.given(1, there)
			h.same("a grant that lives", due(), false)
			h.pass(time.Hour)
			h.same("a grant that is over", due(), true)
		},
	},
	{
		Name: "a target is forgotten",
		Why:  "a system that is no longer must not be owed anything for ever",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				state, err := tx.TargetState(h.Context(), "old")
				h.must(err)
				h.must(tx.SaveAccounts(h.Context(), []store.AccountRow{{TargetN: state.N, UserN: 1, NativeID: "1", Name: "ada", Managed: true}}))
				h.must(tx.SaveAssignments(h.Context(), []store.AssignmentRow{
					{TargetN: state.N, UserN: 1, EntN: 1, Managed: true, Observed: true}, {TargetN: state.N + 1, UserN: 1, EntN: 2, Managed: true, Observed: true},
				}))
				h.must(tx.SaveChanges(h.Context(), []store.ChangeRow{{ID: "r.c", Run: "r", Target: "old", UserN: 1, Action: "add", PlannedAt: tx.Now()}}))
				return tx.EnqueueWork(h.Context(), []store.Work{{Target: "old", UserN: 1, Removal: true}, {Target: "other", UserN: 1}})
			})
			h.update(func(tx *store.Tx) error {
				state, err := tx.TargetState(h.Context(), "old")
				h.must(err)
				f, err := tx.ForgetTarget(h.Context(), state, event("target.forgotten"))
				h.same("forgotten", f, store.Forgotten{Accounts: 1, Assignments: 1})
				return err
			})
			h.view(func(tx *store.Tx) error {
				state, err := tx.TargetState(h.Context(), "old")
				h.must(err)
				rows, err := tx.AssignmentsOfUsers(h.Context(), state.N, []int64{1})
				h.must(err)
				others, err := tx.AssignmentsOfUsers(h.Context(), state.N+1, []int64{1})
				h.must(err)
				h.same("what is left there and elsewhere", []int{len(rows), len(others)}, []int{0, 1})
				open, err := tx.OpenChanges(h.Context(), "old")
				h.same("open changes", len(open), 0)
				return err
			})
			h.same("work", h.counted(), map[string]int{"other": 1})
		},
	},
	{
		Name: "users whose calendar turned are found",
		Why:  "an end date takes access away although nothing happens on that day",
		Run: func(h *Hub) {
			day := 24 * time.Hour
			users := []*identity.User{
				{UserName: "starts", State: identity.Staged, StartsAt: epoch.Add(day)},
				{UserName: "ends", State: identity.Active, EndsAt: epoch.Add(2 * day)},
				{UserName: "ended", State: identity.Left, EndsAt: epoch.Add(-day)},
				{UserName: "stays", State: identity.Active, StartsAt: epoch.Add(-day)},
				{UserName: "waits for ever", State: identity.Staged},
			}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), users) })
			turned := func(at time.Time, limit int) (ns []int64) {
				h.view(func(tx *store.Tx) (err error) { ns, err = tx.UsersTurned(h.Context(), at, limit); return err })
				return ns
			}
			h.same("a day too early", len(turned(epoch, 0)), 0)
			h.same("on the first day", turned(epoch.Add(day), 0), []int64{users[0].N})
			h.same("after the last", turned(epoch.Add(9*day), 0), []int64{users[0].N, users[1].N})
			h.same("one at a time", turned(epoch.Add(9*day), 1), []int64{users[0].N})
		},
	},
	{
		Name: "it is told when users were modified last",
		Why:  "a plan for somebody who changed since must not be carried out",
		Run: func(h *Hub) {
			u := &identity.User{UserName: "ada", State: identity.Active}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}) })
			h.pass(time.Second)
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}) })
			h.view(func(tx *store.Tx) error {
				times, err := tx.ModifiedTimes(h.Context(), []int64{u.N, 99})
				h.same("times", times, map[int64]time.Time{u.N: epoch.Add(time.Second)})
				return err
			})
		},
	},
	{
		Name: "it is told whose accounts these are",
		Why:  "a name that is given to somebody else must not bring the former owner's account with it",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				return tx.SaveAccounts(h.Context(), []store.AccountRow{{TargetN: 1, UserN: 7, NativeID: "x"}, {TargetN: 2, UserN: 8, NativeID: "x"}})
			})
			h.view(func(tx *store.Tx) error {
				owners, err := tx.AccountOwners(h.Context(), 1, []string{"x", "y"})
				h.same("owners", owners, map[string]int64{"x": 7})
				return err
			})
		},
	},
	{
		Name: "lists of causes are found by what is in them",
		Why:  "one user's change must not load the causes of all",
		Run: func(h *Hub) {
			a, b := identity.Cause{Kind: "rule", Name: "a"}, identity.Cause{Kind: "rule", Name: "b"}
			var n int64
			h.update(func(tx *store.Tx) (err error) {
				n, err = tx.CauseSetNumber(h.Context(), []identity.Cause{b, a})
				return err
			})
			h.view(func(tx *store.Tx) error {
				ns, err := tx.CauseSetNumbers(h.Context(), [][]identity.Cause{{a}, {a, b}, {b, a}})
				h.same("numbers", ns, []int64{0, n, n})
				return err
			})
		},
	},
	{
		Name: "what is held of some users is found",
		Why:  "one user's change must not load all that is held",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				return tx.SaveHeld(h.Context(), []store.HeldRow{
					{ID: "a", Kind: store.HeldRemoval, Target: "t", UserN: 1}, {ID: "b", Kind: store.HeldRemoval, Target: "t", UserN: 2},
					{ID: "c", Kind: store.HeldRemoval, Target: "u", UserN: 1},
				})
			})
			h.view(func(tx *store.Tx) error {
				rows, err := tx.Held(h.Context(), store.HeldFilter{Target: "t", UserNs: []int64{1, 3}})
				var ids []string
				for _, row := range rows {
					ids = append(ids, row.ID)
				}
				h.same("held", ids, []string{"a"})
				return err
			})
		},
	},
}
