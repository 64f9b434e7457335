package analysis

import "birthright/rules"

// mostTogether bounds the pairs of rules that are searched for conflicts.
const mostTogether = 20_000

// together finds two rules that give groups which are kept apart, and of which one
// holds whenever the other does: whoever gets the one group gets the other, too.
func (c *checker) together() {
	pairs, leftOut := 0, 0
	for i := range c.policy.Constraints {
		k := &c.policy.Constraints[i]
		if k.Mode != rules.Enforce {
			continue
		}
		c.eachPair(k, func(one, other giving) {
			if one.rule == other.rule || c.refused[one.rule][one.group] || c.dead[one.rule] != "" || c.dead[other.rule] != "" {
				return // what a rule does by itself has its own finding
			}
			if pairs++; pairs > mostTogether {
				leftOut++
				return
			}
			c.clash(k, one, other)
		})
	}
	if leftOut > 0 {
		c.found(Finding{
			Kind: LeftOut, Severity: Note, Position: c.policy.Constraints[0].Position,
			Remedy: "keep groups apart that few rules give",
		}, "%d pairs of rules were not held against constraints: too many rules give groups that are kept apart", leftOut)
	}
}

// giving is a rule that gives a group of a constraint.
type giving struct {
	rule  int
	group string
}

// eachPair hands fn every two rules that give different groups of a constraint.
func (c *checker) eachPair(k *rules.Constraint, fn func(one, other giving)) {
	for _, group := range k.Conflict {
		for _, against := range k.Conflict {
			if group == against {
				continue
			}
			for _, i := range c.view.Givers(group) {
				for _, j := range c.view.Givers(against) {
					fn(giving{i, group}, giving{j, against})
				}
			}
		}
	}
}

// clash reports the one rule where the other holds of everybody of whom it does.
// Of two that hold of the same people, it is the later one.
func (c *checker) clash(k *rules.Constraint, one, other giving) {
	if !lasts(&c.policy.Rules[other.rule], &c.policy.Rules[one.rule]) || !c.implies(one.rule, other.rule) {
		return
	}
	if one.rule < other.rule && lasts(&c.policy.Rules[one.rule], &c.policy.Rules[other.rule]) && c.implies(other.rule, one.rule) {
		return
	}
	c.refuse(one.rule, one.group)
	r := &c.policy.Rules[one.rule]
	c.found(Finding{
		Kind: Conflict, Severity: Error, Position: r.Position, Rule: r.Name, Group: one.group,
		Remedy: "let except take out the people of the other rule, or relax the constraint",
	}, "everybody to whom rule %q gives %s gets %s by rule %q, and constraint %q keeps the two apart",
		r.Name, one.group, other.group, c.policy.Rules[other.rule].Name, k.Name)
}

// implies reports whether it is proven that rule j holds of everybody of whom rule
// i does.
func (c *checker) implies(i, j int) bool {
	more := c.conditions.rule(j)
	return more.evaluate(c.witnesses[i].answer)&saysYes != 0 &&
		c.cannot(want{c.conditions.rule(i), saysYes}, want{more, notYes})
}
