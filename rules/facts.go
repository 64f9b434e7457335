package rules

import "birthright/identity"

// Facts answers what conditions ask beyond a user's attributes. The caller
// takes them from a snapshot, so that one evaluation sees one state of the
// world; answers must not change while an evaluation runs.
type Facts interface {
	// OnCall reports whether user is on call in schedule now.
	OnCall(user identity.User, schedule string) bool
	// HasTicket reports whether user has an open ticket assigned in queue.
	HasTicket(user identity.User, queue string) bool
	// ReportsTo reports whether manager (a user name) is above user,
	// directly or through other managers.
	ReportsTo(user identity.User, manager string) bool
}

// Nothing is Facts without any: nobody is on call, has a ticket or a manager.
type Nothing struct{}

// OnCall answers no.
func (Nothing) OnCall(identity.User, string) bool { return false }

// HasTicket answers no.
func (Nothing) HasTicket(identity.User, string) bool { return false }

// ReportsTo answers no.
func (Nothing) ReportsTo(identity.User, string) bool { return false }
