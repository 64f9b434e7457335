// Package plan decides what must change on a target. It is pure: no store, no
// context, no clock, no logger, and nothing follows map order, so the same
// inputs give the same plan byte for byte.
//
// One function, [User], compares what one person should have with what that
// person has; the event loop calls it for the one who changed, the full loop
// for everybody. The rest works on the changes it returns:
//
//	Desired ─┐
//	         ├─ User ──▶ changes, adoptions, drift ─┐
//	Actual ──┘                                      ├─ Sort ─ Guard ──▶ go / held
//	strangers ─ Strangers ──▶ drift, changes ───────┘
//
// [Match] says beforehand which account on the target is whose.
//
// The rules that User keeps for each entitlement of one account:
//
//	desired  there  managed   then
//	yes      no     no        add
//	yes      no     yes       add; if it was there before, tell that somebody took it (drift)
//	yes      yes    no        adopt: from now on it is ours
//	yes      yes    yes       nothing; add with another end where the target should know of one
//	no       yes    yes       remove
//	no       yes    no        leave it and tell (drift), unless told to remove
//	no       no     yes       forget it; if it was asked for and never seen, remove it to be sure
//
// A removal is ordered where the lifecycle gives nothing any more, the time for
// which the entitlement was given is over, or an exclusion names the person; else
// the guard counts it.
//
// What it leaves to others: computing memberships (rules), reading and changing
// targets (targets), remembering (store), acting (reconcile).
package plan
