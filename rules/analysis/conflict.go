package analysis

import (
	"slices"
	"strings"

	"birthright/rules"
)

// conflicts looks for what constraints that are enforced make impossible.
func (c *checker) conflicts() {
	for i := range c.policy.Constraints {
		c.within(i)
	}
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		if k, a, b := c.apart(c.unit(g.Name)); k != nil {
			c.found(Finding{
				Kind: Conflict, Severity: Error, Position: g.Position, Group: g.Name,
				Remedy: "take one group out of the other's contains, or out of the constraint",
			}, "nobody can be in group %q: it brings both %s and %s, which constraint %q keeps apart", g.Name, a, b, k.Name)
		}
	}
	for i := range c.policy.Rules {
		if c.dead[i] == "" {
			c.gives(i)
			c.asks(i)
		}
	}
	c.together()
	c.nowhere()
}

// unit is a group with all that its members are in because of it.
func (c *checker) unit(group string) []string {
	return append([]string{group}, c.view.Around(group)...)
}

// apart returns an enforced constraint of which groups hold two, and these.
func (c *checker) apart(groups []string) (*rules.Constraint, string, string) {
	for i := range c.policy.Constraints {
		k := &c.policy.Constraints[i]
		if k.Mode != rules.Enforce {
			continue
		}
		var first string
		for _, group := range k.Conflict {
			switch {
			case !slices.Contains(groups, group):
			case first != "":
				return k, first, group
			default:
				first = group
			}
		}
	}
	return nil, "", ""
}

// gives finds groups of one rule that nobody may have together.
func (c *checker) gives(i int) {
	r := &c.policy.Rules[i]
	for j, group := range r.Groups {
		for _, other := range r.Groups[:j] {
			k, a, b := c.apart(append(c.unit(other), c.unit(group)...))
			if k == nil || c.alone(group) || c.alone(other) {
				continue
			}
			c.refuse(i, max(group, other))
			c.found(Finding{
				Kind: Conflict, Severity: Error, Position: r.Position, Rule: r.Name, Group: group,
				Remedy: "give the two by different rules to different people, or relax the constraint",
			}, "rule %q gives %s and %s to the same people, and constraint %q keeps %s and %s apart", r.Name, other, group, k.Name, a, b)
		}
	}
}

// alone reports whether a group is in conflict with itself, which has its own finding.
func (c *checker) alone(group string) bool {
	k, _, _ := c.apart(c.unit(group))
	return k != nil
}

// asks finds a rule that asks for one group to give another one that is kept
// apart from it.
func (c *checker) asks(i int) {
	r := &c.policy.Rules[i]
	for _, asked := range r.When.Groups {
		for _, group := range r.Groups {
			k, a, b := c.apart(append(c.unit(asked), c.unit(group)...))
			if k == nil || c.alone(asked) || c.alone(group) || !c.needs(i, asked) {
				continue
			}
			c.refuse(i, group)
			c.found(Finding{
				Kind: Conflict, Severity: Error, Position: r.Position, Rule: r.Name, Group: group,
				Remedy: "ask for something else, or relax the constraint",
			}, "rule %q gives %s to who is in %s, and constraint %q keeps %s and %s apart", r.Name, group, asked, k.Name, a, b)
		}
	}
}

// needs reports whether it is proven that a rule holds only of who is in a group.
func (c *checker) needs(i int, group string) bool {
	for q := range c.view.Questions {
		if x := &c.view.Questions[q]; x.Asking == rules.AskGroup && x.Texts[0] == group {
			ask := &node{op: rules.OpAsk, question: q, size: 1}
			return c.cannot(want{c.conditions.rule(i), saysYes}, want{ask, saysNo})
		}
	}
	return false
}

func (c *checker) refuse(i int, group string) {
	if c.refused[i] == nil {
		c.refused[i] = map[string]bool{}
	}
	c.refused[i][group] = true
}

// nowhere finds groups to which constraints leave no way.
func (c *checker) nowhere() {
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		givers := c.view.Givers(g.Name)
		if len(givers) == 0 || g.Request != nil || slices.ContainsFunc(givers, func(i int) bool { return !c.refused[i][g.Name] }) {
			continue
		}
		var names []string
		for _, i := range givers {
			names = append(names, c.policy.Rules[i].Name)
		}
		c.found(Finding{
			Kind: Conflict, Severity: Error, Position: g.Position, Group: g.Name,
			Remedy: "relax one of the constraints, or give the group by another rule",
		}, "constraints leave nobody a way to group %q: each rule that gives it (%s) gives or asks for what is kept apart from it", g.Name, strings.Join(names, ", "))
	}
}

// within finds a constraint that another one says already.
func (c *checker) within(i int) {
	k := &c.policy.Constraints[i]
	for j := range c.policy.Constraints {
		other := &c.policy.Constraints[j]
		if i == j || other.Mode != k.Mode && other.Mode != rules.Enforce || !subset(k.Conflict, other.Conflict) {
			continue
		}
		if k.Mode == other.Mode && len(k.Conflict) == len(other.Conflict) && i < j {
			continue // the later one of two that are the same is the one too many
		}
		c.found(Finding{
			Kind: IdleConstraint, Severity: Warning, Position: k.Position,
			Remedy: "take it out",
		}, "constraint %q adds nothing: constraint %q keeps the same groups apart", k.Name, other.Name)
		return
	}
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}
