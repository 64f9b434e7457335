package impact

import (
	"slices"
	"strings"

	"birthright/rules"
)

// difference is what two policies say differently about one population.
type difference struct {
	before, after Side
	// groups are those whose members may differ by what is said of them, or of
	// what gives them; carriers those that may carry something else.
	groups, carriers map[string]bool
	// constraints and properties that are not the same on both sides, by name.
	constraints, properties map[string]bool
}

// differ compares the definitions of two policies.
func differ(before, after Side) difference {
	d := difference{
		before: before, after: after, groups: map[string]bool{}, carriers: map[string]bool{},
		constraints: map[string]bool{}, properties: map[string]bool{},
	}
	p, q := before.Engine.Policy(), after.Engine.Policy()
	if p.Hash == q.Hash {
		return d
	}
	d.compareRules()
	d.compareGroups()
	d.compareTemplates()
	d.compareConstraints()
	d.compareExclusions()
	for name := range unlike(p.Properties, q.Properties, func(x rules.Property) string { return x.Name }, sameProperty) {
		d.properties[name] = true
	}
	return d
}

// unlike returns the names of which the two lists do not say the same.
func unlike[T any](before, after []T, name func(T) string, same func(a, b T) bool) map[string]bool {
	out := map[string]bool{}
	old := make(map[string]T, len(before))
	for _, x := range before {
		old[name(x)] = x
		out[name(x)] = true
	}
	for _, y := range after {
		x, ok := old[name(y)]
		out[name(y)] = !ok || !same(x, y)
	}
	for n, differs := range out {
		if !differs {
			delete(out, n)
		}
	}
	return out
}

// sameOrder reports whether what both lists name comes in the same order.
func sameOrder[T any](before, after []T, name func(T) string) bool {
	common := func(list, other []T) []string {
		in := map[string]bool{}
		for _, x := range other {
			in[name(x)] = true
		}
		var out []string
		for _, x := range list {
			if in[name(x)] {
				out = append(out, name(x))
			}
		}
		return out
	}
	return slices.Equal(common(before, after), common(after, before))
}

func (d *difference) sides() [2]Side { return [2]Side{d.before, d.after} }

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

func (d *difference) compareGroups() {
	name := func(g rules.Group) string { return g.Name }
	before, after := d.before.Engine.Policy().Groups, d.after.Engine.Policy().Groups
	for group := range unlike(before, after, name, givenAlike) {
		d.groups[group] = true
	}
	for group := range unlike(before, after, name, func(a, b rules.Group) bool { return slices.Equal(a.Access, b.Access) }) {
		d.carriers[group] = true
	}
}

// givenAlike reports whether two definitions let the same people in.
func givenAlike(a, b rules.Group) bool {
	return a.NoStanding == b.NoStanding && a.Prehire == b.Prehire && slices.Equal(a.Contains, b.Contains)
}

// compareTemplates looks at every group that rules make, once a template or what
// makes groups differs: the first template that fits a name counts.
func (d *difference) compareTemplates() {
	before, after := d.before.Engine.Policy(), d.after.Engine.Policy()
	if slices.EqualFunc(before.Templates, after.Templates, sameTemplate) && slices.Equal(makings(before), makings(after)) {
		return
	}
	for _, s := range d.sides() {
		for _, name := range makers(s, func(string) bool { return true }) {
			old, _ := d.before.Engine.Group(name)
			now, _ := d.after.Engine.Group(name)
			if old.Prehire != now.Prehire {
				d.groups[name] = true
			}
			if !slices.Equal(old.Access, now.Access) {
				d.carriers[name] = true
			}
		}
	}
}

func sameTemplate(a, b rules.Template) bool {
	return a.Match == b.Match && a.Prehire == b.Prehire && slices.Equal(a.Access, b.Access)
}

// makings lists the rules that make groups, with the names as written.
func makings(p *rules.Policy) []string {
	var out []string
	for _, r := range p.Rules {
		for _, group := range r.Groups {
			if hasPlaceholder(group) {
				out = append(out, r.Name+" "+group)
			}
		}
	}
	return out
}

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
