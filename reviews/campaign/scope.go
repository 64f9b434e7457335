package campaign

import (
	"cmp"
	"slices"

	"birthright/identity"
	"birthright/reviews"
	"birthright/rules"
)

// risks are the levels of risk, from little to much; what is not said is the least.
var risks = []string{"", "low", "medium", "high", "critical"}

// Risks lists the levels that a scope may name.
func Risks() []string { return slices.Clone(risks[1:]) }

func atLeast(risk, least string) bool { return slices.Index(risks, risk) >= slices.Index(risks, least) }

// RiskOf returns, by entitlement, the highest risk and the owners of the groups that
// carry it, sorted.
func RiskOf(e *rules.Engine, groups []string) (risk map[identity.Entitlement]string, owners map[identity.Entitlement][]string) {
	risk, owners = map[identity.Entitlement]string{}, map[identity.Entitlement][]string{}
	for _, name := range groups {
		g, known := e.Group(name)
		if !known {
			continue
		}
		for _, ent := range g.Access {
			if !atLeast(risk[ent], g.Risk) {
				risk[ent] = g.Risk
			}
			owners[ent] = append(owners[ent], g.Owners...)
		}
	}
	for ent, list := range owners {
		slices.Sort(list)
		owners[ent] = slices.Compact(list)
	}
	return risk, owners
}

// Covers reports whether a group is in a scope, as far as the group itself decides.
func Covers(s reviews.Scope, g identity.Group) bool {
	if s.Risk != "" && !atLeast(g.Risk, s.Risk) {
		return false
	}
	if len(s.Groups) > 0 && !matches(s.Groups, g.Name) {
		return false
	}
	return len(s.Targets) == 0 || slices.ContainsFunc(g.Access, func(e identity.Entitlement) bool { return slices.Contains(s.Targets, e.Target) })
}

// matches reports whether one of some patterns with stars matches a name.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return (&rules.Requestable{Match: p}).Covers(name) })
}

// coversAccess reports whether an entitlement is in a scope: on its targets, and carried
// by its groups.
func (in *Input) coversAccess(s reviews.Scope, h *Held) bool {
	if s.Risk != "" && !atLeast(h.Risk, s.Risk) || len(s.Targets) > 0 && !slices.Contains(s.Targets, h.Entitlement.Target) {
		return false
	}
	return len(s.Groups) == 0 || slices.ContainsFunc(h.Groups, func(name string) bool { return matches(s.Groups, name) })
}

func byWhat(a, b *reviews.Item) int {
	return cmp.Or(cmp.Compare(a.Group, b.Group), identity.CompareEntitlements(a.Entitlement, b.Entitlement), cmp.Compare(a.UserN, b.UserN))
}
