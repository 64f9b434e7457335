package rules

import (
	"cmp"
	"slices"

	"birthright/identity"
)

// Decision is what a policy gives one user, and what it withholds.
type Decision struct {
	// Memberships are sorted by group. Their causes are shared and must not be
	// changed.
	Memberships []identity.Membership
	// Refused are groups that rules give and something else keeps from the user,
	// sorted by group.
	Refused []Refusal
}

// Decide returns what the rules give u. Active users get everything that holds,
// staged users the prehire groups, all others nothing. An exclusion of the user
// takes a group away whatever the rules say; then the constraints that are
// enforced decide between groups that exclude each other, see settle.
func (e *Engine) Decide(u identity.User, w World) Decision {
	if !mayHold(u.State) {
		return Decision{}
	}
	s := e.subject(u, w)
	defer s.release()
	d := s.decide()
	s.ends(&d)
	return d
}

// Memberships is what Decide gives.
func (e *Engine) Memberships(u identity.User, w World) []identity.Membership {
	return e.Decide(u, w).Memberships
}

// mayHold reports whether the lifecycle gives a user in state anything at all.
func mayHold(state identity.State) bool { return state == identity.Active || state == identity.Staged }

// decide evaluates until no group is refused any more that something else was
// given for.
//
// A refusal can turn out to be for nothing: what it was for was given because of a
// group that is refused, too. Then the refused group gets one more chance.
func (s *subject) decide() Decision {
	s.refused = s.excluded()
	again := map[string]bool{}
	for {
		s.again()
		s.evaluate()
		memberships := s.nested()
		if more := s.settle(memberships); len(more) > 0 {
			s.refused = append(s.refused, more...)
			continue
		}
		at := slices.IndexFunc(s.refused, func(r Refusal) bool {
			return r.Kind == RefusedByConstraint && !again[r.Group] && !holdsGroup(memberships, r.Kept)
		})
		if at < 0 {
			return Decision{Memberships: memberships, Refused: s.told()}
		}
		again[s.refused[at].Group] = true
		s.refused = slices.Delete(s.refused, at, at+1)
	}
}

// evaluate runs the rules that could be about the subject and leaves what they
// give in s.given, refused groups left out.
func (s *subject) evaluate() {
	e := s.engine
	s.candidates.each(func(i int) {
		if s.satisfies(i) && e.rules[i].inForce(s.world.At) {
			s.give(&e.rules[i])
		}
	})
}

// satisfies reports whether the condition of the i-th rule holds of the subject.
func (s *subject) satisfies(i int) bool {
	if entry := s.engine.code.entries[i]; entry != notInCode {
		return s.engine.code.run(entry, s.marked)
	}
	return s.judge(s.engine.rules[i].logic) == yes
}

// give notes what a rule that holds gives the subject.
func (s *subject) give(p *program) {
	for i := range p.gives {
		to := &p.gives[i]
		name, ok := to.name, true
		if to.group == nil {
			if name, ok = to.naming.render(&s.user); !ok {
				continue
			}
		}
		switch {
		case !s.engine.mayGiveTo(s.user.State, to, name, p.rule.Name):
		case isRefused(s.refused, name):
			s.withhold(name, identity.Cause{Kind: identity.CauseRule, Name: p.rule.Name})
		default:
			s.given = append(s.given, given{name, to.rank, p})
		}
	}
}

// withhold notes what would give a group that is refused.
func (s *subject) withhold(group string, causes ...identity.Cause) {
	for _, c := range causes {
		s.withheld = append(s.withheld, withheld{group, c})
	}
}

func isRefused(refused []Refusal, group string) bool {
	return slices.ContainsFunc(refused, func(r Refusal) bool { return r.Group == group })
}

func isRefusedBy(kind string, refused []Refusal, group string) bool {
	return slices.ContainsFunc(refused, func(r Refusal) bool { return r.Group == group && r.Kind == kind })
}

// mayGiveTo is mayGive for what a rule gives.
func (e *Engine) mayGiveTo(state identity.State, to *giving, name, rule string) bool {
	if to.group == nil {
		return e.mayGive(state, name, rule)
	}
	return !to.group.NoStanding && (state == identity.Active || to.group.Prehire)
}

// mayGive reports whether rules may give group to somebody in state.
func (e *Engine) mayGive(state identity.State, group, rule string) bool {
	if g, ok := e.groups[group]; ok {
		return !g.NoStanding && (state == identity.Active || g.Prehire)
	}
	return state == identity.Active || e.Made(group, rule).Prehire
}

// nested returns the memberships that follow from what is given, with those in
// groups around.
func (s *subject) nested() []identity.Membership {
	e := s.engine
	memberships := s.overlaid(s.collect())
	for _, outer := range e.containers {
		var causes []identity.Cause
		for _, inner := range outer.Contains {
			if holdsGroup(memberships, inner) {
				causes = append(causes, identity.Cause{Kind: identity.CauseGroup, Name: inner})
			}
		}
		if len(causes) == 0 || !e.mayGive(s.user.State, outer.Name, "") {
			continue
		}
		if isRefused(s.refused, outer.Name) {
			s.withhold(outer.Name, causes...)
			continue
		}
		at, found := findMembership(memberships, outer.Name)
		if !found {
			memberships = slices.Insert(memberships, at, identity.Membership{UserN: s.user.N, Group: outer.Name})
		}
		m := &memberships[at]
		m.Causes = identity.SortCauses(append(slices.Clip(m.Causes), causes...))
	}
	return memberships
}

func findMembership(memberships []identity.Membership, group string) (int, bool) {
	return slices.BinarySearchFunc(memberships, group, func(m identity.Membership, name string) int { return cmp.Compare(m.Group, name) })
}

func holdsGroup(memberships []identity.Membership, group string) bool {
	_, found := findMembership(memberships, group)
	return found
}
