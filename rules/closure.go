package rules

import (
	"maps"
	"slices"
)

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// needed returns the rules that have a part in who is in some groups: those that
// give them, and those that give what these ask for.
func (e *Engine) needed(groups []string) map[string]bool {
	names := map[string]bool{}
	for open := slices.Clone(groups); len(open) > 0; {
		group := open[0]
		open = open[1:]
		for _, i := range e.givers.of(group) {
			if r := &e.policy.Rules[i]; !names[r.Name] {
				names[r.Name] = true
				open = append(append(open, r.When.Groups...), r.Except.Groups...)
			}
		}
	}
	return names
}

// closure returns groups together with those that have a say in who is in them:
// groups inside and around them, groups that constraints keep apart from them,
// and groups that rules which give them ask for.
func (e *Engine) closure(groups []string) map[string]bool {
	inner := e.givers.inner
	seen := map[string]bool{}
	for open := slices.Clone(groups); len(open) > 0; {
		group := open[0]
		open = open[1:]
		if seen[group] {
			continue
		}
		seen[group] = true
		open = append(append(open, inner[group]...), e.around[group]...)
		for _, c := range e.apart[group] {
			open = append(open, c.Conflict...)
		}
		for _, i := range e.givers.of(group) {
			r := &e.policy.Rules[i]
			open = append(append(open, r.When.Groups...), r.Except.Groups...)
		}
	}
	return seen
}
