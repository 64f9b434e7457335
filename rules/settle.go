package rules

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"birthright/identity"
)

// The kinds of Refusal.
const (
	RefusedByExclusion  = "exclusion"
	RefusedByConstraint = "constraint"
	RefusedByReview     = "review"
)

// Refusal is a group that rules give a user and something keeps from the user.
type Refusal struct {
	Group string `json:"group"`
	// Kind is RefusedByExclusion, RefusedByConstraint or RefusedByReview.
	Kind string `json:"kind"`
	// Name is the constraint's, or the revocation's.
	Name string `json:"name,omitempty"`
	// Kept is the group that stays instead, by a constraint.
	Kept string `json:"kept,omitempty"`
	// Reason and Until are what the exclusion or the revocation says; Until is zero
	// without an end.
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	// Causes are the rules that give the group.
	Causes []identity.Cause `json:"causes"`
}

// keepApart indexes the constraints that are enforced, and the exclusions.
func (e *Engine) keepApart() {
	e.apart = map[string][]*Constraint{}
	for i := range e.policy.Constraints {
		c := &e.policy.Constraints[i]
		if c.Mode != Enforce {
			continue
		}
		for _, group := range c.Conflict {
			e.apart[group] = append(e.apart[group], c)
		}
	}
	e.exclusions = map[string][]*Exclusion{}
	for i := range e.policy.Exclusions {
		x := &e.policy.Exclusions[i]
		name := strings.ToLower(x.User)
		e.exclusions[name] = append(e.exclusions[name], x)
	}
}

// KeptApart returns the groups that constraints which are enforced keep apart,
// sorted: World.Held must know of these.
func (e *Engine) KeptApart() []string { return sortedKeys(e.apart) }

// excluded returns the groups that exclusions and reviews keep from the subject.
func (s *subject) excluded() []Refusal {
	out := s.revoked()
	if len(s.engine.exclusions) == 0 {
		return out
	}
	for _, x := range s.engine.exclusions[strings.ToLower(s.user.UserName)] {
		if !x.inForce(s.world.At) {
			continue
		}
		for _, group := range x.Groups {
			if !isRefused(out, group) {
				out = append(out, Refusal{Group: group, Kind: RefusedByExclusion, Reason: x.Reason, Until: x.Until})
			}
		}
	}
	return out
}

// settle returns the groups that constraints keep from somebody with these
// memberships. They are gone through in this order, and each is kept unless it,
// or a group around it, excludes one that was kept before:
//
//  1. groups that the user is in already, before new ones;
//  2. groups that an earlier rule of the policy gives, before those of later ones,
//     and all of these before what only a grant gives;
//  3. by name.
func (s *subject) settle(memberships []identity.Membership) []Refusal {
	e := s.engine
	if len(e.apart) == 0 || !slices.ContainsFunc(memberships, func(m identity.Membership) bool { return len(e.apart[m.Group]) > 0 }) {
		return nil
	}
	var held []string
	if s.world.Held != nil {
		held = s.world.Held(s.user.N)
	}
	var kept []string
	var refused []Refusal
	for _, m := range s.ranked(memberships, held) {
		unit := append([]string{m.Group}, s.outward(m.Group)...)
		if c, with := e.conflict(unit, kept); c != nil {
			refused = append(refused, Refusal{Group: m.Group, Kind: RefusedByConstraint, Name: c.Name, Kept: with})
			continue
		}
		kept = append(kept, unit...)
	}
	return refused
}

// ranked returns the memberships that rules and grants give, in the order in which they win.
func (s *subject) ranked(memberships []identity.Membership, held []string) []identity.Membership {
	given := slices.DeleteFunc(slices.Clone(memberships), func(m identity.Membership) bool { return s.engine.firstRule(m) == math.MaxInt })
	isNew := func(m identity.Membership) int {
		if slices.Contains(held, m.Group) {
			return 0
		}
		return 1
	}
	slices.SortFunc(given, func(a, b identity.Membership) int {
		return cmp.Or(isNew(a)-isNew(b), cmp.Compare(s.engine.firstRule(a), s.engine.firstRule(b)), cmp.Compare(a.Group, b.Group))
	})
	return given
}

// firstRule is the place in the policy of the first rule that gives m. Grants come
// after all of them, and last what follows from another membership alone.
func (e *Engine) firstRule(m identity.Membership) int {
	first := math.MaxInt
	for _, c := range m.Causes {
		switch c.Kind {
		case identity.CauseRule:
			first = min(first, e.byName[c.Name].rule.order)
		case identity.CauseGrant:
			first = min(first, orderOfGrants)
		}
	}
	return first
}

// conflict returns a constraint that keeps one of unit from somebody who is in
// all of kept, and the group that it keeps it apart from.
func (e *Engine) conflict(unit, kept []string) (*Constraint, string) {
	for i, group := range unit {
		for _, c := range e.apart[group] {
			for _, other := range c.Conflict {
				if other != group && (slices.Contains(kept, other) || slices.Contains(unit[:i], other)) {
					return c, other
				}
			}
		}
	}
	return nil, ""
}

// told returns the refusals that took something away, with what gives it.
func (s *subject) told() []Refusal {
	var out []Refusal
	for _, r := range s.refused {
		for _, w := range s.withheld {
			if w.group == r.Group {
				r.Causes = append(r.Causes, w.cause)
			}
		}
		if len(r.Causes) > 0 {
			r.Causes = identity.SortCauses(r.Causes)
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b Refusal) int { return cmp.Compare(a.Group, b.Group) })
	return out
}
