package desk

import (
	"fmt"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/rules"
)

// ahead refuses a start that is in the past. One that passes while people decide is no
// fault: then it begins at once.
func (s *session) ahead(start time.Time) error {
	if !start.IsZero() && start.Before(s.now.Add(-time.Minute)) {
		return wrong("start", "", "%s is in the past", moment(start))
	}
	return nil
}

// proper checks what a request must bring and how long it may ask for, and that the
// policy lets this user have it. It tells all that is amiss at once.
func (s *session) proper(m approval.Matter) error {
	if err := together(s.amiss(m)); err != nil {
		return err
	}
	return s.fits(m)
}

// fits checks what the policy allows, which may have changed since it was asked for:
// for how long, and to whom.
func (s *session) fits(m approval.Matter) error {
	r := m.Request
	if u, _ := s.people.User(r.UserN); u.State != identity.Active {
		return conflict("", "%s is %s and cannot be given anything", r.User, u.State)
	}
	if longest := m.Policy.Longest(); r.Duration > longest {
		return wrong("for", "", "%s can be had for %s at most, not for %s", r.Group, duration.Format(longest), duration.Format(r.Duration))
	}
	if err := s.frozen(r); err != nil {
		return err
	}
	return s.allowed(m, m.Policy.Allow)
}

// amiss lists what a request lacks, or has too much of.
func (s *session) amiss(m approval.Matter) (faults []error) {
	r := m.Request
	fault := func(field, hint, format string, args ...any) {
		faults = append(faults, wrong(field, hint, format, args...))
	}
	switch longest := m.Policy.Longest(); {
	case r.Duration < time.Second:
		fault("for", "", "%s: %s is no time: ask for at least a second", r.Group, duration.Format(r.Duration))
	case r.Duration > longest:
		fault("for", "", "%s can be had for %s at most, not for %s", r.Group, duration.Format(longest), duration.Format(r.Duration))
	}
	if r.Start.After(s.now.Add(farthestStart)) {
		fault("start", "", "%s is more than a year ahead", moment(r.Start))
	}
	if m.Policy.Requires(rules.RequireReason) && r.Reason == "" {
		fault("reason", "--reason TEXT", "%s needs a reason", r.Group)
	}
	if why := s.ticketLacks(m); why != "" {
		fault("ticket", "--ticket ID", "%s", why)
	}
	if u, _ := s.people.User(r.UserN); !u.EndsAt.IsZero() && !r.Start.Before(u.EndsAt) {
		fault("start", "", "%s is here until %s, and gone by %s", r.User, moment(u.EndsAt), moment(r.Start))
	}
	return faults
}

// ticketLacks says what is wrong about the ticket of a request, "" for nothing.
func (s *session) ticketLacks(m approval.Matter) string {
	r, open := m.Request, m.Policy.Requires(rules.RequireOpenTicket)
	switch {
	case r.Ticket == "" && (open || m.Policy.Requires(rules.RequireTicket)):
		return r.Group + " needs a ticket"
	case r.Ticket == "" || !open:
		return ""
	}
	u, _ := s.people.User(r.UserN)
	w, known := s.people.worldOf(r.UserN)
	if !known {
		return ""
	}
	if _, theirs := w.Facts.Ticket(u, r.Ticket, w.At); !theirs {
		return fmt.Sprintf("%s needs an open ticket of %s, and no ticket source knows %s as one", r.Group, r.User, r.Ticket)
	}
	return ""
}

// allowed checks a condition on who may have the group.
func (s *session) allowed(m approval.Matter, c rules.Condition) error {
	holds, err := s.holds(m.Request, c)
	if err != nil {
		return refused("%s may not have %s: %v", m.Request.User, m.Request.Group, err)
	}
	if !holds {
		return refused("%s may not have %s: the policy asks that %s", m.Request.User, m.Request.Group, c.Source)
	}
	return nil
}
