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
	owners := map[string][]string{}
	var names []string
	for _, g := range l.policy.Groups {
		names = append(names, g.Name)
		for _, owner := range g.Owners {
			if name, ok := strings.CutPrefix(owner, "group:"); ok && name != g.Name {
				owners[g.Name] = append(owners[g.Name], name)
			}
		}
	}
	circle := findCircle(names, owners)
	if circle == nil {
		return
	}
	for _, s := range files {
		for i, e := range s.doc.Groups {
			if e.Name == circle[0] {
				l.fault(s, strictyaml.Join(strictyaml.Index("groups", i), "owners"),
					"groups own each other in a circle: %s: let a person or a group outside own one of them", strings.Join(circle, " ← "))
				return
			}
		}
	}
}

// ruleCircles finds rules that wait for each other through inGroup.
func (l *loader) ruleCircles() {
	_, circle := evaluationOrder(l.policy.Rules)
	if circle == nil {
		return
	}
	at := l.policy.Rules[circle[0]].Position
	l.faults = append(l.faults, strictyaml.Fault{File: at.File, Line: at.Line, Column: at.Column, Message: describeCircle(l.policy.Rules, circle)})
}

// evaluationOrder sorts rules so that each comes after those that give what its
// inGroup asks for, and otherwise as written. If there is no such order it
// returns a circle, the first rule of which is repeated at the end.
func evaluationOrder(all []Rule) (order, circle []int) {
	needs := make([][]int, len(all))
	for i := range all {
		for _, group := range slices.Concat(all[i].When.Groups, all[i].Except.Groups) {
			for j := range all {
				if all[j].gives(group) {
					needs[i] = append(needs[i], j)
				}
			}
		}
	}
	state := make([]byte, len(all)) // 0 new, 1 open, 2 done
	var path []int
	var visit func(int) bool
	visit = func(i int) bool {
		switch state[i] {
		case 1:
			circle = append(slices.Clone(path[slices.Index(path, i):]), i)
			return false
		case 2:
			return true
		}
		state[i] = 1
		path = append(path, i)
		for _, j := range needs[i] {
			if !visit(j) {
				return false
			}
		}
		path = path[:len(path)-1]
		state[i] = 2
		order = append(order, i)
		return true
	}
	for i := range all {
		if !visit(i) {
			return nil, circle
		}
	}
	return order, nil
}

// gives reports whether the rule gives group, to some users at least.
func (r *Rule) gives(group string) bool {
	return slices.ContainsFunc(r.names, func(n naming) bool { return n.matches(group) })
}

// describeCircle says which rule waits for which through which group.
func describeCircle(all []Rule, circle []int) string {
	var b strings.Builder
	b.WriteString("inGroup goes in a circle: rule " + all[circle[0]].Name)
	for i := 1; i < len(circle); i++ {
		asks, gives := &all[circle[i-1]], &all[circle[i]]
		for _, group := range slices.Concat(asks.When.Groups, asks.Except.Groups) {
			if gives.gives(group) {
				fmt.Fprintf(&b, " needs group %s, which rule %s gives", group, gives.Name)
				break
			}
		}
		if i+1 < len(circle) {
			b.WriteString(", which")
		}
	}
	return b.String() + ": take one inGroup out"
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
