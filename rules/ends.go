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
	if s.engine.ending {
		for i := range d.Memberships {
			d.Memberships[i].EndsAt = s.engine.lastEnd(d.Memberships, &d.Memberships[i])
		}
	}
	if !s.engine.passes {
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
		if at = s.world.Facts.NextTurn(s.user, at); at.IsZero() {
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

// lastEnd returns when the last cause of m ends by the validity of rules; zero
// when one of them has no end.
func (e *Engine) lastEnd(memberships []identity.Membership, m *identity.Membership) time.Time {
	var last time.Time
	if !e.ending {
		return last
	}
	for _, c := range m.Causes {
		end := time.Time{}
		if c.Kind == identity.CauseRule {
			end = e.byName[c.Name].rule.ValidUntil
		} else if at, found := findMembership(memberships, c.Name); found {
			end = e.lastEnd(memberships, &memberships[at])
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

// passing reports whether m could end with a shift or a ticket.
func (e *Engine) passing(m *identity.Membership) bool {
	return !slices.ContainsFunc(m.Causes, func(c identity.Cause) bool {
		return c.Kind == identity.CauseRule && !e.byName[c.Name].passing
	})
}
