package rules

import (
	"fmt"
	"slices"
	"strings"

	"birthright/internal/strictyaml"
)

// ownerCircles finds groups that own each other: each could let the other in. A
// group that owns itself is fine: its members decide who joins them.
func (l *loader) ownerCircles(files []*source) {
	l.circle(files, "owners", func(g *Group) []string {
		var owners []string
		for _, owner := range g.Owners {
			if name, ok := strings.CutPrefix(owner, "group:"); ok && name != g.Name {
				owners = append(owners, name)
			}
		}
		return owners
	}, func(circle []string) string {
		return fmt.Sprintf("groups own each other in a circle: %s: let a person or a group outside own one of them", strings.Join(circle, " ← "))
	})
}

// groupCircles finds groups that contain each other, and reports whether there are any.
func (l *loader) groupCircles(files []*source) bool {
	return l.circle(files, "contains", func(g *Group) []string { return g.Contains }, func(circle []string) string {
		return fmt.Sprintf("groups contain each other in a circle: %s: take one of them out of another's contains", strings.Join(circle, " ∋ "))
	})
}

// circle finds groups that lead to each other by what next says, and notes it as
// a fault of the key of the first one.
func (l *loader) circle(files []*source, key string, next func(*Group) []string, describe func([]string) string) bool {
	lead := map[string][]string{}
	var names []string
	for i := range l.policy.Groups {
		g := &l.policy.Groups[i]
		names = append(names, g.Name)
		lead[g.Name] = append(lead[g.Name], next(g)...)
	}
	circle := findCircle(names, lead)
	if circle == nil {
		return false
	}
	for _, s := range files {
		for i, e := range s.doc.Groups {
			if e.Name == circle[0] {
				l.fault(s, strictyaml.Join(strictyaml.Index("groups", i), key), "%s", describe(circle))
				return true
			}
		}
	}
	return true
}

// ruleCircles finds rules that wait for each other through inGroup.
func (l *loader) ruleCircles() {
	g := newGivers(l.policy)
	_, circle := evaluationOrder(l.policy, g)
	if circle == nil {
		return
	}
	at := l.policy.Rules[circle[0]].Position
	l.faults = append(l.faults, strictyaml.Fault{File: at.File, Line: at.Line, Column: at.Column, Message: g.describe(circle)})
}

// findCircle returns a circle of names, the first repeated at the end, or nil.
func findCircle(names []string, next map[string][]string) []string {
	done := map[string]bool{}
	var path []string
	var visit func(string) []string
	visit = func(name string) []string {
		if i := slices.Index(path, name); i >= 0 {
			return append(slices.Clone(path[i:]), name)
		}
		if done[name] {
			return nil
		}
		path = append(path, name)
		for _, n := range next[name] {
			if c := visit(n); c != nil {
				return c
			}
		}
		path = path[:len(path)-1]
		done[name] = true
		return nil
	}
	for _, name := range names {
		if c := visit(name); c != nil {
			return c
		}
	}
	return nil
}
