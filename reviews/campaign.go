package reviews

import "time"

// The kinds of Campaign: what it was started by.
const (
	KindPeriodic = "periodic"    // a person, or a schedule
	KindMover    = "mover"       // somebody changed place and has their old access for a while
	KindGlass    = "break-glass" // a glass was broken
	KindScore    = "score"       // somebody's surplus weighs more than it may
	KindFollowUp = "follow-up"   // what another campaign froze
)

// Kinds lists them all.
func Kinds() []string { return []string{KindPeriodic, KindMover, KindGlass, KindScore, KindFollowUp} }

// What becomes of items that nobody decided on when a campaign closes.
const (
	EndKeep   = "keep"   // it stays, and the record says that nobody looked
	EndFreeze = "freeze" // it stays, no new grant or extension of it is given, and a follow-up asks again
	EndRevoke = "revoke" // it goes
)

// Ends lists them all.
func Ends() []string { return []string{EndKeep, EndFreeze, EndRevoke} }

// The states of a Campaign.
const (
	Open      = "open"
	Overdue   = "overdue"   // it is open after the day it was due
	Closing   = "closing"   // nobody decides any more, and its end is being applied
	Removing  = "removing"  // closed, and something that was revoked is not gone yet
	Completed = "completed" // all that was revoked is gone
)

// Stage is one round of a campaign: who is asked.
type Stage struct {
	// Reviewers are terms: owners, manager, user:NAME, group:NAME or oncall:NAME.
	Reviewers []string `json:"reviewers" yaml:"reviewers"`
}

// Scope is which access a campaign looks at. What is given is combined by AND; an
// empty field does not filter.
type Scope struct {
	// Groups are names of groups, * stands for any characters. Targets are names of
	// targets: access that carries something there.
	Groups  []string `json:"groups,omitempty" yaml:"groups"`
	Targets []string `json:"targets,omitempty" yaml:"targets"`
	// People is a condition over user, as rules have it.
	People string `json:"people,omitempty" yaml:"people"`
	// Risk is the least: low, medium, high or critical.
	Risk string `json:"risk,omitempty" yaml:"risk"`
	// ChangedSince leaves out what was held when the campaign with this ID started,
	// and kept in it.
	ChangedSince string `json:"changed_since,omitempty" yaml:"changed_since"`
	// Surplus looks at what people hold on targets and nothing explains, instead of
	// at memberships.
	Surplus bool `json:"surplus,omitempty" yaml:"surplus"`
}

// Campaign is a review of some access by some people until some day.
type Campaign struct {
	// N is the dense number inside the hub, ID what people and programs call it.
	N    int64
	ID   string
	Name string
	Kind string

	Scope  Scope
	Stages []Stage
	// Fallback are asked where nobody of a stage can be; after them Owner, then the
	// administrators.
	Fallback []string
	// Owner answers for the campaign: a term. By is the actor who started it.
	Owner string
	By    string
	// End is what becomes of what nobody decided on.
	End string
	// AtClose has what is revoked go when the campaign closes, not at once.
	AtClose bool

	Created time.Time
	// Due is when everything should be decided; others are asked too from then on.
	// CloseAt is when it closes by itself.
	Due, CloseAt time.Time
	// RemindAt is when those who have not decided are told next; zero for never.
	RemindAt time.Time
	// EscalatedAt is when others were asked too; zero while they are not.
	EscalatedAt time.Time
	// SweptAt is when what happened meanwhile was last looked at: who left, what is gone.
	SweptAt time.Time
	// ClosedAt is since when nobody decides any more, SettledAt when its end was
	// applied to everything, CompletedAt when all that was revoked was seen to be gone.
	ClosedAt    time.Time
	ClosedBy    string
	CloseReason string
	SettledAt   time.Time
	CompletedAt time.Time
	// Previous is the ID of the campaign that this one follows up, "" for none.
	Previous string
	// Items is how many there are; they have the numbers from FirstN on.
	Items  int
	FirstN int64
}

// State is how far the campaign is at an instant.
func (c *Campaign) State(now time.Time) string {
	switch {
	case !c.CompletedAt.IsZero():
		return Completed
	case !c.SettledAt.IsZero():
		return Removing
	case !c.ClosedAt.IsZero():
		return Closing
	case !now.Before(c.Due):
		return Overdue
	}
	return Open
}

// Decides reports whether decisions are taken at an instant: what time has closed is
// closed, whether or not somebody has written it down.
func (c *Campaign) Decides(now time.Time) bool {
	return c.ClosedAt.IsZero() && now.Before(c.CloseAt)
}

// Escalated reports whether others are asked too.
func (c *Campaign) Escalated(now time.Time) bool {
	return !c.EscalatedAt.IsZero() || !now.Before(c.Due)
}

const day = 24 * time.Hour

// NextReminder is when those who have not decided are told next, after an instant:
// halfway, three days and one day before it is due, and every day after that until it
// closes; zero for never.
func (c *Campaign) NextReminder(after time.Time) time.Time {
	var next time.Time
	for _, at := range []time.Time{c.Created.Add(c.Due.Sub(c.Created) / 2), c.Due.Add(-3 * day), c.Due.Add(-day), c.Due} {
		if at.After(after) && at.After(c.Created) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.IsZero() {
		late := max(after.Sub(c.Due), 0)
		next = c.Due.Add((late/day + 1) * day)
	}
	if !next.Before(c.CloseAt) {
		return time.Time{}
	}
	return next
}
