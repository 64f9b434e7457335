package rules

import (
	"slices"
	"time"

	"birthright/identity"
)

// Explanation says why a user holds a group by birthright, or why not.
type Explanation struct {
	Group string `json:"group"`
	Held  bool   `json:"held"`
	// Causes are what gives it, when it is held.
	Causes []identity.Cause `json:"causes"`
	// Unmet is what stands in the way, when it is not held: first what no rule
	// could change, then rule by rule in the order of the policy.
	Unmet []Unmet `json:"unmet"`
	// Because goes behind the causes, down to what the rules read.
	Because []Reason `json:"because"`
	// EndsAt is when the clock alone ends it, and Ends why; nil and "" if it does not.
	EndsAt *time.Time `json:"ends_at"`
	Ends   string     `json:"ends"`
	// Shadowed says what keeps the group away though rules give it.
	Shadowed *Shadow `json:"shadowed"`
}

// Explain says why u is in group, or what keeps u out of it.
func (e *Engine) Explain(u identity.User, w World, group string) Explanation {
	s := e.subject(u, w)
	defer s.release()
	x := Explanation{Group: group, Causes: []identity.Cause{}, Unmet: []Unmet{}, Because: []Reason{}}
	d := s.decision()
	if at, found := findMembership(d.Memberships, group); found {
		m := d.Memberships[at]
		x.Held, x.Causes, x.Because = true, m.Causes, s.reasons(d.Memberships, &m)
		x.EndsAt, x.Ends = s.end(d, at)
		return x
	}
	x.Shadowed = s.shadow(d, group)
	x.Unmet = s.unmet(d, group)
	return x
}

// Withheld returns the groups that rules give u and something keeps away, sorted.
func (e *Engine) Withheld(u identity.User, w World) []string {
	var out []string
	for _, r := range e.Decide(u, w).Refused {
		out = append(out, r.Group)
	}
	return slices.Compact(out)
}

// decision is decide, with nothing for those to whom the lifecycle gives nothing.
func (s *subject) decision() Decision {
	if !mayHold(s.user.State) {
		return Decision{}
	}
	return s.decide()
}

// instantOf is nil for never.
func instantOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
