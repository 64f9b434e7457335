package signals

import (
	"slices"
	"strings"
)

// Event is an event by the short name that people write in the configuration.
type Event string

// The events.
const (
	SessionRevoked  Event = "session-revoked"  // CAEP: end every session
	AccountDisabled Event = "account-disabled" // RISC: the account is closed, perhaps for a time
	AccountPurged   Event = "account-purged"   // RISC: the account is deleted
	AccountEnabled  Event = "account-enabled"  // RISC: the account is open again
	Deactivate      Event = "deactivate"       // SCIM: the resource is inactive
	Delete          Event = "delete"           // SCIM: the resource is deleted
	Activate        Event = "activate"         // SCIM: the resource is active again
	Verification    Event = "verification"     // SSF: the way to the receiver is tried
)

// Where the events' URIs begin.
const (
	caep = "https://schemas.openid.net/secevent/caep/event-type/"
	risc = "https://schemas.openid.net/secevent/risc/event-type/"
	ssf  = "https://schemas.openid.net/secevent/ssf/event-type/"
	scim = "urn:ietf:params:scim:event:prov:"
)

// URI returns the event's name in a token.
func (e Event) URI() string {
	switch e {
	case SessionRevoked:
		return caep + string(e)
	case Verification:
		return ssf + string(e)
	case Deactivate, Delete, Activate:
		return scim + string(e)
	}
	return risc + string(e)
}

// scim reports whether the event is one of SCIM's, which have their own way to
// name whom it is about.
func (e Event) scim() bool { return strings.HasPrefix(e.URI(), scim) }

// Usual are the events that a receiver gets unless it is told otherwise: what
// ends access.
func Usual() []Event {
	return []Event{SessionRevoked, AccountDisabled, AccountPurged, Deactivate, Delete}
}

// All are the events that a receiver may be given.
func All() []Event { return slices.Concat(Usual(), []Event{AccountEnabled, Activate}) }
