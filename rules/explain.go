package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"birthright/identity"
)

// Explanation says why a user holds a group by birthright, or why not.
type Explanation struct {
	Group string `json:"group"`
	Held  bool   `json:"held"`
	// Causes are the rules that give it, when it is held.
	Causes []identity.Cause `json:"causes"`
	// Unmet is what stands in the way, when it is not held: first what no rule
	// could change, then rule by rule in the order of the policy.
	Unmet []Unmet `json:"unmet"`
}

// Unmet is one clause that would have to be otherwise.
type Unmet struct {
	// Rule is the rule that the clause belongs to; "" for what holds for all.
	Rule string `json:"rule"`
	// Clause is the text of the clause. "except: …" is a condition that takes
	// the user out, "groups: …" a name that is another one for this user.
	Clause string `json:"clause"`
	// Value is what the clause read: the value, or name="value" for several.
	Value string `json:"value"`
	// Source is the source, or the sources, that the values came from.
	Source string `json:"source"`
}

// Explain says why u is in group, or what keeps u out of it.
func (e *Engine) Explain(u identity.User, w World, group string) Explanation {
	s := e.subject(u, w)
	defer s.release()
	x := Explanation{Group: group, Causes: []identity.Cause{}, Unmet: []Unmet{}}
	if mayHold(u.State) {
		d := s.decide()
		if at, found := findMembership(d.Memberships, group); found {
			x.Held, x.Causes = true, d.Memberships[at].Causes
		}
	}
	if !x.Held {
		x.Unmet = e.unmet(s, group)
	}
	return x
}

func (e *Engine) unmet(s *subject, group string) []Unmet {
	out := e.barriers(&s.user, group)
	given := false
	for i := range e.policy.Rules {
		r := &e.policy.Rules[i]
		if !r.gives(group) {
			continue
		}
		given = true
		out = append(out, e.unmetBy(s, r, group)...)
	}
	if !given {
		out = append(out, Unmet{Clause: fmt.Sprintf("no rule gives %q", group)})
	}
	return out
}

// barriers are what keeps a user out whatever the rules say.
func (e *Engine) barriers(u *identity.User, group string) []Unmet {
	var out []Unmet
	if g, ok := e.groups[group]; ok && g.NoStanding {
		out = append(out, Unmet{Clause: "standing: never"})
	}
	definition, _ := e.Group(group)
	if u.State != identity.Active && !(u.State == identity.Staged && definition.Prehire) {
		out = append(out, Unmet{Clause: `user.state == "active"`, Value: string(u.State), Source: origin(u, identity.AttrActive)})
	}
	return out
}

// unmetBy returns the clauses of one rule that keep the subject out of group.
func (e *Engine) unmetBy(s *subject, r *Rule, group string) []Unmet {
	var out []Unmet
	for _, clause := range e.lang.split(r.When) {
		if ok, value := e.try(s, clause); !ok {
			out = append(out, Unmet{Rule: r.Name, Clause: clause.Source, Value: value, Source: origins(&s.user, clause)})
		}
	}
	if !r.Except.IsZero() {
		p, err := e.lang.program(r.Except)
		if err == nil {
			if run(p, s) == no {
				return append(out, unmetNames(&s.user, r, group)...)
			}
		}
		out = append(out, Unmet{
			Rule: r.Name, Clause: "except: " + strings.TrimSpace(r.Except.Source),
			Value: withError(e.values(s, r.Except), err), Source: origins(&s.user, r.Except),
		})
	}
	return append(out, unmetNames(&s.user, r, group)...)
}

// unmetNames says which other name the rule's placeholders make for u, unless
// one of them makes group.
func unmetNames(u *identity.User, r *Rule, group string) []Unmet {
	var out []Unmet
	for _, n := range r.names {
		if !n.matches(group) {
			continue
		}
		name, _ := n.render(u)
		if name == group {
			return nil
		}
		read := Condition{Attributes: n.reads}
		out = append(out, Unmet{Rule: r.Name, Clause: "groups: " + n.text, Value: name, Source: origins(u, read)})
	}
	return out
}

// split compiles the clauses of a condition one by one. Should the text not come
// apart cleanly, the condition is one clause.
func (l *language) split(c Condition) []Condition {
	var out []Condition
	for _, text := range clauses(c.Source) {
		clause, issues := l.compile(l.rule, text)
		if len(issues) > 0 {
			return []Condition{c}
		}
		out = append(out, clause)
	}
	return out
}

// try evaluates a clause; where it does not hold, it says what it read.
func (e *Engine) try(s *subject, clause Condition) (bool, string) {
	p, err := e.lang.program(clause)
	if err == nil {
		var value ref.Val
		if value, _, err = p.Eval(s); err == nil && value == types.True {
			return true, ""
		}
	}
	return false, withError(e.values(s, clause), err)
}

func withError(value string, err error) string {
	if err == nil {
		return value
	}
	return strings.TrimSpace(value + " (error: " + err.Error() + ")")
}

// values prints what a condition read: attributes first, then facts.
func (e *Engine) values(s *subject, c Condition) string {
	var names, values []string
	add := func(name, value string) {
		names, values = append(names, name), append(values, value)
	}
	for _, name := range c.Attributes {
		add(name, valueOf(&s.user, name))
	}
	ask := func(function string, answer func(string) bool, arguments []string) {
		for _, a := range arguments {
			add(fmt.Sprintf("%s(%q)", function, a), fmt.Sprint(answer(a)))
		}
	}
	ask(funcOnCall, func(name string) bool { return s.world.Facts.OnCall(s.user, name, s.world.At) }, c.Schedules)
	ask(funcHasTicket, func(name string) bool { return s.world.Facts.HasTicket(s.user, name, s.world.At) }, c.Queues)
	ask(funcInGroup, s.holds, c.Groups)
	ask(funcReportsTo, func(name string) bool { return s.world.Facts.ReportsTo(s.user, name) }, c.Managers)
	if len(values) == 1 {
		return values[0]
	}
	for i := range values {
		values[i] = fmt.Sprintf("%s=%q", names[i], values[i])
	}
	return strings.Join(values, ", ")
}

// valueOf prints the value of what Condition.Attributes names.
func valueOf(u *identity.User, name string) string {
	switch name {
	case "state":
		return string(u.State)
	case "groups":
		return strings.Join(u.Groups, ", ")
	case "attributes", "values":
		var all []string
		for _, attribute := range u.Attributes.Names() {
			all = append(all, attribute+"="+strings.Join(u.Attributes[attribute], "|"))
		}
		return strings.Join(all, ", ")
	}
	if custom, ok := strings.CutPrefix(name, "values."); ok {
		return strings.Join(u.Attributes[custom], ", ")
	}
	return attributeOf(u, name)
}

// origins names the sources of what a condition read, each once.
func origins(u *identity.User, c Condition) string {
	var out []string
	for _, name := range c.Attributes {
		name = strings.TrimPrefix(strings.TrimPrefix(name, "attributes."), "values.")
		if name == "state" {
			name = identity.AttrActive
		}
		if from := origin(u, name); from != "" && !slices.Contains(out, from) {
			out = append(out, from)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func origin(u *identity.User, attribute string) string { return u.Origins[attribute] }

// program makes CEL's own program of a condition: what the logic is held against.
func (l *language) program(c Condition) (cel.Program, error) { return l.plan(c.ast.NativeRep()) }
