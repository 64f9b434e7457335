package store

import "birthright/identity"

// UserFilter selects users, ordered by N. Empty fields do not filter.
type UserFilter struct {
	State            identity.State
	Department, Team string
	// Search is found anywhere in user name, display name or email, without
	// letter case.
	Search string
	// AfterN and Offset skip; Limit bounds the answer, 0 for no bound.
	AfterN        int64
	Offset, Limit int
}
