// Package rights is the one place that says who may look at what, and do what, of the
// directory, the policy, the targets and the operation of the hub.
//
//	Actor (who) + Verb (what) + Relation (how they stand to it) ─▶ May ─▶ "" or why not
//
// Requests, decisions and grants have verbs of their own, since there the policy of the
// group has a say: grants/approval is that place. Both are pure, and both are held
// against a matrix that is written by hand, call by call.
package rights
