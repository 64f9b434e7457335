package graph

import (
	"errors"
	"slices"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// check refuses filters that name what is not there.
func (w *weave) check(o Options) error {
	_, group := w.engine.Group(o.Group)
	for _, f := range []struct {
		what, name string
		known      func() []string
		found      bool
	}{
		{"group", o.Group, w.engine.GroupNames, group},
		{"rule", o.Rule, w.ruleNames, false},
		{"department", o.Department, w.departments, false},
		{"target", o.Target, w.targets, false},
	} {
		if known := f.known(); f.name != "" && !f.found && !slices.Contains(known, f.name) {
			return unknown(f.what, f.name, known)
		}
	}
	return nil
}

func unknown(what, name string, known []string) error {
	err := &identity.Error{Kind: identity.NotFound, Op: "draw " + what, Object: name, Err: errors.New("there is no such " + what)}
	if near := strictyaml.Nearest(name, known); near != "" {
		err.Hint = "did you mean " + near + "?"
	}
	return err
}

func (w *weave) ruleNames() []string {
	var out []string
	for i := range w.engine.Policy().Rules {
		out = append(out, w.engine.Policy().Rules[i].Name)
	}
	return out
}

// departments are those that people are in, or that rules ask for.
func (w *weave) departments() []string {
	if w.places != nil {
		return w.places.names()
	}
	var out []string
	for _, rule := range w.ruleNames() {
		for _, at := range home(w.engine, rule) {
			if at.department != anywhere.department {
				out = append(out, at.department)
			}
		}
	}
	return out
}

// targets are those that some group has access to.
func (w *weave) targets() []string {
	var out []string
	for _, access := range w.access {
		for _, e := range access {
			out = append(out, e.Target)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
