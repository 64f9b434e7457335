// Package ids makes opaque identifiers. It is the one source of their
// randomness; whoever wants others injects a function of its own.
package ids

import "github.com/google/uuid"

// New makes a version 7 UUID (RFC 9562 section 5.7). Those made later sort
// later, so that an index of them grows at its end only.
func New() string {
	id, err := uuid.NewV7()
	if err != nil { // no randomness: the system is in trouble, and NewString says so
		return uuid.NewString()
	}
	return id.String()
}
