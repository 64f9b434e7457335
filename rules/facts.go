package rules

import (
	"time"

	"birthright/identity"
)

// World is what a policy is decided by besides the user: the instant, and what
// the hub knows of the world then.
type World struct {
	// At is the instant for which is decided.
	At time.Time
	// Facts answers what conditions ask; nil knows nothing.
	Facts Facts
	// Held names, sorted, the groups that a user is in already: where two groups
	// exclude each other, the one that is held stays. nil knows nobody's.
	Held func(userN int64) []string
	// Overlay is what grants give.
	Overlay Overlays
	// Revoked is what reviews took away.
	Revoked Revocations
}

// Facts answers what conditions ask beyond a user's attributes. The caller
// takes them from a snapshot, so that one evaluation sees one state of the
// world; answers must not change while an evaluation runs, and may be asked for by
// several goroutines.
type Facts interface {
	// OnCall reports whether user is on call in schedule at an instant.
	OnCall(user identity.User, schedule string, at time.Time) bool
	// HasTicket reports whether user has an open ticket assigned in queue then.
	HasTicket(user identity.User, queue string, at time.Time) bool
	// Ticket returns the queue of user's open ticket with that number then, and
	// whether there is one. Letter case does not count.
	Ticket(user identity.User, number string, at time.Time) (queue string, open bool)
	// ReportsTo reports whether manager (a user name) is above user,
	// directly or through other managers. It depends on the user's manager alone.
	ReportsTo(user identity.User, manager string) bool
	// NextTurn returns the next instant after one at which an answer of OnCall or
	// HasTicket about user turns by the clock alone, the zero time for never.
	NextTurn(user identity.User, after time.Time) time.Time
	// Concerned returns the numbers of the users about whom OnCall or HasTicket
	// may ever answer yes, ascending.
	Concerned() []int64
}

// Nothing is Facts without any: nobody is on call, has a ticket or a manager.
type Nothing struct{}

// OnCall answers no.
func (Nothing) OnCall(identity.User, string, time.Time) bool { return false }

// HasTicket answers no.
func (Nothing) HasTicket(identity.User, string, time.Time) bool { return false }

// Ticket knows none.
func (Nothing) Ticket(identity.User, string, time.Time) (queue string, open bool) { return "", false }

// ReportsTo answers no.
func (Nothing) ReportsTo(identity.User, string) bool { return false }

// NextTurn answers never.
func (Nothing) NextTurn(identity.User, time.Time) time.Time { return time.Time{} }

// Concerned answers nobody.
func (Nothing) Concerned() []int64 { return nil }
