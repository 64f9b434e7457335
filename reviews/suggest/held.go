package suggest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// Holding is who holds an entitlement, as it was observed. Strangers among the
// holders are nobody about whom a rule could be.
type Holding struct {
	Entitlement identity.Entitlement
	Holders     *roaring.Bitmap
}

// HeldThresholds are what a rule from held access must reach.
type HeldThresholds struct {
	// Holders must hold it at least and have it from no rule and no live grant.
	Holders             int
	Precision, Coverage float64
	// Alike is the share of holders that two entitlements must have in common, of all
	// who hold either, to be proposed as one group.
	Alike float64
}

// UsualHeld are the thresholds where nobody says otherwise. They ask for more than
// those for requests: who holds something was not asked whether it is needed.
func UsualHeld() HeldThresholds {
	return HeldThresholds{Holders: 5, Precision: 0.8, Coverage: 0.8, Alike: 0.95}
}

// Held is a rule that held access implies.
type Held struct {
	// Group is what the rule gives; New is set where the policy has no such group.
	Group identity.Group
	New   bool
	Name  string // of the rule
	Terms []Term
	// Condition is what is to stand in the policy, Except whom it must leave out.
	Condition, Except string
	// Access is what is held together, by address.
	Access []identity.Entitlement
	// Holders is how many hold it unexplained; Holding are those whom the condition is
	// about, Others who would be given what they do not hold.
	Holders         int
	Holding, Others *roaring.Bitmap
}

// Precision is the share of holders among those whom the rule would add.
func (h *Held) Precision() float64 {
	return share(size(h.Holding), size(h.Holding)+size(h.Others))
}

// Recall is the share of the unexplained holders whom the rule would explain.
func (h *Held) Recall() float64 { return share(size(h.Holding), h.Holders) }

// HeldLeftOut is access that enough people hold and about which nothing is suggested.
type HeldLeftOut struct {
	Access  []identity.Entitlement
	Holders int
	Reason  string
}

// HeldReport is what held access implies.
type HeldReport struct {
	// Drafts are sorted by how many holders they explain, LeftOut by address.
	Drafts  []Held
	LeftOut []HeldLeftOut
	// Entitlements is how many were looked at.
	Entitlements int
}

// FromHeld finds the rules that held access implies. Holdings come in any order, and
// each entitlement once or in parts. Beside are drafts that are suggested already: what a
// constraint keeps apart from those is not suggested for the same people.
func FromHeld(in Input, holdings func(yield func(Holding) bool), t HeldThresholds, beside ...Draft) HeldReport {
	l := learner{Input: in}
	l.Thresholds.Precision, l.Thresholds.Coverage = t.Precision, t.Coverage
	m := miner{learner: &l, HeldThresholds: t, given: in.Engine.Everyone(in.Population, in.World), taken: map[string]bool{}}
	m.hold()
	m.carriers()
	all := m.gather(holdings)
	out := HeldReport{Entitlements: len(all)}
	for _, b := range m.bundles(all) {
		if draft, reason := m.bundle(b); reason == "" {
			out.Drafts = append(out.Drafts, draft)
		} else {
			out.LeftOut = append(out.LeftOut, HeldLeftOut{b.access, size(b.holders), reason})
		}
	}
	slices.SortFunc(out.Drafts, func(a, b Held) int {
		return cmp.Or(cmp.Compare(size(b.Holding), size(a.Holding)), strings.Compare(a.Group.Name, b.Group.Name))
	})
	m.together(&out, beside)
	slices.SortFunc(out.LeftOut, func(a, b HeldLeftOut) int { return identity.CompareEntitlements(a.Access[0], b.Access[0]) })
	return out
}

// together leaves out rules that would give people two groups which a constraint keeps
// apart: what people asked for stays, and of the others what explains more holders.
func (m *miner) together(r *HeldReport, beside []Draft) {
	type named struct {
		group string
		given given
	}
	var kept []named
	for i := range beside {
		if d := &beside[i]; d.Kind == AsRule {
			kept = append(kept, named{d.Group.Name, d.gives()})
		}
	}
	r.Drafts = slices.DeleteFunc(r.Drafts, func(h Held) bool {
		gives := given{append([]string{h.Group.Name}, m.Engine.View().Around(h.Group.Name)...), roaring.Or(h.Holding, h.Others)}
		at := slices.IndexFunc(kept, func(o named) bool { return m.apart(o.given, gives) })
		if at < 0 {
			kept = append(kept, named{h.Group.Name, gives})
			return false
		}
		r.LeftOut = append(r.LeftOut, HeldLeftOut{h.Access, h.Holders, apartFrom(kept[at].group)})
		return true
	})
}

// miner looks for rules in held access.
type miner struct {
	*learner
	HeldThresholds
	given    *rules.Everyone // what rules and live grants explain
	carrying map[identity.Entitlement][]string
	taken    map[string]bool // names of groups that drafts make
}

// carriers notes which groups carry what.
func (m *miner) carriers() {
	m.carrying = map[identity.Entitlement][]string{}
	names := slices.Clone(m.Engine.GroupNames())
	for i := range m.given.Holdings { // groups that rules make, too
		names = append(names, m.given.Holdings[i].Group)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		g, _ := m.Engine.Group(name)
		for _, e := range g.Access {
			m.carrying[e] = append(m.carrying[e], name)
		}
	}
}

// gather joins the parts of each entitlement, keeps the active users among its
// holders whom nothing explains, and sorts by address.
func (m *miner) gather(holdings func(yield func(Holding) bool)) []Holding {
	at := map[identity.Entitlement]*roaring.Bitmap{}
	for h := range holdings {
		if at[h.Entitlement] == nil {
			at[h.Entitlement] = roaring.New()
		}
		at[h.Entitlement].Or(h.Holders)
	}
	out := make([]Holding, 0, len(at))
	for e, holders := range at {
		holders.And(m.Population.Active())
		for _, group := range m.carrying[e] {
			holders.AndNot(m.given.Users(group))
		}
		out = append(out, Holding{e, holders})
	}
	slices.SortFunc(out, func(a, b Holding) int { return identity.CompareEntitlements(a.Entitlement, b.Entitlement) })
	return out
}
