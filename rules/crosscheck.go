package rules

import (
	"fmt"
	"slices"
	"strings"

	"birthright/internal/strictyaml"
)

// crossCheck checks what names what, once everything is known.
func (l *loader) crossCheck(files []*source) {
	for _, s := range files {
		for i, e := range s.doc.Groups {
			path := strictyaml.Index("groups", i)
			l.owners(s, strictyaml.Join(path, "owners"), e.Owners)
			l.approvers(s, path, e.Request)
		}
		for i, e := range s.doc.Rules {
			path := strictyaml.Index("rules", i)
			if e.Owner != "" {
				l.owner(s, strictyaml.Join(path, "owner"), e.Owner)
			}
			l.given(s, strictyaml.Join(path, "groups"), e.Groups)
			l.asked(s, strictyaml.Join(path, "when"), e.When)
			l.asked(s, strictyaml.Join(path, "except"), e.Except)
		}
		for i, e := range s.doc.Templates {
			path := strictyaml.Index("templates", i)
			l.templateOwners(s, strictyaml.Join(path, "owners"), e.Owners)
			l.approvers(s, path, e.Request)
		}
		for i, e := range s.doc.Constraints {
			l.references(s, strictyaml.Join(strictyaml.Index("constraints", i), "conflict"), e.Conflict)
		}
		for i, e := range s.doc.Tests {
			path := strictyaml.Index("tests", i)
			l.references(s, strictyaml.Join(path, "gets"), e.Gets)
			l.references(s, strictyaml.Join(path, "lacks"), e.Lacks)
		}
	}
	l.ownerCircles(files)
	l.ruleCircles()
}

// known reports whether the policy spells group out or a rule could make it.
func (l *loader) known(group string) bool {
	if _, ok := l.seen["group "+group]; ok {
		return true
	}
	return l.givenBy(group, true)
}

// givenBy reports whether a rule gives group; only rules that make names count
// if made is set.
func (l *loader) givenBy(group string, made bool) bool {
	for i := range l.policy.Rules {
		for _, n := range l.policy.Rules[i].names {
			if (n.made() || !made) && n.matches(group) {
				return true
			}
		}
	}
	return false
}

func (l *loader) groupNames() []string {
	var names []string
	for _, g := range l.policy.Groups {
		names = append(names, g.Name)
	}
	return names
}

// maxSuggestions bounds the search for near names in a file that is all wrong.
const maxSuggestions = 100

func (l *loader) undefined(s *source, path, group string) {
	hint := ""
	if len(l.faults) < maxSuggestions {
		hint = didYouMean("", group, l.groupNames())
	}
	l.fault(s, path, "undefined group %q%s: define it under groups", group, hint)
}

func (l *loader) references(s *source, path string, groups []string) {
	for i, group := range groups {
		if !l.known(group) {
			l.undefined(s, strictyaml.Index(path, i), group)
		}
	}
}

// given checks the groups of a rule: defined, and open to rules.
func (l *loader) given(s *source, path string, groups []string) {
	for i, text := range groups {
		n, err := parseNaming(text)
		if err != nil || n.made() {
			continue
		}
		at := strictyaml.Index(path, i)
		if _, ok := l.seen["group "+text]; !ok {
			l.undefined(s, at, text)
			continue
		}
		if where, ok := l.noStanding[text]; ok {
			l.fault(s, at, "no rule may give group %q: it says standing: never, at %s:%d", text, where.File, where.Line)
		}
	}
}

// asked checks the groups that a condition asks for with inGroup.
func (l *loader) asked(s *source, path string, x expression) {
	for _, group := range l.conditions[conditionKey{x.source, false}].condition.Groups {
		switch {
		case !l.known(group):
			l.undefined(s, path, group)
		case !l.givenBy(group, false):
			l.fault(s, path, "inGroup(%q) can never hold: no rule gives that group, and grants do not count here", group)
		}
	}
}

func (l *loader) owners(s *source, path string, owners []string) {
	for i, owner := range owners {
		l.owner(s, strictyaml.Index(path, i), owner)
	}
}

// owner checks user:NAME, group:NAME and manager, which is the member's own.
func (l *loader) owner(s *source, path, owner string) {
	if owner == "manager" {
		return
	}
	kind, name, _ := strings.Cut(owner, ":")
	switch {
	case name == "" || (kind != "user" && kind != "group"):
		l.fault(s, path, "%q is not an owner: write user:NAME, group:NAME or manager", owner)
	case kind == "group" && !l.known(name):
		l.undefined(s, path, name)
	}
}

// templateOwners checks owners that may have placeholders; which group one of
// those will name is not known yet.
func (l *loader) templateOwners(s *source, path string, owners []string) {
	for i, owner := range owners {
		if strings.HasPrefix(owner, "group:") && strings.Contains(owner, "{") {
			continue
		}
		l.owner(s, strictyaml.Index(path, i), owner)
	}
}

// approvers checks who approves requests, and whom their conditions ask about.
func (l *loader) approvers(s *source, path string, r *requestEntry) {
	if r == nil {
		return
	}
	for key, x := range map[string]expression{"allow": r.Allow, "auto_approve": r.AutoApprove} {
		l.references(s, strictyaml.Join(strictyaml.Join(path, "request"), key), l.conditions[conditionKey{x.source, true}].condition.Groups)
	}
	for i, stage := range r.Approve {
		if stage.By != "" && stage.By != "owners" {
			at := strictyaml.Index(strictyaml.Join(strictyaml.Join(path, "request"), "approve"), i)
			l.owner(s, strictyaml.Join(at, "by"), stage.By)
		}
	}
}

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
