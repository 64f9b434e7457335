package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Change is one step on one target, with its reason. It is a value: printable,
// storable, comparable.
type Change struct {
	// ID is derived from target, action, user and entitlement: the same step
	// has the same ID in every plan, so that a held one can be named.
	ID     string
	Target string
	Action targets.Action
	// UserN and User say whom it is for; 0 and "" for a stranger's account and
	// for steps that concern no person.
	UserN int64
	User  string
	// Account is the wanted account for account actions, else at least its ID and Name.
	Account     targets.Account
	Entitlement identity.Entitlement
	// NotAfter is, for Add, when the target itself is to end it; zero for never.
	NotAfter time.Time
	// Causes say why, sorted.
	Causes []identity.Cause
	// Ordered is true where a person, an end time or the lifecycle ordered it:
	// such a removal never waits for a guard.
	Ordered bool
}

// Op returns the step as the target takes it.
func (c Change) Op() targets.Op {
	return targets.Op{ID: c.ID, Action: c.Action, Account: c.Account, Entitlement: c.Entitlement, NotAfter: c.NotAfter}
}

// changeID derives the ID of a step. The user's name is part of it and not the
// account's id, so that it can be told before the account exists.
func changeID(target string, action targets.Action, who string, e identity.Entitlement) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{target, string(action), who, e.Kind, e.ID}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// rank orders steps that depend on each other: access goes before it comes, an
// entitlement exists before somebody is added to it, an account before it holds
// anything, and an account is emptied before it is closed.
func rank(a targets.Action) int {
	switch a {
	case targets.Remove:
		return 0
	case targets.DisableAccount:
		return 1
	case targets.DeleteAccount:
		return 2
	case targets.CreateEntitlement:
		return 3
	case targets.CreateAccount:
		return 4
	case targets.EnableAccount:
		return 5
	case targets.UpdateAccount:
		return 6
	default:
		return 7
	}
}

// Withdrawal is the step by which a target takes back an account that it has accepted
// to make and not made yet: an invitation that nobody has taken, to somebody who is to
// have nothing there any more. It is nobody's access yet, and no guard counts it.
func Withdrawal(target string, userN int64, user string, account targets.Account) Change {
	return Change{
		ID: changeID(target, targets.DeleteAccount, user, identity.Entitlement{}), Target: target, Action: targets.DeleteAccount,
		UserN: userN, User: user, Account: account, Ordered: true,
		Causes: []identity.Cause{{Kind: identity.CauseNone, Name: "it was asked for, and nothing gives anything there any more"}},
	}
}

// Sort puts changes into the order in which they are made: removals in their
// own lane ahead of everything else, then what later steps depend on.
func Sort(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(rank(a.Action), rank(b.Action)),
			identity.CompareEntitlements(a.Entitlement, b.Entitlement),
			cmp.Compare(a.Account.Name, b.Account.Name),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

// DriftKind says how a target differs from what the hub last made true there.
type DriftKind string

// The kinds of drift.
const (
	// Vanished: the hub made it and somebody took it away; it is put back while
	// something gives it.
	Vanished DriftKind = "vanished"
	// Unmanaged: somebody gave it by hand; it is left alone unless told otherwise.
	Unmanaged DriftKind = "unmanaged"
)

// Drift is one difference that somebody else made.
type Drift struct {
	Kind        DriftKind
	Target      string
	User        string // "" for an account that no user owns
	Account     string
	Entitlement identity.Entitlement // zero where the account itself is meant
}

// SortDrift orders drift by entitlement, account and kind.
func SortDrift(drift []Drift) {
	slices.SortFunc(drift, func(a, b Drift) int {
		return cmp.Or(
			identity.CompareEntitlements(a.Entitlement, b.Entitlement),
			cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Kind, b.Kind),
		)
	})
}

// SamePhase reports whether neither of two changes of one plan has to wait for
// the other.
func SamePhase(a, b Change) bool { return rank(a.Action) == rank(b.Action) }
