package impact

import (
	"slices"
	"strings"

	"birthright/rules"
)

// compareRules finds what is given in another way. The order of rules decides
// between groups that exclude each other, and nothing else.
func (d *difference) compareRules() {
	before, after := d.before.Engine.Policy().Rules, d.after.Engine.Policy().Rules
	name := func(r rules.Rule) string { return r.Name }
	for rule := range unlike(before, after, name, sameRule) {
		for _, s := range d.sides() {
			d.given(s, rule)
		}
	}
	if sameOrder(before, after, name) {
		return
	}
	for _, s := range d.sides() {
		for _, group := range s.Engine.KeptApart() {
			d.groups[group] = true
		}
	}
}

// given notes what a rule gives.
func (d *difference) given(s Side, rule string) {
	list := s.Engine.Policy().Rules
	at := slices.IndexFunc(list, func(r rules.Rule) bool { return r.Name == rule })
	if at < 0 {
		return
	}
	for _, group := range list[at].Groups {
		if !hasPlaceholder(group) {
			d.groups[group] = true
		}
	}
	for _, group := range s.Engine.MadeBy(rule, s.Population) {
		d.groups[group] = true
	}
}

func hasPlaceholder(group string) bool { return strings.Contains(group, "{") }

func sameRule(a, b rules.Rule) bool {
	return a.When.Source == b.When.Source && a.Except.Source == b.Except.Source && slices.Equal(a.Groups, b.Groups) &&
		a.ValidFrom.Equal(b.ValidFrom) && a.ValidUntil.Equal(b.ValidUntil)
}
