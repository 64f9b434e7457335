package identity

import (
	"cmp"
	"strings"
	"time"
)

// The kinds of Fact.
const (
	FactShift  = "shift"  // somebody is on call in a schedule
	FactTicket = "ticket" // an open ticket of a queue is assigned to somebody
)

// Fact is something that a context source says of a person for a time: a shift
// in a schedule, or a ticket of a queue.
type Fact struct {
	Source string
	Kind   string // FactShift or FactTicket
	Name   string // the schedule or queue, as policies name it
	// Key is the source's own identifier of the shift or ticket; unique for a
	// kind at its source. A ticket that is told more than once, for several people or
	// queues, has NUMBER/WHICH.
	Key string
	// Person is how the source names the person: an e-mail address, a user name,
	// an employee number.
	Person string
	// UserN is the user whom Person was taken for, 0 where nobody or several match.
	UserN int64
	// Start and End bound the fact: it is so from Start on, and no longer at End.
	// A zero Start is always, a zero End has none.
	Start, End time.Time
	// Seen is when a read first told the fact as it is.
	Seen time.Time
}

// Begun reports whether the fact has begun at an instant.
func (f Fact) Begun(at time.Time) bool { return !at.Before(f.Start) }

// Over reports whether the fact has ended at an instant.
func (f Fact) Over(at time.Time) bool { return !f.End.IsZero() && !at.Before(f.End) }

// NextTurn returns the next instant after one at which the fact begins or ends,
// the zero time for never.
func (f Fact) NextTurn(after time.Time) time.Time {
	switch {
	case f.Start.After(after):
		return f.Start
	case f.End.After(after):
		return f.End
	}
	return time.Time{}
}

// Called reports whether the fact is the ticket with that number, as people write it.
func (f Fact) Called(number string) bool {
	before, which, several := strings.Cut(f.Key, "/")
	return number != "" && (strings.EqualFold(f.Key, number) || several && !strings.Contains(which, "/") && strings.EqualFold(before, number))
}

// CompareFacts orders by source, kind and key.
func CompareFacts(a, b Fact) int {
	return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
}
