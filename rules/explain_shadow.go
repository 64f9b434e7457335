package rules

import (
	"birthright/identity"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Shadow is what keeps a group from a user though rules give it.
type Shadow struct {
	Refusal
	// Position is where the exclusion or the constraint stands; "" for a review.
	Position string `json:"position"`
	// Won says why the other group of a constraint stays; "" for an exclusion.
	Won string `json:"won"`
}

// shadow is what keeps group away, nil if nothing does.
func (s *subject) shadow(d Decision, group string) *Shadow {
	i := slices.IndexFunc(d.Refused, func(r Refusal) bool { return r.Group == group })
	if i < 0 {
		return nil
	}
	out := &Shadow{Refusal: d.Refused[i]}
	if out.Kind == RefusedByExclusion {
		if x := s.exclusion(group); x != nil {
			out.Position = x.Position.String()
		}
		return out
	}
	if out.Kind == RefusedByReview {
		return out
	}
	out.Position = s.engine.constraint(out.Name)
	out.Won = s.won(d, out.Refusal)
	return out
}

// constraint is where the one called name stands.
func (e *Engine) constraint(name string) string {
	for i := range e.policy.Constraints {
		if c := &e.policy.Constraints[i]; c.Name == name {
			return c.Position.String()
		}
	}
	return ""
}

// won says why the group that a constraint keeps came before the refused one, in
// the words of settle.
func (s *subject) won(d Decision, r Refusal) string {
	var held []string
	if s.world.Held != nil {
		held = s.world.Held(s.user.N)
	}
	if slices.Contains(held, r.Kept) && !slices.Contains(held, r.Group) {
		return fmt.Sprintf("%s was held already", r.Kept)
	}
	if slices.Contains(s.engine.around[r.Group], r.Kept) {
		return fmt.Sprintf("%s is part of %s: nobody can be in it", r.Group, r.Kept)
	}
	kept := s.rulesBehind(d.Memberships, r.Kept)
	gives := slices.IndexFunc(r.Causes, func(c identity.Cause) bool { return c.Kind == identity.CauseRule })
	if len(kept) > 0 && gives >= 0 && s.engine.earlier(kept, r.Causes[gives].Name) {
		return fmt.Sprintf("rule %s comes first in the policy", s.engine.first(kept))
	}
	return fmt.Sprintf("%s comes first by name", r.Kept)
}

// exclusion is the one that keeps the subject out of group now, nil for none.
func (s *subject) exclusion(group string) *Exclusion {
	for _, x := range s.engine.exclusions[strings.ToLower(s.user.UserName)] {
		if x.inForce(s.world.At) && slices.Contains(x.Groups, group) {
			return x
		}
	}
	return nil
}

// refusal tells of an exclusion or a constraint as of something unmet.
func (s *subject) refusal(d Decision, group string) []Unmet {
	var out []Unmet
	if x := s.exclusion(group); x != nil {
		until := "never"
		if !x.Until.IsZero() {
			until = x.Until.UTC().Format(time.RFC3339)
		}
		out = append(out, Unmet{Clause: "exclusion: " + x.Reason, Value: "until " + until, Position: x.Position.String()})
	}
	switch x := s.shadow(d, group); {
	case x == nil:
	case x.Kind == RefusedByConstraint:
		out = append(out, Unmet{Clause: "constraint: " + x.Name, Value: x.Kept, Position: x.Position})
	case x.Kind == RefusedByReview:
		out = append(out, Unmet{Clause: "review: " + x.Reason, Value: x.Name})
	}
	return out
}
