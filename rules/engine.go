package rules

import (
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"

	"birthright/identity"
)

// Engine answers what a policy gives to whom. It never changes and is safe for
// concurrent use.
type Engine struct {
	policy *Policy
	lang   *language
	// rules are ordered so that a rule comes after those that give what its
	// inGroup asks for.
	rules  []program
	groups map[string]*Group
	// makers are the rules with placeholders in the names of their groups.
	makers []*Rule
	// subjects keeps the scratch space of evaluations.
	subjects sync.Pool
}

// program is a rule ready to run.
type program struct {
	rule         *Rule
	when, except cel.Program // except is nil where the rule has none
}

// Compile makes the engine of a policy that Load has checked.
func Compile(p *Policy) (*Engine, error) {
	e := &Engine{policy: p, lang: p.lang, groups: make(map[string]*Group, len(p.Groups))}
	for i := range p.Groups {
		e.groups[p.Groups[i].Name] = &p.Groups[i]
	}
	order, circle := evaluationOrder(p.Rules)
	if circle != nil {
		return nil, invalid("compile policy", fmt.Errorf("%s", describeCircle(p.Rules, circle)))
	}
	e.rules = make([]program, 0, len(order))
	for _, i := range order {
		compiled, err := e.program(&p.Rules[i])
		if err != nil {
			return nil, invalid("compile policy: rule "+p.Rules[i].Name, err)
		}
		e.rules = append(e.rules, compiled)
	}
	for i := range p.Rules {
		if slices.ContainsFunc(p.Rules[i].names, naming.made) {
			e.makers = append(e.makers, &p.Rules[i])
		}
	}
	e.subjects.New = func() any { return newSubject(e) }
	return e, nil
}

func (e *Engine) program(r *Rule) (program, error) {
	when, err := e.lang.program(r.When)
	if err != nil {
		return program{}, fmt.Errorf("when: %w", err)
	}
	p := program{rule: r, when: when}
	if !r.Except.IsZero() {
		if p.except, err = e.lang.program(r.Except); err != nil {
			return program{}, fmt.Errorf("except: %w", err)
		}
	}
	return p, nil
}

func (l *language) program(c Condition) (cel.Program, error) {
	return l.rule.Program(c.ast, cel.EvalOptions(cel.OptOptimize))
}

// Policy returns the policy that the engine was made of.
func (e *Engine) Policy() *Policy { return e.policy }

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
// one of its rules could make, and false for any other name.
func (e *Engine) Group(name string) (identity.Group, bool) {
	if g, ok := e.groups[name]; ok {
		return g.Group, true
	}
	for _, r := range e.makers {
		if slices.ContainsFunc(r.names, func(n naming) bool { return n.made() && n.matches(name) }) {
			return e.Made(name, r.Name), true
		}
	}
	return identity.Group{}, false
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
