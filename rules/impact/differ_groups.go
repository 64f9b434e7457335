package impact

import (
	"slices"

	"birthright/rules"
)

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
