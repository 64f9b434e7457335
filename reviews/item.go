package reviews

import (
	"time"

	"birthright/identity"
)

// How an item can end.
const (
	Kept      = "keep"
	Revoked   = "revoke"
	Shortened = "shorten" // the standing access goes, and a grant for a time is given
	Frozen    = "freeze"  // nobody decided, and it stays for now
	Void      = "void"    // there was nothing left to decide on
)

// Outcomes lists them all.
func Outcomes() []string { return []string{Kept, Revoked, Shortened, Frozen, Void} }

// The states of an Item.
const (
	Waiting = "waiting" // somebody must decide
	Decided = "decided" // it stays, or there is nothing to take away
	Leaving = "leaving" // revoked, and not seen to be gone
	Gone    = "gone"    // revoked, and no target shows it any more
	Voided  = "void"
)

// Item is one thing that somebody has, to be looked at: a membership in a group, or an
// entitlement on a target.
type Item struct {
	N         int64
	ID        string
	CampaignN int64
	Campaign  string // its ID
	// UserN is who has it: the number of a user, or that of an account without one.
	// User is the name at the start; who is renamed is found by number.
	UserN int64
	User  string
	// Group is what it is about, or Entitlement, on Account.
	Group       string
	Entitlement identity.Entitlement
	Account     string

	// What is known of it when the campaign starts. Since is when it was first held;
	// AtLeast says that it may have been before. LastUsed is zero where nobody knows.
	Causes   []identity.Cause
	Since    time.Time
	AtLeast  bool
	LastUsed time.Time
	// Alike of Peers people of the same department, team and title hold it, too.
	Alike, Peers int
	Risk         string
	// Advice is what the facts speak for: keep, revoke or shorten; Because says why.
	Advice, Because string

	// Stage is the round that it is in, from 0, and PanelN who is asked in it.
	Stage  int
	PanelN int64
	// Decisions is how often somebody decided on it.
	Decisions int

	// Outcome is how it ended, "" while it waits. By and Reason say by whom and why.
	Outcome string
	At      time.Time
	By      string
	Reason  string
	// Duration is for how long it was shortened to.
	Duration time.Duration
	// Action is the ID of the revocation or the order that takes it away, "" where
	// there is none (yet). GoneAt is when no target showed it any more.
	Action string
	GoneAt time.Time
	// Thawed is set on a frozen item once it is decided on elsewhere.
	Thawed bool
}

// What returns the name of what the item is about: a group, or the address of an entitlement.
func (i *Item) What() string {
	if i.Group != "" {
		return i.Group
	}
	return i.Entitlement.String()
}

// Takes reports whether the outcome takes something away.
func (i *Item) Takes() bool { return i.Outcome == Revoked || i.Outcome == Shortened }

// State is how far the item is.
func (i *Item) State() string {
	switch {
	case i.Outcome == "":
		return Waiting
	case i.Outcome == Void:
		return Voided
	case i.Takes() && !i.GoneAt.IsZero():
		return Gone
	case i.Takes():
		return Leaving
	}
	return Decided
}
