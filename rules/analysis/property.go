package analysis

import (
	"strings"

	"birthright/rules"
)

// Proven reports, for each property of the policy, whether it is true of
// everybody there could ever be, by what the conditions say.
func Proven(e *rules.Engine) []bool {
	c := newChecker(e, Options{})
	out := make([]bool, len(c.policy.Properties))
	for i := range c.policy.Properties {
		out[i] = c.proven(i)
	}
	return out
}

// proven reports whether none of the rules that give a group of the property can
// hold of somebody of whom its condition holds.
func (c *checker) proven(i int) bool {
	p := &c.policy.Properties[i]
	who := c.conditions.node(c.view.Never[i])
	for j := range c.policy.Rules {
		if c.reaches(&c.policy.Rules[j], p) && !c.cannot(want{who, saysYes}, want{c.conditions.rule(j), saysYes}) {
			return false
		}
	}
	return true
}

// reaches reports whether a rule may give a group that the property is about,
// directly or by groups around what it gives.
func (c *checker) reaches(r *rules.Rule, p *rules.Property) bool {
	for _, name := range r.Groups {
		for _, pattern := range p.Groups {
			if meet(starred(name), pattern) {
				return true
			}
		}
		if starred(name) != name && c.madeInside(r, p) {
			return true
		}
		for _, outer := range c.view.Around(name) {
			if p.Covers(outer) {
				return true
			}
		}
	}
	return false
}

// madeInside reports whether a name that the rule makes may be one of a group
// inside one of the property's.
func (c *checker) madeInside(r *rules.Rule, p *rules.Property) bool {
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		if len(g.Contains) > 0 && p.Covers(g.Name) {
			for _, at := range c.view.Givers(g.Name) {
				if &c.policy.Rules[at] == r {
					return true
				}
			}
		}
	}
	return false
}

// starred is a name of groups with a star for each placeholder.
func starred(name string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(name, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('*')
		_, name, _ = strings.Cut(rest, "}")
	}
}

// meet reports whether two patterns fit a name in common; a star is any text.
func meet(a, b string) bool {
	switch {
	case a == "" && b == "":
		return true
	case strings.HasPrefix(a, "*"):
		return meet(a[1:], b) || b != "" && meet(a, b[1:])
	case strings.HasPrefix(b, "*"):
		return meet(b, a)
	case a == "" || b == "":
		return false
	}
	return a[0] == b[0] && meet(a[1:], b[1:])
}
