package desk

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// gathering reads what a campaign looks at.
type gathering struct {
	*session
	c     *reviews.Campaign
	only  []Membership
	in    campaign.Input
	pop   *population.Population
	world rules.World
	uses  map[string]map[int64]time.Time // by target
	first map[string]time.Time           // when a target was looked at first
	sets  map[int64][]identity.Cause
	fault error // of a question that cannot be answered otherwise
}

// gather makes the items of a campaign. What was asked for that is not there is told in
// warnings.
func (s *session) gather(c *reviews.Campaign, only []Membership) (*campaign.Draft, []string, error) {
	g := &gathering{session: s, c: c, only: only, sets: map[int64][]identity.Cause{}}
	g.in = campaign.Input{Now: s.now, Engine: s.engine, Campaign: c, Admins: s.Admins, People: campaign.NewPeople(), Crowd: s}
	if err := g.sightings(); err != nil {
		return nil, nil, err
	}
	g.in.Used = g.used
	if only != nil {
		return g.listed()
	}
	if err := g.everybody(); err != nil {
		return nil, nil, err
	}
	if err := g.changes(); err != nil {
		return nil, nil, err
	}
	made := campaign.NewGenerator(g.in)
	var warnings []string
	var err error
	if c.Scope.Surplus {
		warnings, err = g.surplus(made)
	} else {
		warnings, err = g.groups(made)
	}
	return made.Draft(), warnings, err
}

// everybody loads who there is, and of whom the scope's condition holds.
func (g *gathering) everybody() error {
	engines := []*rules.Engine{}
	if g.c.Scope.Surplus {
		engines = append(engines, g.engine)
	}
	var q *rules.Question
	if g.c.Scope.People != "" {
		var err error
		if q, err = rules.CompileCondition(g.c.Scope.People); err != nil {
			return &identity.Error{Kind: identity.Invalid, Field: "people", Op: "read the condition of the scope", Err: err, Hint: "it is written as in rules, for example user.department == \"Sales\""}
		}
		engines = append(engines, q.Engine())
	}
	var err error
	g.pop, g.world, err = g.Everybody(g.ctx, g.tx, func(u *identity.User) error {
		g.in.People.Put(u)
		return g.ctx.Err()
	}, engines...)
	if err != nil || q == nil {
		return err
	}
	g.pop.Seal()
	g.in.Within = q.Matches(g.pop, g.world, g.membersOf)
	return errors.Join(err, g.fault)
}

// membersOf is everybody in a group; nil where that cannot be told.
func (g *gathering) membersOf(group string) *roaring.Bitmap {
	numbers, err := g.tx.GroupNumbers(g.ctx, []string{group}, false)
	if err != nil {
		g.fault = errors.Join(g.fault, err)
		return nil
	}
	set := roaring.New()
	if numbers[group] == 0 {
		return set
	}
	rows, err := g.tx.MembersOf(g.ctx, numbers[group], 0, 0)
	g.fault = errors.Join(g.fault, err)
	for i := range rows {
		set.Add(uint32(rows[i].UserN))
	}
	return set
}

// sightings reads when accounts were used last, and since when targets are looked at.
func (g *gathering) sightings() error {
	states, err := g.tx.TargetStates(g.ctx)
	g.uses, g.first = map[string]map[int64]time.Time{}, map[string]time.Time{}
	for _, state := range states {
		seen, err := g.tx.Sighting(g.ctx, state.N)
		if err != nil {
			return err
		}
		g.uses[state.Name], g.first[state.Name] = seen.Uses, seen.First
	}
	return err
}

func (g *gathering) used(n int64, targets []string) (last time.Time) {
	for _, name := range targets {
		if at := g.uses[name][n]; at.After(last) {
			last = at
		}
	}
	return last
}

// scoped is a group in scope, with its members.
type scoped struct {
	group identity.Group
	rows  []store.MembershipRow
}

// groups adds the members of every group in scope.
func (g *gathering) groups(made *campaign.Generator) ([]string, error) {
	names, err := g.tx.AllGroupNames(g.ctx)
	if err != nil {
		return nil, err
	}
	numbers := make(map[string]int64, len(names))
	sorted := make([]string, 0, len(names))
	for n, name := range names {
		numbers[name] = n
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	var covered []scoped
	total := 0
	for _, name := range sorted {
		group, known := g.engine.Group(name)
		if !known || !campaign.Covers(g.c.Scope, group) {
			continue
		}
		rows, err := g.tx.MembersOf(g.ctx, numbers[name], 0, 0)
		if err != nil {
			return nil, err
		}
		covered, total = append(covered, scoped{group, rows}), total+len(rows)
	}
	if g.in.Within == nil && g.in.Before == nil {
		made.Expect(total) // else nobody knows how many
	}
	for i := range covered {
		members, err := g.members(covered[i].rows)
		if err != nil {
			return nil, err
		}
		made.Group(covered[i].group, members)
	}
	return g.unknownGroups(sorted), nil
}

// unknownGroups tells which groups a scope names that there are none of.
func (g *gathering) unknownGroups(stored []string) (warnings []string) {
	all := append(slices.Clone(stored), g.engine.GroupNames()...)
	for _, pattern := range g.c.Scope.Groups {
		if !slices.ContainsFunc(all, func(name string) bool {
			return campaign.Covers(reviews.Scope{Groups: []string{pattern}}, identity.Group{Name: name})
		}) {
			warnings = append(warnings, "no group is called "+pattern)
		}
	}
	return warnings
}

// members are memberships with their causes, which they share.
func (g *gathering) members(rows []store.MembershipRow) ([]campaign.Member, error) {
	var fresh []int64
	for i := range rows {
		if n := rows[i].CausesN; g.sets[n] == nil {
			g.sets[n] = []identity.Cause{}
			fresh = append(fresh, n)
		}
	}
	found, err := g.tx.CauseSetsByN(g.ctx, fresh)
	if err != nil {
		return nil, err
	}
	for n, causes := range found {
		g.sets[n] = causes
	}
	out := make([]campaign.Member, len(rows))
	for i := range rows {
		out[i] = campaign.Member{UserN: rows[i].UserN, Causes: g.sets[rows[i].CausesN], Since: time.UnixMicro(rows[i].Since).UTC()}
	}
	return out, nil
}

// surplus adds who holds what nothing gives them.
func (g *gathering) surplus(made *campaign.Generator) ([]string, error) {
	held, warnings, err := g.unexplained()
	if err != nil {
		return nil, err
	}
	names, err := g.accounts(held)
	if err != nil {
		return nil, err
	}
	for i := range held {
		h := &held[i]
		made.Access(h, func(holder int64) string { return names[account{h.Entitlement.Target, holder}] })
	}
	return warnings, nil
}

type account struct {
	target string
	holder int64
}

// unexplained returns what is held on targets and given by nothing, by entitlement.
func (g *gathering) unexplained() (held []campaign.Held, warnings []string, err error) {
	given, carriers := g.given()
	states, err := g.tx.TargetStates(g.ctx)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, 0, len(carriers))
	for name := range carriers {
		names = append(names, name)
	}
	slices.Sort(names)
	risk, owners := campaign.RiskOf(g.engine, names)
	groupsOf := map[identity.Entitlement][]string{}
	for _, name := range names {
		for _, e := range carriers[name] {
			groupsOf[e] = append(groupsOf[e], name)
		}
	}
	for _, state := range states {
		seen, err := g.tx.Sighting(g.ctx, state.N)
		switch {
		case err != nil:
			return nil, nil, err
		case seen.Last.IsZero():
			warnings = append(warnings, state.Name+" was never read whole: nothing on it is looked at")
			continue
		case seen.Gap != "":
			warnings = append(warnings, state.Name+" was read in part: "+seen.Gap)
		}
		layers, err := g.tx.HoldingsOn(g.ctx, state.N)
		if err != nil {
			return nil, nil, err
		}
		addresses, err := g.addresses(layers)
		if err != nil {
			return nil, nil, err
		}
		for _, chunk := range byEntitlement(layers) {
			e := addresses[chunk[0].EntN]
			h := campaign.Held{Entitlement: e, Risk: risk[e], Owners: owners[e], Groups: groupsOf[e], Everybody: roaring.New(), First: seen.First}
			for _, l := range chunk {
				h.Everybody.Or(l.Holders)
				if l.Indirect {
					continue // it goes with what it comes through
				}
				left := l.Holders
				if given[e] != nil {
					left = roaring.AndNot(l.Holders, given[e])
				}
				if !left.IsEmpty() {
					h.Layers = append(h.Layers, campaign.Layer{Since: l.Since, Holders: left})
				}
			}
			if len(h.Layers) > 0 {
				held = append(held, h)
			}
		}
	}
	return held, warnings, nil
}

// given is whom today's rules and grants give which entitlement, and which groups carry
// what.
func (g *gathering) given() (map[identity.Entitlement]*roaring.Bitmap, map[string][]identity.Entitlement) {
	g.pop.Seal()
	out, carriers := map[identity.Entitlement]*roaring.Bitmap{}, map[string][]identity.Entitlement{}
	for _, name := range g.engine.GroupNames() {
		if group, known := g.engine.Group(name); known {
			carriers[name] = group.Access
		}
	}
	everyone := g.engine.Everyone(g.pop, g.world)
	for i := range everyone.Holdings {
		h := &everyone.Holdings[i]
		group, known := g.engine.Group(h.Group)
		if !known {
			continue
		}
		carriers[h.Group] = group.Access
		for _, e := range group.Access {
			if out[e] == nil {
				out[e] = roaring.New()
			}
			out[e].Or(h.Users())
		}
	}
	return out, carriers
}

func (g *gathering) addresses(layers []store.HoldingLayer) (map[int64]identity.Entitlement, error) {
	var ns []int64
	for _, l := range layers {
		ns = append(ns, l.EntN)
	}
	rows, err := g.tx.EntitlementsByN(g.ctx, slices.Compact(ns))
	out := make(map[int64]identity.Entitlement, len(rows))
	for _, row := range rows {
		out[row.N] = row.Address
	}
	return out, err
}

func byEntitlement(layers []store.HoldingLayer) [][]store.HoldingLayer {
	var out [][]store.HoldingLayer
	slices.SortStableFunc(layers, func(a, b store.HoldingLayer) int { return cmp.Compare(a.EntN, b.EntN) })
	for i := 0; i < len(layers); {
		j := i
		for j < len(layers) && layers[j].EntN == layers[i].EntN {
			j++
		}
		out = append(out, layers[i:j])
		i = j
	}
	return out
}
