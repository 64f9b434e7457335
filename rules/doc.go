// Package rules decides birthright: which users belong to which groups because
// of who they are. It owns the language of policies, their checks, evaluation,
// explanation and tests. It is pure: no store, no context, no clock, no logger;
// the same policy, user and facts give the same answer, in the same order.
//
//	policy files ─Load→ Policy ─Compile→ Engine ─Memberships(user, facts)→ user × group, with causes
//	               │                        ├────BreachesBy(user), Everyone.Trespasses→ who breaks a property
//	               │                        ├────View()→ conditions taken apart, for package analysis
//	               │                        ├────Explain(user, facts, group)→ causes, or the clauses unmet
//	               └ all faults at once     ├────Group(name), Made(name, rule)→ what a group carries
//	                 (file:line:column)     └────RunTests()→ what the policy's own tests say
//
//	two policies ─Changes→ what differs, definition by definition
//
// It leaves to others: who people are (directory), grants and exclusions on top
// of birthright (grants, plan), storing versions (store), facts (Facts is given
// by the caller), and everything about requests but the check that they are
// well-formed.
//
// # What a condition sees
//
// Every known attribute is a string variable user.NAME, declared one by one, so
// that a misspelt one is a fault at load. One semantics for absence, everywhere:
//
//   - A missing attribute is the empty string. user.team == "" holds for a user
//     without a team; user.team != "x" and !(user.team == "x") hold as well.
//   - user.attributes[KEY] is the empty string and user.values[KEY] the empty
//     list where the user has no attribute KEY. KEY in user.attributes tells
//     whether there is a value. has() is refused: it would be a second answer.
//   - user.startDate and user.endDate are strings too, in the form the source
//     gave, so that a missing one needs no case of its own; timestamp(…) turns
//     one that is there into a time.
//   - A condition that fails on a user (an index out of range, a conversion of
//     what is no number) gives nothing: a failing when does not hold, and a
//     failing except takes the user out.
//
// A future index over posting lists must give the answers of plain evaluation
// under these four rules, bit for bit.
//
// # Order
//
// inGroup sees what other rules give the same user, so rules run in an order in
// which those that give a group come before those that ask for it. Load refuses
// policies for which there is none. inGroup means held: a group that the
// lifecycle or standing: never withholds is not held.
package rules
