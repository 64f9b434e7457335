package rules

import (
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// Reach is whom a rule is about: clause by clause, and what comes of it.
type Reach struct {
	Rule    *Rule
	InForce bool
	// Clauses are those of when, in the order of the text. Except is nil where
	// there is none.
	Clauses []ClauseReach
	Except  *ClauseReach
	// Holds are the active people of whom the rule holds, whatever keeps its groups
	// from some of them. Shifts and tickets are counted as they are now.
	Holds *roaring.Bitmap
	// Groups are the groups that somebody is in because of the rule, by name.
	Groups []GroupReach
}

// ClauseReach is of how many people one clause holds.
type ClauseReach struct {
	Text  string
	Holds int
	// Left is of how many it and all clauses before it hold.
	Left int
	// Each is set where it is asked about one person after the other: it compares
	// several things, or looks at all attributes.
	Each bool
}

// GroupReach is how many people a rule gives a group.
type GroupReach struct {
	Group string
	Gets  int
}

// Reach tells whom a rule is about in a population, and false where there is no
// such rule. everyone is what Everyone or Groups says of its groups.
func (e *Engine) Reach(rule string, pop *population.Population, w World, everyone *Everyone) (Reach, bool) {
	p, ok := e.byName[rule]
	if !ok {
		return Reach{}, false
	}
	c := e.crowd(pop, w)
	needs := e.needed(slices.Concat(p.rule.When.Groups, p.rule.Except.Groups))
	c.run(func(q *program) bool { return needs[q.rule.Name] })
	out := Reach{Rule: p.rule, InForce: p.inForce(c.world.At)}
	left := c.all
	for _, clause := range conjuncts(p.rule.When.Source, p.when) {
		holds := c.holdingNow(clause.logic)
		left = roaring.And(left, holds)
		out.Clauses = append(out.Clauses, e.clauseReach(clause.text, clause.logic, holds, left))
	}
	if !p.rule.Except.IsZero() {
		taken := roaring.AndNot(c.all, c.holdingNow(not(p.except)))
		reach := e.clauseReach(strings.TrimSpace(p.rule.Except.Source), p.except, taken, roaring.AndNot(left, taken))
		out.Except = &reach
	}
	out.Holds = nobody
	if out.InForce {
		out.Holds = c.holdingNow(p.logic)
	}
	out.Groups = everyone.because(identity.Cause{Kind: identity.CauseRule, Name: rule})
	return out, true
}

// Holding returns the active people of whom a rule holds at this moment, shifts and
// tickets included, and false where there is no such rule. The set must not be changed.
func (e *Engine) Holding(rule string, pop *population.Population, w World) (*roaring.Bitmap, bool) {
	p, ok := e.byName[rule]
	if !ok {
		return nobody, false
	}
	c := e.crowd(pop, w)
	if !p.inForce(c.world.At) {
		return nobody, true
	}
	needs := e.needed(slices.Concat(p.rule.When.Groups, p.rule.Except.Groups))
	c.run(func(q *program) bool { return needs[q.rule.Name] })
	return c.holdingNow(p.logic), true
}

func (e *Engine) clauseReach(text string, n *logic, holds, left *roaring.Bitmap) ClauseReach {
	return ClauseReach{Text: text, Holds: int(holds.GetCardinality()), Left: int(left.GetCardinality()), Each: e.asksEach(n)}
}

// asksEach reports whether some leaf of n is asked about one person after the other.
func (e *Engine) asksEach(n *logic) bool {
	return n.op == opLeaf && e.leaves.all[n.leaf].kind == leafFree || slices.ContainsFunc(n.args, e.asksEach)
}

// holdingNow is holding with shifts and tickets: whom these concern is asked.
func (c *crowd) holdingNow(n *logic) *roaring.Bitmap {
	out := c.holding(n, nil)
	if !c.e.asksPassing(n) {
		return out
	}
	out = out.Clone()
	for _, userN := range c.world.Facts.Concerned() {
		u := uint32(userN)
		if !c.all.Contains(u) {
			continue
		}
		s := c.e.subject(c.pop.User(u), c.world)
		s.inGroup = func(group string) bool { return c.groups[group] != nil && c.groups[group].Contains(u) }
		if s.judge(n) == yes {
			out.Add(u)
		} else {
			out.Remove(u)
		}
		s.release()
	}
	return out
}

// asksPassing reports whether some leaf of n asks for a shift or a ticket.
func (e *Engine) asksPassing(n *logic) bool {
	if n.op == opLeaf {
		l := &e.leaves.all[n.leaf]
		return l.passing() || slices.ContainsFunc(l.asks, func(f fact) bool { return f.kind == leafOnCall || f.kind == leafHasTicket })
	}
	return slices.ContainsFunc(n.args, e.asksPassing)
}

// because returns how many people are in which group because of a cause.
func (x *Everyone) because(cause identity.Cause) []GroupReach {
	out := []GroupReach{}
	for i := range x.Holdings {
		for _, c := range x.Holdings[i].Causes {
			if c.Cause == cause {
				out = append(out, GroupReach{x.Holdings[i].Group, int(c.Users.GetCardinality())})
			}
		}
	}
	return out
}

// RulesGiving returns the rules that give a group themselves, in the order of the
// policy.
func (e *Engine) RulesGiving(group string) []string {
	var names []string
	for _, p := range e.giving(group) {
		names = append(names, p.rule.Name)
	}
	return names
}

// Rule returns the rule of a name, false where there is none.
func (e *Engine) Rule(name string) (*Rule, bool) {
	p, ok := e.byName[name]
	if !ok {
		return nil, false
	}
	return p.rule, true
}

// RuleNames returns the names of the rules, sorted.
func (e *Engine) RuleNames() []string { return sortedKeys(e.byName) }
