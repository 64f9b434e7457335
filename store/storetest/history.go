package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"birthright/identity"
	"birthright/store"
)

var historyCases = []Case{
	{
		Name: "what memberships and users were is kept",
		Why:  "an auditor asks who had what at a moment, and why",
		Run: func(h *Hub) {
			u := &identity.User{UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"department": {"Sales"}}}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}, event("user.created")) })
			h.pass(time.Minute)
			u.Attributes = identity.Attributes{"department": {"Legal"}}
			h.update(func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{u}, event("user.updated")) })
			h.view(func(tx *store.Tx) error {
				began, err := tx.HistoryBegan(h.Context())
				h.must(err)
				h.same("began", began, time.Time{})
				was, err := tx.FormerUsers(h.Context(), []int64{u.N, 99})
				h.must(err)
				want := []store.FormerUser{{UserN: u.N, From: epoch, Until: epoch.Add(time.Minute), UserName: "ada", State: identity.Active, Attributes: identity.Attributes{"department": {"Sales"}}}}
				h.same("former", was, want)
				seen := 0
				h.must(tx.EachFormerUser(h.Context(), epoch.Add(-time.Hour), epoch, func(store.FormerUser) error { seen++; return nil }))
				h.must(tx.EachFormerUser(h.Context(), epoch, epoch.Add(time.Second), func(store.FormerUser) error { seen += 10; return nil }))
				h.same("former in a time", seen, 10)
				return nil
			})
		},
	},
	{
		Name: "who was in what at any moment is what was said then",
		Why:  "evidence that is wrong is worse than none",
		Run: func(h *Hub) {
			chance := rand.New(rand.NewPCG(1, 2))
			now := map[store.Pair]store.MembershipRow{}
			var at []time.Time
			var then []map[store.Pair]int64
			for range 60 {
				h.pass(time.Minute)
				var put []store.MembershipRow
				var drop []store.Pair
				for range chance.IntN(4) {
					p := store.Pair{UserN: 1 + chance.Int64N(3), GroupN: 1 + chance.Int64N(3)}
					row, there := now[p]
					switch {
					case there && chance.IntN(3) == 0:
						drop = append(drop, p)
						delete(now, p)
						continue
					case !there:
						row = store.MembershipRow{UserN: p.UserN, GroupN: p.GroupN, Since: h.now().UnixMicro()}
					}
					row.CausesN, row.EndsAt = 1+chance.Int64N(3), chance.Int64N(2)
					now[p] = row
				}
				for _, row := range now {
					put = append(put, row) // also what did not change
				}
				drop = slices.DeleteFunc(drop, func(p store.Pair) bool { _, back := now[p]; return back })
				h.update(func(tx *store.Tx) error { return tx.ChangeMemberships(h.Context(), put, drop) })
				causes := map[store.Pair]int64{}
				for p, row := range now {
					causes[p] = row.CausesN
				}
				at, then = append(at, h.now()), append(then, causes)
			}
			h.view(func(tx *store.Tx) error {
				all, err := tx.StretchesOfUsers(h.Context(), []int64{1, 2, 3})
				h.must(err)
				n := 0
				h.must(tx.EachStretch(h.Context(), epoch, epoch.AddDate(1, 0, 0), func(s store.Stretch) error {
					h.same(fmt.Sprint("stretch ", n), s, all[n])
					n++
					return nil
				}))
				h.same("stretches", n, len(all))
				byGroup, err := tx.StretchesOfGroup(h.Context(), 2)
				h.must(err)
				h.same("of a group", byGroup, slices.DeleteFunc(slices.Clone(all), func(s store.Stretch) bool { return s.GroupN != 2 }))
				for i, moment := range at {
					got := map[store.Pair]int64{}
					for _, s := range all {
						if s.During(moment) {
							p := store.Pair{UserN: s.UserN, GroupN: s.GroupN}
							if _, twice := got[p]; twice {
								h.Errorf("at %s: %v twice", moment, p)
							}
							got[p] = s.CausesN
						}
					}
					h.same("at "+moment.String(), got, then[i])
				}
				return nil
			})
		},
	},
}
