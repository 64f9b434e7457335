package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
)

// Reason is one cause of a membership and what stands behind it.
type Reason struct {
	identity.Cause
	// Description and Position are what the policy says of the rule and where.
	Description string `json:"description"`
	Position    string `json:"position"`
	// Reads is what the conditions of the rule looked at.
	Reads []Evidence `json:"reads"`
	// EndsAt is when the rule ends; nil for never.
	EndsAt *time.Time `json:"ends_at"`
	// Behind are the causes of the inner group, where that is the cause.
	Behind []Reason `json:"behind"`
}

// reasons goes behind the causes of m.
func (s *subject) reasons(memberships []identity.Membership, m *identity.Membership) []Reason {
	out := make([]Reason, 0, len(m.Causes))
	for _, c := range m.Causes {
		r := Reason{Cause: c, Reads: []Evidence{}, Behind: []Reason{}}
		switch c.Kind {
		case identity.CauseRule:
			p := s.engine.byName[c.Name]
			r.Description, r.Position = p.rule.Description, p.rule.Position.String()
			r.Reads, r.EndsAt = s.reads(p.when, p.except), instantOf(p.rule.ValidUntil)
		case identity.CauseGroup:
			if at, found := findMembership(memberships, c.Name); found {
				r.Behind = s.reasons(memberships, &memberships[at])
			}
		}
		out = append(out, r)
	}
	return out
}

// rulesBehind returns the rules that give group or a group within it.
func (s *subject) rulesBehind(memberships []identity.Membership, group string) []string {
	at, found := findMembership(memberships, group)
	if !found {
		return nil
	}
	var out []string
	for _, c := range memberships[at].Causes {
		switch c.Kind {
		case identity.CauseRule:
			out = append(out, c.Name)
		case identity.CauseGroup:
			out = append(out, s.rulesBehind(memberships, c.Name)...)
		}
	}
	return sortedSet(out)
}

// first is the rule that comes first in the policy.
func (e *Engine) first(rules []string) string {
	return slices.MinFunc(rules, func(a, b string) int { return e.byName[a].rule.order - e.byName[b].rule.order })
}

// earlier reports whether one of rules comes before another rule.
func (e *Engine) earlier(rules []string, other string) bool {
	return e.byName[e.first(rules)].rule.order < e.byName[other].rule.order
}

// end is when a membership ends by the clock, and why.
func (s *subject) end(d Decision, at int) (*time.Time, string) {
	s.ends(&d)
	m := &d.Memberships[at]
	if m.EndsAt.IsZero() {
		return nil, ""
	}
	var why []string
	for _, name := range s.rulesBehind(d.Memberships, m.Group) {
		if s.engine.byName[name].rule.ValidUntil.Equal(m.EndsAt) {
			why = append(why, "rule "+name+" is valid until then")
		}
	}
	for _, c := range m.Causes {
		if c.Kind == identity.CauseGrant && s.endOf(c).Equal(m.EndsAt) {
			why = append(why, c.String()+" ends then")
		}
	}
	if len(why) == 0 {
		why = s.turning(m.Group, m.EndsAt)
	}
	return instantOf(m.EndsAt), strings.Join(why, ", ")
}

// turning returns the facts behind group that hold now and not at another instant.
func (s *subject) turning(group string, at time.Time) []string {
	var nodes []*logic
	for _, name := range sortedKeys(s.engine.needed([]string{group})) {
		nodes = append(nodes, s.engine.byName[name].logic)
	}
	var out []string
	for _, f := range s.engine.asked(nodes...).facts {
		if passing := f.kind == leafOnCall || f.kind == leafHasTicket; passing && s.factHolds(f) && !s.answerAt(f, at) {
			out = append(out, fmt.Sprintf("%s ends then", f))
		}
	}
	return out
}

// answerAt asks a fact at another instant.
func (s *subject) answerAt(f fact, at time.Time) bool {
	now := s.world.At
	defer func() { s.world.At = now }()
	s.world.At = at
	return s.factHolds(f)
}
