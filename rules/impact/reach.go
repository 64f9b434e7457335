package impact

import (
	"slices"

	"birthright/rules"
)

// reach returns, sorted, the groups whose members may follow from who is in some
// groups: these, groups around them, what rules that ask for them give, and what
// constraints keep apart from them. The policies of both sides count.
func reach(before, after Side, from map[string]bool) []string {
	ways := [2]*ways{waysOf(before), waysOf(after)}
	seen := map[string]bool{}
	for open := sortedKeys(from); len(open) > 0; {
		group := open[0]
		open = open[1:]
		if seen[group] {
			continue
		}
		seen[group] = true
		for _, w := range ways {
			open = append(open, w.from(group)...)
		}
	}
	return sortedKeys(seen)
}

// ways says what follows from what in one policy.
type ways struct {
	side Side
	// around are the groups that contain a group.
	around map[string][]string
	// askers are the rules that ask for a group with inGroup.
	askers map[string][]string
	// parties are, for each constraint that is enforced, the groups that could
	// make it speak: those that it names and all inside them.
	parties []map[string]bool
	given   map[string][]string
}

func waysOf(s Side) *ways {
	w := &ways{side: s, around: map[string][]string{}, askers: map[string][]string{}, given: map[string][]string{}}
	p := s.Engine.Policy()
	inner := map[string][]string{}
	for i := range p.Groups {
		g := &p.Groups[i]
		inner[g.Name] = g.Contains
		for _, name := range g.Contains {
			w.around[name] = append(w.around[name], g.Name)
		}
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		for _, group := range sortedSet(slices.Concat(r.When.Groups, r.Except.Groups)) {
			w.askers[group] = append(w.askers[group], r.Name)
		}
	}
	for i := range p.Constraints {
		if c := &p.Constraints[i]; c.Mode == rules.Enforce {
			w.parties = append(w.parties, within(c.Conflict, inner))
		}
	}
	return w
}

// within is groups with all inside them.
func within(groups []string, inner map[string][]string) map[string]bool {
	out := map[string]bool{}
	for open := slices.Clone(groups); len(open) > 0; {
		group := open[0]
		open = open[1:]
		if !out[group] {
			out[group] = true
			open = append(open, inner[group]...)
		}
	}
	return out
}

// from is what follows from a group at once.
func (w *ways) from(group string) []string {
	out := slices.Clone(w.around[group])
	for _, rule := range w.askers[group] {
		out = append(out, w.gives(rule)...)
	}
	for _, party := range w.parties {
		if party[group] {
			out = append(out, sortedKeys(party)...)
		}
	}
	return out
}

// gives is what a rule gives, with the names that it makes.
func (w *ways) gives(rule string) []string {
	if out, done := w.given[rule]; done {
		return out
	}
	d := difference{groups: map[string]bool{}}
	d.given(w.side, rule)
	w.given[rule] = sortedKeys(d.groups)
	return w.given[rule]
}
