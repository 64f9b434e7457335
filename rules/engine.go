package rules

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"birthright/identity"
	"birthright/rules/population"
)

// Engine answers what a policy gives to whom. It never changes and is safe for
// concurrent use. There are three ways to ask: Decide about one user, Who about
// one rule, and Everyone.
type Engine struct {
	policy *Policy
	lang   *language
	leaves leaves
	// rules are ordered so that a rule comes after those that give what its
	// inGroup asks for; levels are where those end that may be run side by side.
	rules  []program
	byName map[string]*program
	levels []int
	index  index
	code   code
	groups map[string]*Group
	// ranks are the places of the groups in the order of their names, from 1.
	ranks map[string]int
	// makers are the rules with placeholders in the names of their groups.
	makers []*Rule
	givers *givers
	// around holds, by group, the groups that contain it, directly or not.
	around map[string][]string
	direct map[string][]string // only those that contain it directly
	// containers are the groups that contain others, inner ones first.
	containers []*Group
	// apart holds the constraints that are enforced, by each of their groups.
	apart map[string][]*Constraint
	// exclusions are those of single users, by name without letter case.
	exclusions map[string][]*Exclusion
	// properties are the conditions of the policy's properties.
	properties []*logic
	// ending reports whether some rule has an end, passes whether the clock alone
	// may end what some rule gives.
	ending, passes bool
	// subjects keeps the scratch space of evaluations.
	subjects sync.Pool
}

// program is a rule ready to run.
type program struct {
	rule         *Rule
	when, except *logic // except is never where there is none
	logic        *logic // when, and not except
	// passing is set where the clock alone may end what the rule gives: it asks
	// for a shift or a ticket, or for a group that comes from one.
	passing bool
	level   int
	// bounded is set where the rule has a beginning or an end.
	bounded bool
	// cause is the rule as the only cause, and byName its place among the names of
	// the rules.
	cause  []identity.Cause
	byName int
	gives  []giving
}

// giving is one group that a rule gives.
type giving struct {
	naming *naming
	name   string
	// group and rank are of a group that the policy spells out, nil and 0 else.
	group *Group
	rank  int
}

// inForce reports whether the rule is valid at an instant.
func (p *program) inForce(at time.Time) bool { return !p.bounded || p.rule.inForce(at) }

// Compile makes the engine of a policy that Load has checked.
func Compile(p *Policy) (*Engine, error) {
	e := &Engine{policy: p, lang: p.lang, groups: make(map[string]*Group, len(p.Groups))}
	for i := range p.Groups {
		e.groups[p.Groups[i].Name] = &p.Groups[i]
	}
	e.ranks = make(map[string]int, len(p.Groups))
	for i, name := range e.GroupNames() {
		e.ranks[name] = i + 1
	}
	e.nest()
	e.keepApart()
	e.givers = newGivers(p)
	order, circle := evaluationOrder(p, e.givers)
	if circle != nil {
		return nil, invalid("compile policy", fmt.Errorf("%s", e.givers.describe(circle)))
	}
	e.rules = make([]program, 0, len(order.rules))
	for at, i := range order.rules {
		compiled, err := e.program(&p.Rules[i])
		if err != nil {
			return nil, invalid("compile policy: rule "+p.Rules[i].Name, err)
		}
		compiled.level = order.levels[at]
		e.rules = append(e.rules, compiled)
	}
	e.byName = make(map[string]*program, len(e.rules))
	slices.SortStableFunc(e.rules, func(a, b program) int { return a.level - b.level })
	for i := range e.rules {
		if i+1 == len(e.rules) || e.rules[i+1].level != e.rules[i].level {
			e.levels = append(e.levels, i+1)
		}
		r := e.rules[i].rule
		e.byName[r.Name] = &e.rules[i]
		e.passes = e.passes || e.rules[i].passing
		e.ending = e.ending || !r.ValidUntil.IsZero()
	}
	if err := e.compileProperties(); err != nil {
		return nil, err
	}
	for i := range e.rules {
		e.code.add(e.rules[i].logic)
	}
	for i, name := range sortedKeys(e.byName) {
		p := e.byName[name]
		p.byName, p.cause = i, []identity.Cause{{Kind: identity.CauseRule, Name: name}}
	}
	e.index = newIndex(e.rules, &e.leaves)
	for i := range p.Rules {
		if slices.ContainsFunc(p.Rules[i].names, naming.made) {
			e.makers = append(e.makers, &p.Rules[i])
		}
	}
	e.subjects.New = func() any { return newSubject(e) }
	return e, nil
}

func (e *Engine) program(r *Rule) (program, error) {
	when, err := e.dissect(r.When)
	if err != nil {
		return program{}, fmt.Errorf("when: %w", err)
	}
	except, err := e.dissect(r.Except)
	if err != nil {
		return program{}, fmt.Errorf("except: %w", err)
	}
	p := program{rule: r, when: when, except: except, logic: when}
	if !r.Except.IsZero() {
		// An except that fails takes out: what is not known not to be the
		// exception is treated as one.
		p.logic = all(when, not(except))
	}
	p.bounded = !r.ValidFrom.IsZero() || !r.ValidUntil.IsZero()
	for i := range r.names {
		to := giving{naming: &r.names[i], name: r.names[i].text}
		if !to.naming.made() {
			to.group, to.rank = e.groups[to.name], e.ranks[to.name]
		}
		p.gives = append(p.gives, to)
	}
	for _, c := range []Condition{r.When, r.Except} {
		p.passing = p.passing || len(c.Schedules)+len(c.Queues)+len(c.Groups) > 0
	}
	return p, nil
}

// Policy returns the policy that the engine was made of.
func (e *Engine) Policy() *Policy { return e.policy }

// Readings returns what the policy reads of people: what a population must keep
// for Who and Everyone.
func (e *Engine) Readings() []population.Reading {
	var out []population.Reading
	for i := range e.leaves.all {
		l := &e.leaves.all[i]
		switch {
		case l.kind == leafFree:
			out = append(out, l.reads...)
		case l.kind == leafReportsTo:
			out = append(out, managerReading)
		case !l.fact():
			out = append(out, l.reading)
		}
	}
	for i := range e.policy.Rules {
		for _, n := range e.policy.Rules[i].names {
			for _, attribute := range n.reads {
				out = append(out, placeholderReading(attribute))
			}
		}
	}
	if len(e.exclusions) > 0 {
		out = append(out, loginReading)
	}
	slices.SortFunc(out, population.Compare)
	return slices.Compact(out)
}

// GroupNames returns the names of the groups that the policy spells out, sorted.
func (e *Engine) GroupNames() []string {
	names := make([]string, 0, len(e.policy.Groups))
	for _, g := range e.policy.Groups {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return names
}

// Group returns the definition of a group that the policy spells out, or that
// one of its rules could make, or of an entitlement that may be asked for by
// itself, and false for any other name.
func (e *Engine) Group(name string) (identity.Group, bool) {
	if g, ok := e.groups[name]; ok {
		return g.Group, true
	}
	for _, r := range e.makers {
		if slices.ContainsFunc(r.names, func(n naming) bool { return n.made() && n.matches(name) }) {
			return e.Made(name, r.Name), true
		}
	}
	return e.single(name)
}

// Made returns the group called name that rule makes: what the first template
// that matches it says, or a bare group. A group that the policy spells out is
// returned as spelled out.
func (e *Engine) Made(name, rule string) identity.Group {
	if g, ok := e.groups[name]; ok {
		return g.Group
	}
	for i := range e.policy.Templates {
		if g, ok := e.policy.Templates[i].group(name, rule); ok {
			return g
		}
	}
	return identity.Group{Name: name, Rule: rule}
}

func invalid(op string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: op, Err: err}
}
