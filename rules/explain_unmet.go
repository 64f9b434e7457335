package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/rules/population"
)

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
	// Reads is what the clause read, one by one.
	Reads []Read `json:"reads"`
	// Either lists, for a clause with ||, what fails of each of its sides.
	Either [][]string `json:"either"`
	// Group is the group within the one asked about that the rule gives; "" for
	// the one asked about.
	Group string `json:"through"`
	// Position is where the rule, or what else it is, stands.
	Position string `json:"position"`
}

// unmet is what keeps group from the subject: what no rule could change, then the
// rules that give it, then the same of groups within it.
func (s *subject) unmet(d Decision, group string) []Unmet {
	var out []Unmet
	given := false
	for _, name := range s.engine.within(group) {
		items, gives := s.unmetIn(name)
		given = given || gives
		items = append(append(s.barriers(name), s.refusal(d, name)...), items...)
		if name != group {
			items = through(name, items)
		}
		out = append(out, items...)
	}
	if !given {
		out = append(out, Unmet{Clause: fmt.Sprintf("no rule gives %q", group)})
	}
	return finished(out)
}

// unmetIn is what fails of the rules that give group themselves.
func (s *subject) unmetIn(group string) (out []Unmet, gives bool) {
	for _, p := range s.engine.giving(group) {
		gives = true
		items := s.unmetBy(p, group)
		for i := range items {
			items[i].Rule, items[i].Position = p.rule.Name, p.rule.Position.String()
		}
		out = append(out, items...)
	}
	return out, gives
}

// giving returns the rules that give group themselves, in the order of the policy.
func (e *Engine) giving(group string) []*program {
	var out []*program
	for i := range e.policy.Rules {
		if r := &e.policy.Rules[i]; r.gives(group) {
			out = append(out, e.byName[r.Name])
		}
	}
	return out
}

// within returns group and the groups that it contains, nearest first, each once.
func (e *Engine) within(group string) []string {
	return append([]string{group}, outward(group, e.givers.inner, nil)...)
}

func through(group string, items []Unmet) []Unmet {
	for i := range items {
		items[i].Group = group
	}
	return items
}

// barriers are what keeps the subject out whatever the rules say.
func (s *subject) barriers(group string) []Unmet {
	var out []Unmet
	if g, ok := s.engine.groups[group]; ok && g.NoStanding {
		out = append(out, Unmet{Clause: "standing: never", Position: g.Position.String()})
	}
	definition, _ := s.engine.Group(group)
	if state := s.user.State; state != identity.Active && !(state == identity.Staged && definition.Prehire) {
		out = append(out, Unmet{Clause: `user.state == "active"`, Reads: []Read{s.reading(population.Reading{Kind: population.State})}})
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
	now := Read{Attribute: "now", Value: s.world.At.UTC().Format(time.RFC3339)}
	return []Unmet{{Clause: bound + at.UTC().Format(time.RFC3339), Reads: []Read{now}}}
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

// finished fills in what follows from what was read.
func finished(all []Unmet) []Unmet {
	for i := range all {
		u := &all[i]
		if u.Reads == nil {
			u.Reads = []Read{}
		}
		if u.Either == nil {
			u.Either = [][]string{}
		}
		if !strings.HasPrefix(u.Clause, "groups: ") {
			u.Value = strings.TrimSpace(printed(u.Reads) + " " + u.Value)
		}
		if u.Source == "" {
			u.Source = SourcesOf(u.Reads)
		}
	}
	return all
}

// printed is the value of what was read, or name="value" of several.
func printed(reads []Read) string {
	if len(reads) == 1 {
		return reads[0].Value
	}
	parts := make([]string, len(reads))
	for i, r := range reads {
		parts[i] = fmt.Sprintf("%s=%q", r.Attribute, r.Value)
	}
	return strings.Join(parts, ", ")
}

// SourcesOf names who said what was read, each once.
func SourcesOf(reads []Read) string {
	var all []string
	for _, r := range reads {
		if r.Source != "" && !slices.Contains(all, r.Source) {
			all = append(all, r.Source)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
