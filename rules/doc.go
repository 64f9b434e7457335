// Package rules decides birthright: which users belong to which groups because
// of who they are. It owns the language of policies, their checks, evaluation,
// explanation and tests. It is pure: no store, no context, no clock, no logger;
// the same policy, user and facts give the same answer, in the same order.
//
//	policy files ─Load→ Policy ─Compile→ Engine
//	  all faults at once                   │ conditions taken apart into logic and leaves
//	  (file:line:column)                   │
//	                                       ├─ Decide(user, world) → memberships with causes, and what is refused
//	                                       ├─ Everyone(population, world), Groups(…), Who(rule, …) → sets of people
//	                                       ├─ Explain, Flip, Reach → why, why not, what would change it, whom it is about
//	                                       ├─ Group(name), Made(name, rule) → what a group carries
//	                                       ├─ RunTests, BreachesBy(user), Trespasses → what tests and properties say
//	                                       └─ View() → conditions taken apart, for package analysis
//
//	facts of context sources ─NewTimeline→ Facts, which conditions ask
//	two policies ─Changes→ what differs, definition by definition
//
// Below it stand population, which keeps many people by what conditions read of
// them; above it analysis (what is wrong with a policy), impact (what a change
// comes to), moves (changes of people from a file) and graph (a picture).
//
// It leaves to others: who people are (directory), grants on top of birthright,
// storing versions and facts (store), and everything about requests but the check
// that they are well-formed.
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
// CEL evaluated on one user says what a condition means; logic.go, sets.go and
// code.go are faster ways to the same answer, and index_test.go holds them to it.
//
// # Order
//
// inGroup sees what other rules give the same user, so rules run in an order in
// which those that give a group come before those that ask for it. Load refuses
// policies for which there is none. inGroup means held: a group that the
// lifecycle, standing: never, an exclusion or a constraint withholds is not held,
// and one that contains a held group is.
package rules
