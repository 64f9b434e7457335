package reconcile

import (
	"maps"
	"slices"

	"birthright/identity"
	"birthright/plan"
	"birthright/rules"
)

// Refused is a group that rules give somebody and an exclusion or a constraint
// keeps from them.
type Refused struct {
	User          string `json:"user" yaml:"user"`
	rules.Refusal `yaml:",inline"`
}

// refuse notes what was kept from the i-th user.
func (d *decision) refuse(i int, refusals []rules.Refusal) {
	d.users[i].refusedFrom, d.users[i].refused = len(d.refused), len(refusals)
	for _, r := range refusals {
		d.refused = append(d.refused, Refused{User: d.users[i].name, Refusal: r})
	}
}

// Conflict is what somebody holds together although a constraint that is only
// reported would keep it apart.
type Conflict struct {
	User           string `json:"user" yaml:"user"`
	rules.Conflict `yaml:",inline"`
}

// conflict notes what the i-th user holds together.
func (d *decision) conflict(i int, conflicts []rules.Conflict) {
	for _, c := range conflicts {
		d.conflicts = append(d.conflicts, Conflict{User: d.users[i].name, Conflict: c})
	}
}

// refuseAll notes what was kept from anybody, and what is held together, in the
// order of users.
func (d *decision) refuseAll(x *rules.Everyone) {
	conflicts := x.Conflicts()
	for i := 0; i < len(d.users) && len(conflicts) > 0; i++ {
		d.conflict(i, conflicts[uint32(d.users[i].n)])
	}
	for i, next := 0, slices.Sorted(maps.Keys(x.Apart)); i < len(d.users) && len(next) > 0; i++ {
		if d.users[i].n == int64(next[0]) {
			d.refuse(i, x.Apart[next[0]].Refused)
			next = next[1:]
		}
	}
}

// markRefused notes, at what somebody has, what keeps the group from them that
// would give it.
func (p *prepared) markRefused(u decided, holdings []plan.Holding) {
	if u.refused == 0 {
		return
	}
	for _, r := range p.decision.refused[u.refusedFrom : u.refusedFrom+u.refused] {
		cause := refusalCause(r.Refusal)
		for _, e := range p.accessOf(r.Group) {
			n, known := p.ents.numbers[e]
			if i := slices.IndexFunc(holdings, func(h plan.Holding) bool { return h.Entitlement == n }); known && i >= 0 {
				holdings[i].Refused = append(holdings[i].Refused, cause)
			}
		}
	}
}

// refusalCause is a refusal as the reason of a change.
func refusalCause(r rules.Refusal) identity.Cause {
	switch r.Kind {
	case rules.RefusedByExclusion:
		return identity.Cause{Kind: identity.CauseExclusion, Name: r.Reason}
	case rules.RefusedByReview:
		return identity.Cause{Kind: identity.CauseReview, Name: r.Name}
	}
	return identity.Cause{Kind: identity.CauseConstraint, Name: r.Name}
}

// refusing is the report with what d keeps from people and what they hold together.
func (r Report) refusing(d *decision) Report {
	r.Refused = append([]Refused{}, d.refused...)
	r.Conflicts = append([]Conflict{}, d.conflicts...)
	return r
}
