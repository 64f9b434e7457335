package signals

import "birthright/identity"

// Standing is how far somebody is from being let in.
type Standing int

// The standings, from open to gone.
const (
	// Live is staged, active or on leave: sessions may be open.
	Live Standing = iota
	// Disabled is suspended, or past the end date while a source still has them.
	Disabled
	// Gone is left without a source that has them: deleted.
	Gone
)

// StandingOf returns the standing of a user in a state; known says whether a
// source still has them.
func StandingOf(state identity.State, known bool) Standing {
	switch {
	case state == identity.Left && !known:
		return Gone
	case state == identity.Left, state == identity.Suspended:
		return Disabled
	}
	return Live
}

// Follow returns the events of a move, in the order in which they are told. A
// move tells each step on its way: who is deleted is told as disabled first, for
// receivers that know nothing of deletion. Who was disabled before has no session
// left that would have to be ended again.
func Follow(from, to Standing) []Event {
	var events []Event
	if from == Live && to > Live {
		events = append(events, SessionRevoked, AccountDisabled, Deactivate)
	}
	if from < Gone && to == Gone {
		events = append(events, AccountPurged, Delete)
	}
	if from > Live && to == Live {
		events = append(events, AccountEnabled, Activate)
	}
	return events
}
