package analysis

import (
	"strings"

	"birthright/rules"
)

// rules looks at each rule by itself.
func (c *checker) rules() {
	for i := range c.policy.Rules {
		r := &c.policy.Rules[i]
		at := Finding{Position: r.Position, Rule: r.Name, Severity: Warning}
		if !r.ValidUntil.IsZero() && !c.Now.IsZero() && !c.Now.Before(r.ValidUntil) {
			c.dead[i] = "it is over"
			at.Kind, at.Remedy = Expired, "take the rule out, or move valid_until"
			c.found(at, "rule %q gave what it gives until %s: it is over", r.Name, r.ValidUntil.UTC().Format("2006-01-02 15:04 MST"))
		}
		if c.never(i, r, at) {
			c.dead[i] = "it can never hold"
			continue
		}
		c.always(i, r, at)
		c.deadExcept(i, r, at)
	}
}

// never finds a rule that holds for nobody, and remembers an example of whom it
// holds of otherwise.
func (c *checker) never(i int, r *rules.Rule, at Finding) bool {
	n := c.conditions.rule(i)
	p := pose(c.view, nil, n)
	out := p.can(want{n, saysYes})
	if out != impossible {
		c.witnesses[i] = p.witness(c.view)
		return false
	}
	at.Kind = NeverMatches
	switch {
	case r.Except.IsZero() || c.cannot(want{c.conditions.node(c.view.When[i]), saysYes}):
		at.Remedy = "mend the condition, or take the rule out"
		c.found(at, "rule %q can never hold: there is nobody of whom `%s` is true", r.Name, oneLine(r.When.Source))
	default:
		at.Remedy = "narrow except, or take the rule out"
		c.found(at, "rule %q can never hold: except takes out everybody whom when lets in", r.Name)
	}
	return true
}

// cannot reports whether it is proven that there is nobody like that.
func (c *checker) cannot(wants ...want) bool {
	nodes := make([]*node, len(wants))
	for i, w := range wants {
		nodes[i] = w.condition
	}
	return pose(c.view, nil, nodes...).can(wants...) == impossible
}

// always finds a condition that is true of everybody without saying so.
func (c *checker) always(i int, r *rules.Rule, at Finding) {
	if strings.TrimSpace(r.When.Source) == "true" {
		return
	}
	if c.cannot(want{c.conditions.node(c.view.When[i]), notYes}) {
		at.Kind, at.Remedy = AlwaysMatches, "write when: true if everybody is meant, or mend the condition"
		at.Severity = c.graver(Error, Warning, r.Groups...)
		c.found(at, "the condition of rule %q is true of everybody who can have groups: `%s`", r.Name, oneLine(r.When.Source))
	}
}

// deadExcept finds an except that takes out nobody.
func (c *checker) deadExcept(i int, r *rules.Rule, at Finding) {
	if r.Except.IsZero() {
		return
	}
	if c.cannot(want{c.conditions.node(c.view.When[i]), saysYes}, want{c.conditions.node(c.view.Except[i]), notNo}) {
		at.Kind, at.Remedy = DeadExcept, "take except out, or mend it"
		c.found(at, "except of rule %q takes out nobody: of whom when is true, `%s` never is", r.Name, oneLine(r.Except.Source))
	}
}

// oneLine is a condition on one line, cut where it is long.
func oneLine(source string) string {
	text := []rune(strings.Join(strings.Fields(source), " "))
	if len(text) > 120 {
		return string(text[:117]) + "…"
	}
	return string(text)
}
