package storetest

import (
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/store"
)

func layer(ent int64, indirect bool, minute int, holders ...uint32) store.HoldingLayer {
	return store.HoldingLayer{TargetN: 1, EntN: ent, Indirect: indirect, Since: epoch.Add(time.Duration(minute) * time.Minute), Holders: roaring.BitmapOf(holders...)}
}

// told is layers as text: bitmaps cannot be compared by their fields.
func told(layers []store.HoldingLayer) []string {
	out := make([]string, len(layers))
	for i, l := range layers {
		out[i] = fmt.Sprintf("%d/%d %t %s %v", l.TargetN, l.EntN, l.Indirect, l.Since.Format(time.TimeOnly), l.Holders.ToArray())
	}
	return out
}

var observedCases = []Case{
	{
		Name: "layers of holders are replaced, and forgotten when nobody is left",
		Why:  "what a report says of who holds what since when comes from nowhere else",
		Run: func(h *Hub) {
			h.update(func(tx *store.Tx) error {
				elsewhere := layer(7, false, 1, 9)
				elsewhere.TargetN = 2
				return tx.SaveHoldings(h.Context(), []store.HoldingLayer{layer(7, false, 5, 3), layer(7, false, 1, 1, 2), layer(7, true, 1, 4), layer(8, false, 1, 1, identity.FirstStranger), elsewhere}, nil)
			})
			gone := store.PastHolding{Holder: 1, TargetN: 1, EntN: 7, Since: epoch, Until: epoch.Add(time.Hour)}
			h.update(func(tx *store.Tx) error {
				return tx.SaveHoldings(h.Context(), []store.HoldingLayer{layer(7, false, 5), layer(7, false, 1, 2)}, []store.PastHolding{gone, gone}, event("seen"))
			})
			h.view(func(tx *store.Tx) error {
				on, err := tx.HoldingsOn(h.Context(), 1)
				h.must(err)
				h.same("on the target", told(on), []string{"1/7 false 08:01:00 [2]", "1/7 true 08:01:00 [4]", "1/8 false 08:01:00 [1 2147483648]"})
				of, err := tx.HoldingsOf(h.Context(), []int64{7})
				h.must(err)
				h.same("of an entitlement", told(of), []string{"1/7 false 08:01:00 [2]", "1/7 true 08:01:00 [4]", "2/7 false 08:01:00 [9]"})
				past, err := tx.PastHoldings(h.Context(), []int64{1, 5})
				h.must(err)
				h.same("past", past, []store.PastHolding{gone})
				for name, c := range map[string]struct {
					from, until int
					want        int
				}{"over it": {0, 60, 1}, "later": {61, 90, 0}, "before": {-5, 0, 0}} {
					n := 0
					h.must(tx.EachPastHolding(h.Context(), epoch.Add(time.Duration(c.from)*time.Minute), epoch.Add(time.Duration(c.until)*time.Minute), func(store.PastHolding) error { n++; return nil }))
					h.same(name, n, c.want)
				}
				return nil
			})
		},
	},
	{
		Name: "strangers get numbers of their own range, once",
		Why:  "one set of numbers says who holds something, users and strangers alike",
		Run: func(h *Hub) {
			a := &store.Stranger{TargetN: 1, NativeID: "x", Name: "svc\x00", Active: true, Since: epoch}
			b := &store.Stranger{TargetN: 2, NativeID: "x", Name: "b", Since: epoch}
			h.update(func(tx *store.Tx) error { return tx.SaveStrangers(h.Context(), []*store.Stranger{a, b}) })
			h.same("numbers", []int64{a.N, b.N}, []int64{identity.FirstStranger, identity.FirstStranger + 1})
			a.Until, a.Name = epoch.Add(time.Hour), "svc"
			h.update(func(tx *store.Tx) error { return tx.SaveStrangers(h.Context(), []*store.Stranger{a}, event("seen")) })
			h.view(func(tx *store.Tx) error {
				on, err := tx.StrangersOn(h.Context(), 1)
				h.must(err)
				h.same("on the target", on, []store.Stranger{*a})
				found, err := tx.StrangersByN(h.Context(), []int64{b.N, 5})
				h.same("by number", found, []store.Stranger{*b})
				return err
			})
		},
	},
	{
		Name: "a sighting keeps last uses to the day",
		Why:  "a dormant account is told from one that is used",
		Run: func(h *Hub) {
			h.view(func(tx *store.Tx) error {
				s, err := tx.Sighting(h.Context(), 1)
				h.same("unseen", s, store.Sighting{TargetN: 1})
				return err
			})
			s := store.Sighting{TargetN: 1, First: epoch, Last: epoch.Add(time.Hour), Gap: "not allowed", Tells: true, Uses: map[int64]time.Time{
				3: epoch.Add(time.Hour), 900: epoch.AddDate(0, 0, -200), identity.FirstStranger + 2: time.Unix(0, 0),
			}}
			h.update(func(tx *store.Tx) error { return tx.SaveSighting(h.Context(), s, event("seen")) })
			h.view(func(tx *store.Tx) error {
				got, err := tx.Sighting(h.Context(), 1)
				for n, at := range s.Uses {
					s.Uses[n] = at.UTC().Truncate(24 * time.Hour)
				}
				h.same("seen", got, s)
				return err
			})
		},
	},
	{
		Name: "revocations are in force until they are lifted, once",
		Why:  "what a review took away must stay away",
		Run: func(h *Hub) {
			a := &store.RevocationRow{UserN: 1, User: "ada", Group: "g", By: "user:bob", Reason: "not needed", Source: "i_1"}
			b := &store.RevocationRow{UserN: 2, User: "eve", Group: "g", By: "user:bob", Reason: "left the team"}
			h.update(func(tx *store.Tx) error {
				return tx.AddRevocations(h.Context(), []*store.RevocationRow{a, b}, event("revoked"))
			})
			h.update(func(tx *store.Tx) error {
				return tx.LiftRevocations(h.Context(), []string{b.ID}, "user:bob", event("lifted"))
			})
			h.update(func(tx *store.Tx) error { return tx.LiftRevocations(h.Context(), []string{b.ID}, "user:eve") })
			h.view(func(tx *store.Tx) error {
				open, err := tx.OpenRevocations(h.Context())
				h.must(err)
				h.same("in force", open, []store.RevocationRow{*a})
				of, err := tx.RevocationsOf(h.Context(), []int64{1, 2})
				h.must(err)
				h.same("of users", of, []store.RevocationRow{*a})
				all, err := tx.Revocations(h.Context())
				h.same("all", []string{all[0].ID, all[0].LiftedBy, all[1].ID}, []string{b.ID, "user:bob", a.ID})
				return err
			})
		},
	},
	{
		Name: "orders are open until they are carried out or withdrawn",
		Why:  "access that a person ordered to go must not be forgotten",
		Run: func(h *Hub) {
			of := func(target string, holder int64) *store.OrderRow {
				return &store.OrderRow{Target: target, Holder: holder, Account: "acc", Entitlement: identity.Entitlement{Target: target, Kind: "group", ID: "a/b"}, By: "user:bob", Reason: "creep"}
			}
			a, b, c := of("app", 1), of("app", identity.FirstStranger), of("dir", 1)
			h.update(func(tx *store.Tx) error {
				return tx.AddOrders(h.Context(), []*store.OrderRow{a, b, c}, event("ordered"))
			})
			open := func(what, target string, holders []int64, want ...store.OrderRow) {
				h.view(func(tx *store.Tx) error {
					got, err := tx.OpenOrders(h.Context(), target, holders)
					h.same(what, got, want)
					return err
				})
			}
			open("of a target", "app", nil, *a, *b)
			open("of a holder", "app", []int64{1}, *a)
			open("of nobody", "app", []int64{})
			open("everywhere", "", []int64{1}, *a, *c)
			h.update(func(tx *store.Tx) error {
				return tx.EndOrders(h.Context(), []string{a.ID}, store.OrderGone, event("gone"))
			})
			h.update(func(tx *store.Tx) error { return tx.EndOrders(h.Context(), []string{a.ID}, store.OrderWithdrawn) })
			open("after", "app", nil, *b)
			h.view(func(tx *store.Tx) error {
				found, err := tx.OrdersByID(h.Context(), []string{a.ID, "none"})
				h.must(err)
				h.same("its end", found[0].Outcome, store.OrderGone)
				all, err := tx.Orders(h.Context())
				h.same("all", []string{all[0].ID, all[1].ID, all[2].ID}, []string{c.ID, b.ID, a.ID})
				return err
			})
		},
	},
}
