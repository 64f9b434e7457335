package storetest

import (
	"time"

	"birthright/identity"
	"birthright/store"
)

var targetCases = []Case{
	{
		Name: "a target is made when first asked for, and remembered",
		Why:  "what is known of it is kept under its number",
		Run: func(h *Hub) {
			err := h.DB.View(h.Context(), func(tx *store.Tx) error { _, err := tx.TargetState(h.Context(), "github"); return err })
			h.is(err, identity.NotFound)
			s := store.TargetState{N: 1, Name: "github", Watermark: "w", LastFullAt: epoch, LastOKAt: epoch, LastError: "no\x00"}
			h.update(func(tx *store.Tx) error {
				made, err := tx.TargetState(h.Context(), "github")
				h.must(err)
				h.same("made", made, store.TargetState{N: 1, Name: "github"})
				return tx.SaveTargetState(h.Context(), s)
			})
			s.LastError = "no\uFFFD"
			h.view(func(tx *store.Tx) error {
				all, err := tx.TargetStates(h.Context())
				h.same("states", all, []store.TargetState{s})
				return err
			})
		},
	},
	{
		Name: "entitlements keep their numbers",
		Why:  "assignments are kept by number",
		Run: func(h *Hub) {
			a, b := identity.Entitlement{Target: "aws", Kind: "role", ID: "Read/Only@1"}, identity.Entitlement{Target: "github", Kind: "team", ID: "core"}
			h.update(func(tx *store.Tx) error {
				first, err := tx.EntitlementNumbers(h.Context(), []identity.Entitlement{b, a, b}, true)
				h.must(err)
				again, err := tx.EntitlementNumbers(h.Context(), []identity.Entitlement{a, b, {Target: "aws", Kind: "role", ID: "x"}}, false)
				h.same("again", again, first)
				h.same("numbered", len(first), 2)
				return err
			})
			h.view(func(tx *store.Tx) error {
				of, err := tx.Entitlements(h.Context(), "github")
				h.must(err)
				h.same("github's", len(of), 1)
				h.same("address", of[0].Address, b)
				return nil
			})
		},
	},
	{
		Name: "accounts are remembered for each target and user",
		Why:  "the hub changes only what it knows to be its own",
		Run: func(h *Hub) {
			a := store.AccountRow{TargetN: 1, UserN: 2, NativeID: "x", Name: "ada", Active: true, Managed: true, Attributes: identity.Attributes{"team": {"Core"}}}
			b := store.AccountRow{TargetN: 1, UserN: 1, NativeID: "y", Name: "bob", Attributes: identity.Attributes{}}
			other := store.AccountRow{TargetN: 2, UserN: 1, NativeID: "z", Name: "bob", Attributes: identity.Attributes{}}
			read := func() (all []store.AccountRow) {
				h.view(func(tx *store.Tx) error {
					return tx.EachAccount(h.Context(), 1, func(a store.AccountRow) error { all = append(all, a); return nil })
				})
				return all
			}
			h.update(func(tx *store.Tx) error { return tx.SaveAccounts(h.Context(), []store.AccountRow{a, b, other}) })
			h.same("all", read(), []store.AccountRow{b, a})
			b.Name, b.Active = "robert", true
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveAccounts(h.Context(), []store.AccountRow{b}))
				return tx.DropAccounts(h.Context(), 1, []int64{2})
			})
			h.same("later", read(), []store.AccountRow{b})
			h.view(func(tx *store.Tx) error {
				of, err := tx.AccountsOfUsers(h.Context(), 2, []int64{1, 2})
				h.same("on the other target", of, []store.AccountRow{other})
				return err
			})
		},
	},
	{
		Name: "assignments are remembered, counted and dropped",
		Why:  "what is not managed is never removed",
		Run: func(h *Hub) {
			rows := []store.AssignmentRow{{TargetN: 1, UserN: 2, EntN: 1, Managed: true}, {TargetN: 1, UserN: 1, EntN: 2, Observed: true}, {TargetN: 1, UserN: 1, EntN: 1, Managed: true, Observed: true}, {TargetN: 2, UserN: 1, EntN: 1, Managed: true}}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveAssignments(h.Context(), rows))
				return tx.SaveAssignments(h.Context(), rows[:1])
			})
			h.view(func(tx *store.Tx) error {
				var all []store.AssignmentRow
				h.must(tx.EachAssignment(h.Context(), 1, func(a store.AssignmentRow) error { all = append(all, a); return nil }))
				h.same("all", all, []store.AssignmentRow{rows[2], rows[1], rows[0]})
				managed, err := tx.CountManaged(h.Context(), 1)
				h.same("managed", managed, 2)
				return err
			})
			h.update(func(tx *store.Tx) error {
				return tx.DropAssignments(h.Context(), []store.AssignmentRow{rows[2], rows[3], {TargetN: 1, UserN: 9, EntN: 9}})
			})
			h.view(func(tx *store.Tx) error {
				of, err := tx.AssignmentsOfUsers(h.Context(), 1, []int64{1, 2})
				h.must(err)
				h.same("left", of, []store.AssignmentRow{rows[1], rows[0]})
				of, err = tx.AssignmentsOfUsers(h.Context(), 2, []int64{1})
				h.same("left on the other", len(of), 0)
				return err
			})
		},
	},
	{
		Name: "an assignment keeps the end that its target knows",
		Why:  "who does not remember what the target was told tells it again for ever, or never that the end was moved",
		Run: func(h *Hub) {
			row := store.AssignmentRow{TargetN: 1, UserN: 1, EntN: 1, Managed: true, Observed: true, ExpiresAt: h.now().Add(time.Hour).UnixMicro()}
			for _, end := range []int64{row.ExpiresAt, 0} {
				row.ExpiresAt = end
				h.update(func(tx *store.Tx) error { return tx.SaveAssignments(h.Context(), []store.AssignmentRow{row}) })
				h.view(func(tx *store.Tx) error {
					of, err := tx.AssignmentsOfUsers(h.Context(), 1, []int64{1})
					h.same("read back", of, []store.AssignmentRow{row})
					return err
				})
			}
		},
	},
	{
		Name: "sessions are to end until somebody says that they have",
		Why:  "a hub that is killed between taking access away and ending what was opened under it must find that again",
		Run: func(h *Hub) {
			since := h.now()
			rows := []store.SessionEnd{
				{TargetN: 1, UserN: 1, EntN: 4, NativeID: "16384", Name: "ada", Since: since}, {TargetN: 1, UserN: 2, NativeID: "16385", Name: "bob", Since: since},
				{TargetN: 2, UserN: 1, EntN: 5, NativeID: "x", Name: "ada", Since: since},
			}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveSessionEnds(h.Context(), rows))
				return tx.SaveSessionEnds(h.Context(), rows[:1])
			})
			left := func(what string, target int64, users []int64, want ...store.SessionEnd) {
				h.view(func(tx *store.Tx) error {
					got, err := tx.SessionEnds(h.Context(), target, users)
					h.same(what, got, want)
					return err
				})
			}
			left("of everybody", 1, nil, rows[0], rows[1])
			left("of one", 1, []int64{2, 3}, rows[1])
			h.update(func(tx *store.Tx) error { return tx.DropSessionEnds(h.Context(), rows[:1]) })
			left("when one has ended", 1, nil, rows[1])
			left("on the other target", 2, nil, rows[2])
		},
	},
	{
		Name: "an assignment whose time is over is known as such until it is given again",
		Why:  "a removal that an end time ordered must not wait for a guard, however late it is done",
		Run: func(h *Hub) {
			rows := []store.AssignmentRow{{TargetN: 1, UserN: 1, EntN: 1, Managed: true}, {TargetN: 1, UserN: 1, EntN: 2, Managed: true}, {TargetN: 2, UserN: 1, EntN: 1, Managed: true}}
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveAssignments(h.Context(), rows))
				return tx.EndAssignments(h.Context(), 1, map[int64][]int64{1: {1, 9}, 2: {7}})
			})
			ended := func() (out []bool) {
				h.view(func(tx *store.Tx) error {
					for _, target := range []int64{1, 2} {
						of, err := tx.AssignmentsOfUsers(h.Context(), target, []int64{1})
						h.must(err)
						for _, row := range of {
							out = append(out, row.Ended)
						}
					}
					return nil
				})
				return out
			}
			h.same("ended", ended(), []bool{true, false, false})
			h.update(func(tx *store.Tx) error { return tx.SaveAssignments(h.Context(), rows[:1]) })
			h.same("given again", ended(), []bool{false, false, false})
		},
	},
}
