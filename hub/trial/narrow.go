package trial

import (
	"slices"

	"birthright/rules/impact"
)

// Only leaves what is about some groups, and what is about some targets and the groups
// with access to them; an empty list is no bound.
func (t Tried) Only(groups, targets []string) Tried {
	if len(groups)+len(targets) == 0 {
		return t
	}
	n := narrow{t, groups, targets}
	several := func(groups []string) bool { return slices.ContainsFunc(groups, n.wants) }
	t.Groups = keepIf(t.Groups, func(g impact.Group) bool { return n.wants(g.Name) })
	t.Needless = keepIf(t.Needless, func(g impact.Grant) bool { return n.wants(g.Group) })
	t.Ending = keepIf(t.Ending, func(g impact.Stopped) bool { return n.wants(g.Group) })
	t.Failing = keepIf(t.Failing, func(g impact.Stopped) bool { return n.wants(g.Group) })
	t.Entitlements = keepIf(t.Entitlements, n.wantsAccess)
	t.Targets = impact.ByTarget(t.Entitlements)
	t.Constraints = keepIf(t.Constraints, func(x impact.Finding) bool { return several(x.Groups) })
	t.Properties = keepIf(t.Properties, func(x impact.Finding) bool {
		return slices.ContainsFunc(slices.Concat(x.Breaks, x.Mends), func(v impact.Violation) bool { return several(v.Groups) })
	})
	return t
}

// narrow is what is asked for.
type narrow struct {
	of              Tried
	groups, targets []string
}

// wants reports whether a group is among those asked for.
func (n narrow) wants(group string) bool {
	if len(n.groups) > 0 && !slices.Contains(n.groups, group) {
		return false
	}
	for _, e := range n.of.Carries(group) {
		if slices.Contains(n.targets, e.Target) {
			return true
		}
	}
	return len(n.targets) == 0
}

func (n narrow) wantsAccess(e impact.Entitlement) bool {
	carried := func(group string) bool { return slices.Contains(n.of.Carries(group), e.Entitlement) }
	return (len(n.targets) == 0 || slices.Contains(n.targets, e.Target)) && (len(n.groups) == 0 || slices.ContainsFunc(n.groups, carried))
}

func keepIf[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !keep(x) })
}
