package impact

import (
	"slices"
	"strings"

	"birthright/rules"
)

// compareConstraints: those that are enforced keep groups from people; which one
// is named where several do so follows from their order.
func (d *difference) compareConstraints() {
	before, after := d.before.Engine.Policy().Constraints, d.after.Engine.Policy().Constraints
	name := func(c rules.Constraint) string { return c.Name }
	d.constraints = unlike(before, after, name, sameConstraint)
	if !sameOrder(before, after, name) {
		for _, c := range slices.Concat(before, after) {
			d.constraints[c.Name] = true
		}
	}
	for _, c := range slices.Concat(before, after) {
		if c.Mode == rules.Enforce && d.constraints[c.Name] {
			for _, group := range c.Conflict {
				d.groups[group] = true
			}
		}
	}
}

func sameConstraint(a, b rules.Constraint) bool {
	return a.Mode == b.Mode && slices.Equal(a.Conflict, b.Conflict)
}

// compareExclusions notes the groups of every exclusion that is on one side only.
func (d *difference) compareExclusions() {
	before, after := d.before.Engine.Policy().Exclusions, d.after.Engine.Policy().Exclusions
	alone := func(list, other []rules.Exclusion) {
		for _, x := range list {
			if slices.ContainsFunc(other, func(y rules.Exclusion) bool { return sameExclusion(x, y) }) {
				continue
			}
			for _, group := range x.Groups {
				d.groups[group] = true
			}
		}
	}
	alone(before, after)
	alone(after, before)
}

func sameExclusion(a, b rules.Exclusion) bool {
	return strings.EqualFold(a.User, b.User) && slices.Equal(a.Groups, b.Groups) && a.Until.Equal(b.Until)
}

func sameProperty(a, b rules.Property) bool {
	return a.When.Source == b.When.Source && slices.Equal(a.Groups, b.Groups)
}
