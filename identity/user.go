package identity

import "time"

// State is a user's place in the lifecycle. It follows from what sources say
// and the time, see package directory.
type State string

// The lifecycle states. Only active users get birthright access; staged ones
// may get groups marked prehire.
const (
	Staged    State = "staged"    // start date ahead
	Active    State = "active"    // here
	OnLeave   State = "leave"     // employed, away
	Suspended State = "suspended" // a source says inactive
	Left      State = "left"      // end date passed, or no source has the person any more
)

// User is one person or service identity known to the hub, correlated from one
// or more records.
type User struct {
	// N is the user's dense number inside the hub, what bitmaps and pairs are
	// made of. It is never reused and never shown.
	N int64
	// ID is the opaque public identifier (a UUID).
	ID string
	// UserName is the unique name that people type; compared without letter case.
	UserName string
	State    State
	// Attributes are the values that authority let through. A single-valued
	// attribute has one value.
	Attributes Attributes
	// Origins tells which source each attribute came from.
	Origins map[string]string
	// Groups are the names of the groups that the sources put the user in,
	// nested ones included, sorted and without duplicates.
	Groups []string
	// StartsAt and EndsAt bound the time of employment; zero when unknown.
	StartsAt, EndsAt time.Time

	Created, Modified time.Time
}

// NextChange returns the next instant after now at which the user's state
// follows from the calendar alone, and the zero time when there is none.
func (u User) NextChange(now time.Time) time.Time {
	var next time.Time
	for _, t := range []time.Time{u.StartsAt, u.EndsAt} {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}
