package impact

import (
	"cmp"
	"slices"

	"birthright/rules"
)

// compareConstraints returns the constraints that break or mend for somebody.
func (c *comparison) compareConstraints() []Finding {
	var out []Finding
	for _, k := range c.touchedConstraints() {
		before, after := c.against(c.before, k), c.against(c.after, k)
		f := Finding{Name: k.Name, Mode: k.Mode, Groups: k.Conflict, Breaks: without(after, before), Mends: without(before, after)}
		if k.Mode == rules.Enforce && c.before.Members != nil {
			f.Breaks = slices.DeleteFunc(f.Breaks, func(v Violation) bool { return !c.before.users(v.Groups[0]).Contains(v.User) })
		}
		if len(f.Breaks)+len(f.Mends) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// touchedConstraints are those of either policy that could break or mend, by name.
// One that is enforced on one side and only reported on the other counts as two.
func (c *comparison) touchedConstraints() []rules.Constraint {
	all := slices.Concat(c.after.Engine.Policy().Constraints, c.before.Engine.Policy().Constraints)
	all = slices.DeleteFunc(all, func(k rules.Constraint) bool {
		return c.partly && !c.diff.constraints[k.Name] && !slices.ContainsFunc(k.Conflict, c.mayDiffer)
	})
	slices.SortStableFunc(all, func(a, b rules.Constraint) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Mode, b.Mode))
	})
	return slices.CompactFunc(all, func(a, b rules.Constraint) bool { return a.Name == b.Name && a.Mode == b.Mode })
}

// mayDiffer reports whether the members of a group may differ.
func (c *comparison) mayDiffer(group string) bool {
	_, found := slices.BinarySearch(c.groups, group)
	return found
}

// against returns for whom a constraint does not hold, as one side has it.
func (c *comparison) against(p *picture, k rules.Constraint) []Violation {
	list := p.Engine.Policy().Constraints
	at := slices.IndexFunc(list, func(own rules.Constraint) bool { return own.Name == k.Name && own.Mode == k.Mode })
	if at < 0 {
		return nil
	}
	c.look(list[at].Conflict)
	if k.Mode == rules.Enforce {
		return p.refusedBy(k.Name)
	}
	return p.holdSeveral(list[at].Conflict)
}

// refusedBy returns from whom an enforced constraint keeps something.
func (p *picture) refusedBy(constraint string) []Violation {
	var out []Violation
	for n, refused := range p.refused {
		for _, r := range refused {
			if r.Kind == rules.RefusedByConstraint && r.Name == constraint {
				out = append(out, Violation{User: n, Groups: []string{r.Group, r.Kept}})
			}
		}
	}
	return sorted(out)
}

// holdSeveral returns who is in more than one of the groups.
func (p *picture) holdSeveral(groups []string) []Violation {
	held := map[uint32][]string{}
	once := nobody.Clone()
	for _, group := range groups {
		users := p.users(group)
		if once.Intersects(users) {
			both := once.Clone()
			both.And(users)
			for it := both.Iterator(); it.HasNext(); {
				held[it.Next()] = nil
			}
		}
		once.Or(users)
	}
	var out []Violation
	for n := range held {
		v := Violation{User: n}
		for _, group := range groups {
			if p.users(group).Contains(n) {
				v.Groups = append(v.Groups, group)
			}
		}
		out = append(out, v)
	}
	return sorted(out)
}

func sorted(list []Violation) []Violation {
	slices.SortFunc(list, compareViolations)
	return list
}

func compareViolations(a, b Violation) int {
	return cmp.Or(cmp.Compare(a.User, b.User), slices.Compare(a.Groups, b.Groups))
}

// without returns those of list about whose users other says nothing.
func without(list, other []Violation) []Violation {
	known := make(map[uint32]bool, len(other))
	for _, v := range other {
		known[v.User] = true
	}
	var out []Violation
	for _, v := range list {
		if !known[v.User] {
			out = append(out, v)
		}
	}
	return out
}
