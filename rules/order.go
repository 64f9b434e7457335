package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// order is a sequence of rules in which each comes after those that give what it
// asks for; levels says, for each, how long the longest chain before it is.
type order struct{ rules, levels []int }

// givers finds the rules that give a group, directly or through groups in it.
type givers struct {
	policy *Policy
	byName map[string][]int
	makers []int
	inner  map[string][]string
	mu     sync.Mutex
	found  map[string][]int
}

func newGivers(p *Policy) *givers {
	g := &givers{policy: p, byName: map[string][]int{}, inner: map[string][]string{}, found: map[string][]int{}}
	for i := range p.Groups {
		g.inner[p.Groups[i].Name] = p.Groups[i].Contains
	}
	for i := range p.Rules {
		for _, n := range p.Rules[i].names {
			if n.made() {
				g.makers = append(g.makers, i)
			} else {
				g.byName[n.text] = append(g.byName[n.text], i)
			}
		}
	}
	return g
}

// of returns the rules that give group, ascending.
func (g *givers) of(group string) []int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.find(group)
}

func (g *givers) find(group string) []int {
	if rules, ok := g.found[group]; ok {
		return rules
	}
	g.found[group] = nil // a circle of groups has its own fault
	rules := g.directly(group)
	for _, inner := range g.inner[group] {
		rules = append(rules, g.find(inner)...)
	}
	slices.Sort(rules)
	g.found[group] = slices.Compact(rules)
	return g.found[group]
}

// directly returns the rules that give group themselves, ascending.
func (g *givers) directly(group string) []int {
	rules := slices.Clone(g.byName[group])
	for _, i := range g.makers {
		if g.policy.Rules[i].gives(group) {
			rules = append(rules, i)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// evaluationOrder sorts rules so that each comes after those that give what its
// inGroup asks for, and otherwise as written. If there is no such order it
// returns a circle, the first rule of which is repeated at the end.
func evaluationOrder(p *Policy, g *givers) (order, []int) {
	needs := make([][]int, len(p.Rules))
	for i := range p.Rules {
		for _, group := range slices.Concat(p.Rules[i].When.Groups, p.Rules[i].Except.Groups) {
			needs[i] = append(needs[i], g.of(group)...)
		}
	}
	v := visiting{needs: needs, state: make([]byte, len(needs)), level: make([]int, len(needs))}
	for i := range needs {
		if !v.visit(i) {
			return order{}, v.circle
		}
	}
	out := order{rules: v.done, levels: make([]int, len(v.done))}
	for at, i := range v.done {
		out.levels[at] = v.level[i]
	}
	return out, nil
}

// visiting is a walk along what rules need.
type visiting struct {
	needs              [][]int
	state              []byte // 0 new, 1 open, 2 done
	level              []int
	path, done, circle []int
}

func (v *visiting) visit(i int) bool {
	switch v.state[i] {
	case 1:
		v.circle = append(slices.Clone(v.path[slices.Index(v.path, i):]), i)
		return false
	case 2:
		return true
	}
	v.state[i] = 1
	v.path = append(v.path, i)
	for _, j := range v.needs[i] {
		if !v.visit(j) {
			return false
		}
		v.level[i] = max(v.level[i], v.level[j]+1)
	}
	v.path = v.path[:len(v.path)-1]
	v.state[i] = 2
	v.done = append(v.done, i)
	return true
}

// gives reports whether the rule gives group, to some users at least.
func (r *Rule) gives(group string) bool {
	return slices.ContainsFunc(r.names, func(n naming) bool { return n.matches(group) })
}

// describe says which rule waits for which through which group.
func (g *givers) describe(circle []int) string {
	all := g.policy.Rules
	var b strings.Builder
	b.WriteString("inGroup goes in a circle: rule " + all[circle[0]].Name)
	for i := 1; i < len(circle); i++ {
		asks, gives := &all[circle[i-1]], &all[circle[i]]
		for _, group := range slices.Concat(asks.When.Groups, asks.Except.Groups) {
			if slices.Contains(g.of(group), circle[i]) {
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
