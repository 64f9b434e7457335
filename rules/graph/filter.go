package graph

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// about says in words what the filters keep.
func (o Options) about() string {
	var parts []string
	for _, f := range [][2]string{{"group", o.Group}, {"rule", o.Rule}, {"department", o.Department}, {"target", o.Target}} {
		if f[1] != "" {
			parts = append(parts, f[0]+" "+f[1])
		}
	}
	return strings.Join(parts, ", ")
}

// filter takes away what is not connected with what the options name.
func (w *weave) filter(o Options) {
	if o.Rule != "" {
		w.keep(func(s *strand) bool { return s.rule.Name == o.Rule }, func(string) bool { return false })
		w.mute = slices.DeleteFunc(w.mute, func(r *rules.Rule) bool { return r.Name != o.Rule })
	}
	if o.Department != "" {
		w.keepDepartment(o.Department)
	}
	if o.Group != "" {
		w.keepGroups(w.inside(func(group string) bool { return group == o.Group || w.couldBe(group, o.Group) }))
	}
	if o.Target != "" {
		w.keepGroups(w.inside(func(group string) bool { return w.reaches(group, o.Target) }))
		for group := range w.access {
			w.access[group] = slices.DeleteFunc(slices.Clone(w.access[group]), func(e identity.Entitlement) bool { return e.Target != o.Target })
		}
	}
}

// keep keeps some strands and idle groups, and of the nesting what they lead to.
func (w *weave) keep(strands func(*strand) bool, idle func(string) bool) {
	w.strands = slices.DeleteFunc(w.strands, func(s strand) bool { return !strands(&s) })
	w.idle = slices.DeleteFunc(w.idle, func(group string) bool { return !idle(group) })
	given := map[string]bool{}
	for _, s := range w.strands {
		given[s.group] = true
	}
	for grown := true; grown; {
		grown = false
		for _, n := range w.nested {
			if given[n.inner] && !given[n.outer] {
				given[n.outer], grown = true, true
			}
		}
	}
	w.nested = slices.DeleteFunc(w.nested, func(n nesting) bool { return !given[n.inner] })
}

// keepGroups keeps some groups, and what gives them.
func (w *weave) keepGroups(groups map[string]bool) {
	w.mute = nil
	w.nested = slices.DeleteFunc(w.nested, func(n nesting) bool { return !groups[n.outer] })
	w.keep(func(s *strand) bool { return groups[s.group] }, func(group string) bool { return groups[group] })
}

// inside returns the groups that are wanted, and those that are inside them.
func (w *weave) inside(wanted func(string) bool) map[string]bool {
	out := map[string]bool{}
	for group := range w.access {
		out[group] = wanted(group)
	}
	for grown := true; grown; {
		grown = false
		for _, n := range w.nested {
			if out[n.outer] && !out[n.inner] {
				out[n.inner], grown = true, true
			}
		}
	}
	return out
}

// couldBe reports whether group is the name, as a rule writes it, of wanted.
func (w *weave) couldBe(group, wanted string) bool {
	made, ok := w.engine.Group(wanted)
	return ok && placeholder.MatchString(group) && w.madeAs[group] == w.nameOf(made.Rule, wanted)
}

func (w *weave) nameOf(rule, group string) string {
	for i := range w.engine.Policy().Rules {
		if r := &w.engine.Policy().Rules[i]; r.Name == rule {
			name, _ := r.NameOf(group)
			return name
		}
	}
	return ""
}

func (w *weave) reaches(group, target string) bool {
	return slices.ContainsFunc(w.access[group], func(e identity.Entitlement) bool { return e.Target == target })
}

// keepDepartment keeps what the people of a department get; where nobody is
// counted, what they may get.
func (w *weave) keepDepartment(name string) {
	w.mute = nil
	if w.places == nil {
		w.keep(func(s *strand) bool { return mayBeOf(home(w.engine, s.rule.Name), name) }, func(string) bool { return false })
		return
	}
	people := w.places.department(name)
	for i := range w.strands {
		w.strands[i].users = roaring.And(w.strands[i].users, people)
	}
	for i := range w.nested {
		w.nested[i].users = roaring.And(w.nested[i].users, people)
	}
	w.nested = slices.DeleteFunc(w.nested, func(n nesting) bool { return n.users.IsEmpty() })
	w.keep(func(s *strand) bool { return !s.users.IsEmpty() }, func(string) bool { return false })
}

// mayBeOf reports whether one of a rule's homes is in a department.
func mayBeOf(homes []place, department string) bool {
	return slices.ContainsFunc(homes, func(at place) bool {
		return at.department == department || at.department == anywhere.department
	})
}
