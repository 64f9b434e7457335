package grants

import "time"

// The states of a Grant.
const (
	Scheduled  = "scheduled"  // its start is ahead
	Activating = "activating" // on its way to the targets
	Active     = "active"     // seen on every target
	Ending     = "ending"     // over, and not yet gone from every target
	Ended      = "ended"      // gone
	Failed     = "failed"     // it never came to be, or could not stay
)

// How a grant can be over.
const (
	OverByTime    = "time"      // its time was up
	OverReturned  = "returned"  // the user gave it back
	OverRevoked   = "revoked"   // somebody took it back
	OverLifecycle = "lifecycle" // the user may hold nothing any more
	OverLapsed    = "lapsed"    // the shift or ticket is over that it was given for
	OverGone      = "gone"      // the policy has no such group any more
	OverFailed    = "failed"    // see Grant.OverReason
)

// OverdueAfter is how long access may be left behind before people are told.
const OverdueAfter = time.Minute

// Grant is an approved request at work: a membership for a time.
type Grant struct {
	N        int64
	ID       string
	RequestN int64
	Kind     string // that of the request
	UserN    int64
	User     string
	Group    string

	// StartsAt is when it is to begin. It fails if it is not active by Deadline.
	StartsAt time.Time
	Duration time.Duration
	Deadline time.Time
	// NotAfter bounds it whatever the duration says: the end of the shift that it
	// was given for; zero for none. While is a condition that must stay true, with
	// what it was asked of as JSON; "" for none.
	NotAfter time.Time
	While    string
	Inputs   []byte

	// BegunAt is when it was found fit to begin: the approval still held.
	BegunAt time.Time
	// ActivatedAt is when every target was seen to have it; the clock runs from
	// then. EndsAt is its end; until it is active, the end if it were so at once.
	ActivatedAt time.Time
	EndsAt      time.Time
	// RemindAt is when the user is told that the end is near; zero for never.
	RemindAt time.Time

	// OverAt is when it was seen to be over; Over says how, and OverBy and
	// OverReason by whom and why.
	OverAt     time.Time
	Over       string
	OverBy     string
	OverReason string
	// SettledAt is when nothing of it was left on any target.
	SettledAt time.Time
}

// New makes the grant of an approved request, which is to be active within limit
// of its start.
func New(r *Request, id string, now time.Time, limit time.Duration) Grant {
	g := Grant{
		ID: id, RequestN: r.N, Kind: r.Kind, UserN: r.UserN, User: r.User, Group: r.Group,
		StartsAt: r.Start, Duration: r.Duration,
	}
	if g.StartsAt.Before(now) {
		g.StartsAt = now
	}
	g.Deadline = g.StartsAt.Add(limit)
	g.EndsAt = g.bounded(g.StartsAt.Add(g.Duration))
	return g
}

// bounded is an end no later than NotAfter.
func (g *Grant) bounded(end time.Time) time.Time {
	if !g.NotAfter.IsZero() && g.NotAfter.Before(end) {
		return g.NotAfter
	}
	return end
}

// Bound makes NotAfter a bound of the grant.
func (g *Grant) Bound(notAfter time.Time) {
	g.NotAfter = notAfter
	g.EndsAt = g.bounded(g.EndsAt)
}

// State is how far the grant is at an instant.
func (g *Grant) State(now time.Time) string {
	switch {
	case g.Over == OverFailed:
		return Failed
	case !g.SettledAt.IsZero():
		return Ended
	case g.IsOver(now) && g.BegunAt.IsZero() && !g.OverAt.IsZero():
		return Ended // it was taken back before it began
	case g.IsOver(now):
		return Ending
	case !g.ActivatedAt.IsZero():
		return Active
	case !g.started(now):
		return Scheduled
	}
	return Activating
}

// started reports whether its time has come: what has begun stays begun, even where
// the clock is set back.
func (g *Grant) started(now time.Time) bool { return !g.BegunAt.IsZero() || !now.Before(g.StartsAt) }

// End is when the grant is over at the latest, by what is known now.
func (g *Grant) End() time.Time {
	if !g.OverAt.IsZero() {
		return g.OverAt
	}
	if g.ActivatedAt.IsZero() {
		return g.bounded(g.Deadline)
	}
	return g.EndsAt
}

// IsOver reports whether the grant gives nothing any more.
func (g *Grant) IsOver(now time.Time) bool { return !g.OverAt.IsZero() || !now.Before(g.End()) }

// Gives reports whether the user should hold the group by this grant.
func (g *Grant) Gives(now time.Time) bool { return g.started(now) && !g.IsOver(now) }

// Overdue is for how long it should have been gone; zero unless it is ending, or
// has failed and is not cleared away.
func (g *Grant) Overdue(now time.Time) time.Duration {
	if !g.SettledAt.IsZero() || g.BegunAt.IsZero() || !g.IsOver(now) {
		return 0
	}
	return max(now.Sub(g.End()), 0)
}

// Activate starts the clock: every target has it.
func (g *Grant) Activate(now time.Time) {
	g.ActivatedAt = now
	g.EndsAt = g.bounded(now.Add(g.Duration))
}

// Stop puts down that the grant is over, and how. One that is over already stays
// as it is: false.
func (g *Grant) Stop(how, by, reason string, now time.Time) bool {
	if !g.OverAt.IsZero() {
		return false
	}
	if end := g.End(); end.Before(now) {
		now = end // it was over before anybody looked
	}
	g.OverAt, g.Over, g.OverBy, g.OverReason = now, how, by, reason
	return true
}

// Lapse says how a grant is over that nobody ended: by its time, or because it did
// not reach every target in time.
func (g *Grant) Lapse(now time.Time) (how, reason string) {
	if g.ActivatedAt.IsZero() && !now.Before(g.Deadline) {
		return OverFailed, "it did not reach every target in time"
	}
	return OverByTime, ""
}

// Lengthen moves the end of a grant that is active by d.
func (g *Grant) Lengthen(d time.Duration) {
	g.Duration += d
	g.EndsAt = g.bounded(g.EndsAt.Add(d))
}

// NextTurn returns the next instant after one at which the clock alone changes
// something about the grant, the zero time for never.
func (g *Grant) NextTurn(after time.Time) time.Time {
	var next time.Time
	if g.IsOver(after) {
		return next
	}
	if next = g.End(); !g.started(after) && g.StartsAt.Before(next) {
		next = g.StartsAt
	}
	return next
}
