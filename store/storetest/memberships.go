package storetest

import (
	"birthright/identity"
	"birthright/store"
)

var membershipCases = []Case{
	{
		Name: "hub groups keep their numbers",
		Why:  "memberships are kept by number",
		Run: func(h *Hub) {
			var first, again map[string]int64
			h.update(func(tx *store.Tx) (err error) {
				first, err = tx.GroupNumbers(h.Context(), []string{"b", "a", "b"}, true)
				return err
			})
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveGroups(h.Context(), []store.GroupRow{{Name: "c", Rule: "per-team"}, {Name: "a", Rule: "x"}}))
				return tx.ChangeMemberships(h.Context(), []store.MembershipRow{{UserN: 1, GroupN: first["a"], CausesN: 1}}, nil)
			})
			h.view(func(tx *store.Tx) (err error) {
				again, err = tx.GroupNumbers(h.Context(), []string{"a", "b", "none"}, false)
				h.must(err)
				groups, err := tx.Groups(h.Context())
				h.same("groups", groups, []store.GroupRow{
					{N: first["a"], Name: "a", Rule: "x", Members: 1, Created: epoch},
					{N: first["b"], Name: "b", Created: epoch}, {N: 3, Name: "c", Rule: "per-team", Created: epoch},
				})
				return err
			})
			h.same("numbers", again, first)
		},
	},
	{
		Name: "a list of causes has one number, whatever its order",
		Why:  "a number per membership would be a million lists, and every sync would rewrite them",
		Run: func(h *Hub) {
			r, g := identity.Cause{Kind: identity.CauseRule, Name: "r"}, identity.Cause{Kind: identity.CauseGrant, Name: "g"}
			number := func(tx *store.Tx, causes ...identity.Cause) int64 {
				n, err := tx.CauseSetNumber(h.Context(), causes)
				h.must(err)
				return n
			}
			_ = h.DB.Update(h.Context(), func(tx *store.Tx) error { number(tx, g); return errPlanned })
			var both, one int64
			h.update(func(tx *store.Tx) error {
				both, one = number(tx, r, g), number(tx, r)
				h.same("the other order", number(tx, g, r, g), both)
				return nil
			})
			h.view(func(tx *store.Tx) error {
				h.same("later", number(tx, r), one)
				sets, err := tx.CauseSets(h.Context())
				h.same("sets", sets, map[int64][]identity.Cause{both: {g, r}, one: {r}})
				return err
			})
		},
	},
	{
		Name: "memberships are put, replaced and dropped",
		Why:  "they are the access that people have",
		Run: func(h *Hub) {
			a, b, c := store.MembershipRow{UserN: 1, GroupN: 1, CausesN: 1, Since: 5, PolicyN: 1}, store.MembershipRow{UserN: 1, GroupN: 2, CausesN: 1, Since: 5, EndsAt: 9}, store.MembershipRow{UserN: 2, GroupN: 1, CausesN: 2, Since: 6}
			b2 := b
			b2.CausesN, b2.PolicyN = 3, 2
			h.update(func(tx *store.Tx) error {
				h.must(tx.ChangeMemberships(h.Context(), []store.MembershipRow{c, b, a, b2}, nil))
				return tx.ChangeMemberships(h.Context(), nil, []store.Pair{{UserN: 2, GroupN: 2}})
			})
			h.view(func(tx *store.Tx) error {
				var all []store.MembershipRow
				h.must(tx.EachMembership(h.Context(), func(m store.MembershipRow) error { all = append(all, m); return nil }))
				h.same("all", all, []store.MembershipRow{a, b2, c})
				of, err := tx.MembershipsOfUsers(h.Context(), []int64{2, 7})
				h.must(err)
				h.same("of user 2", of, []store.MembershipRow{c})
				members, err := tx.MembersOf(h.Context(), 1, 1, 0)
				h.must(err)
				h.same("of group 1 after user 1", members, []store.MembershipRow{c})
				members, err = tx.MembersOf(h.Context(), 1, 0, 1)
				h.same("first of group 1", members, []store.MembershipRow{a})
				return err
			})
			h.update(func(tx *store.Tx) error {
				return tx.ChangeMemberships(h.Context(), nil, []store.Pair{{UserN: 1, GroupN: 1}, {UserN: 2, GroupN: 1}})
			})
			h.view(func(tx *store.Tx) error {
				left, err := tx.MembershipsOfUsers(h.Context(), []int64{1, 2})
				h.same("left", left, []store.MembershipRow{b2})
				return err
			})
		},
	},
	{
		Name: "members are counted by causes as they come and go",
		Why:  "a page says how many are in a group; to count a million each time would be the page",
		Run: func(h *Hub) {
			in := func(user, group, causes int64) store.MembershipRow {
				return store.MembershipRow{UserN: user, GroupN: group, CausesN: causes, Since: 5}
			}
			for _, step := range []struct {
				put  []store.MembershipRow
				drop []store.Pair
				want []store.CauseCount
			}{
				{[]store.MembershipRow{in(1, 1, 1), in(2, 1, 1), in(3, 1, 2), in(1, 2, 1)}, nil, []store.CauseCount{{GroupN: 1, CausesN: 1, Members: 2}, {GroupN: 1, CausesN: 2, Members: 1}, {GroupN: 2, CausesN: 1, Members: 1}}},
				{[]store.MembershipRow{in(1, 1, 1), in(2, 1, 2)}, nil, []store.CauseCount{{GroupN: 1, CausesN: 1, Members: 1}, {GroupN: 1, CausesN: 2, Members: 2}, {GroupN: 2, CausesN: 1, Members: 1}}},
				{nil, []store.Pair{{UserN: 1, GroupN: 2}, {UserN: 9, GroupN: 1}}, []store.CauseCount{{GroupN: 1, CausesN: 1, Members: 1}, {GroupN: 1, CausesN: 2, Members: 2}}},
				{[]store.MembershipRow{in(1, 1, 2)}, []store.Pair{{UserN: 1, GroupN: 1}, {UserN: 2, GroupN: 1}}, []store.CauseCount{{GroupN: 1, CausesN: 2, Members: 2}}},
			} {
				h.update(func(tx *store.Tx) error { return tx.ChangeMemberships(h.Context(), step.put, step.drop) })
				h.view(func(tx *store.Tx) error {
					counts, err := tx.CountsByCauses(h.Context(), []int64{1, 2})
					h.same("counts", counts, step.want)
					return err
				})
			}
		},
	},
	{
		Name: "every membership is told once, in order, across pages",
		Why:  "the planner merges two sorted streams; a gap is a removal",
		Run: func(h *Hub) {
			const users, groups = 45, 100
			var rows []store.MembershipRow
			for u := range int64(users) {
				for g := range int64(groups) {
					rows = append(rows, store.MembershipRow{UserN: users - u, GroupN: g + 1, CausesN: 1})
				}
			}
			h.update(func(tx *store.Tx) error { return tx.ChangeMemberships(h.Context(), rows, nil) })
			var last store.MembershipRow
			count := 0
			h.view(func(tx *store.Tx) error {
				return tx.EachMembership(h.Context(), func(m store.MembershipRow) error {
					if m.UserN < last.UserN || m.UserN == last.UserN && m.GroupN <= last.GroupN {
						h.Fatalf("%v after %v", m, last)
					}
					last, count = m, count+1
					return nil
				})
			})
			h.same("told", count, users*groups)
		},
	},
}
