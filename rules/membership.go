package rules

import (
	"cmp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"birthright/identity"
)

// Memberships returns what the rules give u, sorted by group, each with the
// rules that give it. Active users get everything that holds, staged users the
// prehire groups, all others nothing.
func (e *Engine) Memberships(u identity.User, w World) []identity.Membership {
	if !mayHold(u.State) {
		return nil
	}
	s := e.subject(u, w)
	defer s.release()
	e.evaluate(s)
	return collect(u.N, s.given)
}

// mayHold reports whether the lifecycle gives a user in state anything at all.
func mayHold(state identity.State) bool { return state == identity.Active || state == identity.Staged }

// evaluate runs every rule and leaves what they give in s.given.
func (e *Engine) evaluate(s *subject) {
	for i := range e.rules {
		p := &e.rules[i]
		if !p.holds(s) {
			continue
		}
		for j := range p.rule.names {
			if group, ok := p.rule.names[j].render(&s.user); ok && e.mayGive(&s.user, group, p.rule.Name) {
				s.given = append(s.given, given{group, p.rule.Name})
			}
		}
	}
}

// holds reports whether the rule is for the subject. A condition that fails on
// a user gives nothing: a failing when does not hold, a failing except does.
func (p *program) holds(s *subject) bool {
	if ok, err := truth(p.when, s); err != nil || !ok {
		return false
	}
	if p.except == nil {
		return true
	}
	taken, err := truth(p.except, s)
	return err == nil && !taken
}

// truth evaluates a condition.
func truth(p cel.Program, s *subject) (bool, error) {
	value, _, err := p.Eval(s)
	return value == types.True, err
}

// mayGive reports whether a rule may give group to u, whatever it says.
func (e *Engine) mayGive(u *identity.User, group, rule string) bool {
	if g, ok := e.groups[group]; ok {
		return !g.NoStanding && (u.State == identity.Active || g.Prehire)
	}
	return u.State == identity.Active || e.Made(group, rule).Prehire
}

// collect turns pairs of group and rule into memberships. It sorts pairs.
func collect(userN int64, pairs []given) []identity.Membership {
	if len(pairs) == 0 {
		return nil
	}
	slices.SortFunc(pairs, func(a, b given) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.rule, b.rule))
	})
	pairs = slices.Compact(pairs)
	groups := 1
	for i := 1; i < len(pairs); i++ {
		if pairs[i].group != pairs[i-1].group {
			groups++
		}
	}
	// One array holds the causes of all memberships.
	causes := make([]identity.Cause, len(pairs))
	memberships := make([]identity.Membership, 0, groups)
	for start := 0; start < len(pairs); {
		end := start
		for ; end < len(pairs) && pairs[end].group == pairs[start].group; end++ {
			causes[end] = identity.Cause{Kind: identity.CauseRule, Name: pairs[end].rule}
		}
		memberships = append(memberships, identity.Membership{
			UserN: userN, Group: pairs[start].group, Causes: causes[start:end:end],
		})
		start = end
	}
	return memberships
}
