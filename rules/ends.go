package rules

import (
	"slices"
	"time"

	"birthright/identity"
)

// mostTurns bounds how many changes of shifts and tickets are looked at ahead.
const mostTurns = 16

// ends notes when memberships end by the clock alone: with the last of the rules
// that give them, or with a shift or a ticket.
func (s *subject) ends(d *Decision) {
	granted := len(s.world.Overlay[s.user.N]) > 0
	if s.engine.ending || granted {
		for i := range d.Memberships {
			d.Memberships[i].EndsAt = s.engine.lastEnd(d.Memberships, &d.Memberships[i], s.endOf)
		}
	}
	if !s.engine.passes && !granted {
		return
	}
	open := 0
	passing := make([]bool, len(d.Memberships))
	for i := range d.Memberships {
		if s.engine.passing(&d.Memberships[i]) {
			passing[i] = true
			open++
		}
	}
	at := s.world.At
	for range mostTurns {
		if open == 0 {
			return
		}
		if at = s.nextTurn(at); at.IsZero() {
			return
		}
		then := s.at(at)
		for i := range d.Memberships {
			m := &d.Memberships[i]
			if passing[i] && (m.EndsAt.IsZero() || at.Before(m.EndsAt)) && !holdsGroup(then.Memberships, m.Group) {
				m.EndsAt, passing[i] = at, false
				open--
			}
		}
	}
}

// at is what is decided about the subject at another instant.
func (s *subject) at(t time.Time) Decision {
	w := s.world
	w.At = t
	later := s.engine.subject(s.user, w)
	defer later.release()
	return later.decide()
}

// lastEnd returns when the last cause of m ends by the validity of rules, or by
// that of grants, of which endOf tells; zero when one of them has no end.
func (e *Engine) lastEnd(memberships []identity.Membership, m *identity.Membership, endOf func(identity.Cause) time.Time) time.Time {
	var last time.Time
	for _, c := range m.Causes {
		end := time.Time{}
		if c.Kind == identity.CauseRule {
			end = e.byName[c.Name].rule.ValidUntil
		} else if c.Kind == identity.CauseGrant {
			end = endOf(c)
		} else if at, found := findMembership(memberships, c.Name); found {
			end = e.lastEnd(memberships, &memberships[at], endOf)
		}
		if end.IsZero() {
			return time.Time{}
		}
		if end.After(last) {
			last = end
		}
	}
	return last
}

// passing reports whether m could end with a shift, a ticket or a grant.
func (e *Engine) passing(m *identity.Membership) bool {
	return !slices.ContainsFunc(m.Causes, func(c identity.Cause) bool {
		return c.Kind == identity.CauseRule && !e.byName[c.Name].passing
	})
}
