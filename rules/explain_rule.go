package rules

import (
	"time"

	"birthright/identity"
	"birthright/rules/population"
)

// giving returns the rules that give group themselves, in the order of the policy.
func (e *Engine) giving(group string) []*program {
	var out []*program
	for _, i := range e.givers.directly(group) {
		out = append(out, e.byName[e.policy.Rules[i].Name])
	}
	return out
}

// barriers are what keeps the subject out whatever the rules say.
func (s *subject) barriers(group string) []Unmet {
	var out []Unmet
	if g, ok := s.engine.groups[group]; ok && g.NoStanding {
		out = append(out, Unmet{Clause: "standing: never", Position: g.Position.String()})
	}
	definition, _ := s.engine.Group(group)
	if state := s.user.State; state != identity.Active && !(state == identity.Staged && definition.Prehire) {
		out = append(out, Unmet{Clause: `user.state == "active"`, Reads: []Evidence{s.reading(population.Reading{Kind: population.State})}})
	}
	return out
}

// unmetBy returns the clauses of one rule that keep the subject out of group.
func (s *subject) unmetBy(p *program, group string) []Unmet {
	out := s.outOfForce(p.rule)
	for _, c := range conjuncts(p.rule.When.Source, p.when) {
		if s.judge(c.logic) != yes {
			out = append(out, s.failing(c))
		}
	}
	if !p.rule.Except.IsZero() {
		for _, c := range disjuncts(p.rule.Except.Source, p.except) {
			if s.judge(c.logic) != no {
				c.text = "except: " + c.text
				out = append(out, Unmet{Clause: c.text, Value: s.failure(c.logic), Reads: s.reads(c.logic)})
			}
		}
	}
	return append(out, s.unmetNames(p.rule, group)...)
}

// outOfForce says that a rule does not give anything yet, or any more.
func (s *subject) outOfForce(r *Rule) []Unmet {
	if r.inForce(s.world.At) {
		return nil
	}
	bound, at := "valid_from: ", r.ValidFrom
	if !s.world.At.Before(at) {
		bound, at = "valid_until: ", r.ValidUntil
	}
	now := Evidence{Attribute: "now", Value: s.world.At.UTC().Format(time.RFC3339)}
	return []Unmet{{Clause: bound + at.UTC().Format(time.RFC3339), Reads: []Evidence{now}}}
}

// failing is a clause of a when that does not hold.
func (s *subject) failing(c clause) Unmet {
	u := Unmet{Clause: c.text, Value: s.failure(c.logic), Reads: s.reads(c.logic)}
	if all := disjuncts(c.text, c.logic); len(all) > 1 {
		for _, side := range all {
			texts := []string{}
			for _, part := range conjuncts(side.text, side.logic) {
				if s.judge(part.logic) != yes {
					texts = append(texts, part.text)
				}
			}
			u.Either = append(u.Either, texts)
		}
	}
	return u
}

// failure says why logic cannot be answered, "" if it can.
func (s *subject) failure(n *logic) string {
	if s.judge(n) != fails {
		return ""
	}
	if n.op == opLeaf {
		if _, _, err := s.engine.leaves.all[n.leaf].program.Eval(s); err != nil {
			return "(error: " + err.Error() + ")"
		}
	}
	for _, arg := range n.args {
		if text := s.failure(arg); text != "" {
			return text
		}
	}
	return ""
}

// unmetNames says which other name the rule's placeholders make for the subject,
// unless one of them makes group.
func (s *subject) unmetNames(r *Rule, group string) []Unmet {
	var out []Unmet
	for i := range r.names {
		n := &r.names[i]
		if !n.matches(group) {
			continue
		}
		name, _ := n.render(&s.user)
		if name == group {
			return nil
		}
		u := Unmet{Clause: "groups: " + n.text, Value: name}
		for _, attribute := range n.reads {
			u.Reads = append(u.Reads, s.reading(placeholderReading(attribute)))
		}
		out = append(out, u)
	}
	return out
}
