package rules

import (
	"math"
	"slices"
	"time"

	"birthright/identity"
)

// Overlay is one membership that no rule gives: a grant. It joins what rules give
// before groups around it are added and constraints are enforced, and it may be of
// a group that rules may not give. It lets nobody into a group by a rule that asks
// for it: what was asked for stays what was asked for.
type Overlay struct {
	Group string
	Cause identity.Cause
	// Start and End bound when it gives anything; a zero End is not known yet.
	Start, End time.Time
	// Made is when it was to begin, as decided: a revocation before that does not
	// matter to it.
	Made time.Time
}

// Overlays are what grants give, by user.
type Overlays map[int64][]Overlay

// gives reports whether o gives anything at an instant.
func (o *Overlay) gives(at time.Time) bool {
	return !at.Before(o.Start) && (o.End.IsZero() || at.Before(o.End))
}

// orderOfGrants is the place of grants among the rules: after all of them.
const orderOfGrants = math.MaxInt - 1

// overlaid adds the grants of the subject to what rules give.
func (s *subject) overlaid(memberships []identity.Membership) []identity.Membership {
	if s.user.State != identity.Active {
		return memberships
	}
	for i := range s.world.Overlay[s.user.N] {
		o := &s.world.Overlay[s.user.N][i]
		switch {
		case !o.gives(s.world.At):
			continue
		case isRefused(s.refused, o.Group):
			s.withhold(o.Group, o.Cause)
			continue
		}
		if _, known := s.engine.Group(o.Group); !known {
			continue
		}
		at, found := findMembership(memberships, o.Group)
		if !found {
			memberships = slices.Insert(memberships, at, identity.Membership{UserN: s.user.N, Group: o.Group})
		}
		m := &memberships[at]
		m.Causes = identity.SortCauses(append(slices.Clone(m.Causes), o.Cause))
	}
	return memberships
}

// endOf returns when the grant ends that is a cause of the subject's; zero where
// that is not known.
func (s *subject) endOf(c identity.Cause) time.Time {
	for i := range s.world.Overlay[s.user.N] {
		if o := &s.world.Overlay[s.user.N][i]; o.Cause == c {
			return o.End
		}
	}
	return time.Time{}
}

// nextTurn returns the next instant after one at which a shift, a ticket or a
// grant of the subject begins or ends, the zero time for never.
func (s *subject) nextTurn(after time.Time) time.Time {
	next := s.world.Facts.NextTurn(s.user, after)
	for i := range s.world.Overlay[s.user.N] {
		o := &s.world.Overlay[s.user.N][i]
		for _, t := range []time.Time{o.Start, o.End} {
			if t.After(after) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}
