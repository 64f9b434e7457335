package desk

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/store"
)

// listed makes items of what was named. Peers are not compared: that would need
// everybody.
func (g *gathering) listed() (*campaign.Draft, []string, error) {
	var warnings []string
	byGroup, byEnt := map[string][]int64{}, map[identity.Entitlement][]int64{}
	for _, m := range g.only {
		n := m.UserN
		if n == 0 {
			n = g.Named(m.User)
		}
		u, known := g.User(n)
		if !known && !identity.IsStranger(n) {
			warnings = append(warnings, fmt.Sprintf("there is no user %q", m.User))
			continue
		}
		if known {
			g.know(&u)
		}
		if m.Group != "" {
			byGroup[m.Group] = append(byGroup[m.Group], n)
			continue
		}
		e, err := identity.ParseEntitlement(m.Entitlement)
		if err != nil {
			return nil, nil, wrong("only", "", "%w", err)
		}
		byEnt[e] = append(byEnt[e], n)
	}
	made := campaign.NewGenerator(g.in)
	more, err := g.listedGroups(made, byGroup)
	if err != nil {
		return nil, nil, err
	}
	warnings = append(warnings, more...)
	more, err = g.listedAccess(made, byEnt)
	return made.Draft(), append(warnings, more...), err
}

// know has a user, and the manager whom reviews may ask, among the people of the campaign.
func (g *gathering) know(u *identity.User) {
	if g.in.People.Name(u.N) == "" {
		g.in.People.Know(u)
	}
	boss, known := g.User(approval.Manager(u.N, g))
	if known && g.in.People.Name(boss.N) == "" {
		g.in.People.Know(&boss)
	}
}

func (g *gathering) listedGroups(made *campaign.Generator, byGroup map[string][]int64) (warnings []string, err error) {
	names := sortedKeys(byGroup, cmp.Compare[string])
	numbers, err := g.tx.GroupNumbers(g.ctx, names, false)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		users := distinct(byGroup[name])
		rows, err := g.tx.MembershipsOfUsers(g.ctx, users)
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(r store.MembershipRow) bool { return r.GroupN != numbers[name] })
		group, known := g.engine.Group(name)
		if !known || len(rows) < len(users) {
			warnings = append(warnings, fmt.Sprintf("%d of %d are not in %s (any more)", len(users)-len(rows), len(users), name))
		}
		if !known {
			group = identity.Group{Name: name}
		}
		members, err := g.members(rows)
		if err != nil {
			return nil, err
		}
		made.Group(group, members)
	}
	return warnings, nil
}

func (g *gathering) listedAccess(made *campaign.Generator, byEnt map[identity.Entitlement][]int64) (warnings []string, err error) {
	addrs := sortedKeys(byEnt, identity.CompareEntitlements)
	numbers, err := g.tx.EntitlementNumbers(g.ctx, addrs, false)
	if err != nil || len(addrs) == 0 {
		return nil, err
	}
	carriers := map[identity.Entitlement][]string{}
	for _, name := range g.engine.GroupNames() {
		group, _ := g.engine.Group(name)
		for _, e := range group.Access {
			carriers[e] = append(carriers[e], name)
		}
	}
	risk, owners := campaign.RiskOf(g.engine, g.engine.GroupNames())
	for _, e := range addrs {
		layers, err := g.tx.HoldingsOf(g.ctx, []int64{numbers[e]})
		if err != nil {
			return nil, err
		}
		asked := roaring.New()
		for _, n := range byEnt[e] {
			asked.Add(uint32(n))
		}
		h := campaign.Held{Entitlement: e, Risk: risk[e], Owners: owners[e], Groups: carriers[e], Everybody: roaring.New(), First: g.first[e.Target]}
		for _, l := range layers {
			left := roaring.And(l.Holders, asked)
			h.Everybody.Or(left)
			if !l.Indirect && !left.IsEmpty() {
				h.Layers = append(h.Layers, campaign.Layer{Since: l.Since, Holders: left})
			}
		}
		if missing := asked.GetCardinality() - h.Everybody.GetCardinality(); missing > 0 {
			warnings = append(warnings, fmt.Sprintf("%d of %d do not hold %s (any more)", missing, asked.GetCardinality(), e))
		}
		names, err := g.accounts([]campaign.Held{h})
		if err != nil {
			return nil, err
		}
		made.Access(&h, func(n int64) string { return names[account{e.Target, n}] })
	}
	return warnings, nil
}

// changes reads what an earlier campaign kept: that was looked at.
func (g *gathering) changes() error {
	if g.c.Scope.ChangedSince == "" {
		return nil
	}
	earlier, err := g.tx.CampaignByID(g.ctx, g.c.Scope.ChangedSince)
	if err != nil {
		return err
	}
	kept, err := g.tx.Items(g.ctx, store.ItemFilter{Campaign: &earlier, Outcomes: []string{reviews.Kept}})
	if err != nil {
		return err
	}
	type what struct {
		group string
		ent   identity.Entitlement
	}
	sets := map[what]*roaring.Bitmap{}
	for i := range kept {
		item := &kept[i]
		key := what{item.Group, item.Entitlement}
		if item.By == hub {
			continue // nobody looked
		}
		if sets[key] == nil {
			sets[key] = roaring.New()
		}
		sets[key].Add(uint32(item.UserN))
	}
	g.in.BeforeAt = earlier.Created
	g.in.Before = func(group string, ent identity.Entitlement) *roaring.Bitmap { return sets[what{group, ent}] }
	return nil
}

// accounts returns what holders are called on the targets where they hold something.
func (g *gathering) accounts(held []campaign.Held) (map[account]string, error) {
	holders := map[string]*roaring.Bitmap{}
	for i := range held {
		h := &held[i]
		if holders[h.Entitlement.Target] == nil {
			holders[h.Entitlement.Target] = roaring.New()
		}
		for _, l := range h.Layers {
			holders[h.Entitlement.Target].Or(l.Holders)
		}
	}
	out := map[account]string{}
	for _, name := range sortedKeys(holders, cmp.Compare[string]) {
		state, err := g.tx.TargetState(g.ctx, name)
		if err != nil {
			return nil, err
		}
		var users, strangers []int64
		for it := holders[name].Iterator(); it.HasNext(); {
			if n := int64(it.Next()); identity.IsStranger(n) {
				strangers = append(strangers, n)
			} else {
				users = append(users, n)
			}
		}
		rows, err := g.tx.AccountsOfUsers(g.ctx, state.N, users)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			out[account{name, rows[i].UserN}] = rows[i].Name
		}
		found, err := g.tx.StrangersByN(g.ctx, strangers)
		if err != nil {
			return nil, err
		}
		for i := range found {
			out[account{name, found[i].N}] = found[i].Name
		}
	}
	return out, nil
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, compare)
	return out
}

func distinct(ns []int64) []int64 {
	out := slices.Clone(ns)
	slices.Sort(out)
	return slices.Compact(out)
}
