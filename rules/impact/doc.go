// Package impact says what a change would do before it is made: who gains and who
// loses which group, and what that means on targets. The change is one of the
// policy, of people, or of both. It is pure, and the same inputs give the same
// impact, byte for byte.
//
//	before Side ─┐                              ┌ groups, by risk: gains, losses, appears, empties, vanishes
//	             ├─Compare→ two pictures ─────→ ├ entitlements and targets: adds, removes
//	after Side ──┘            │                 ├ constraints and properties: breaks, mends
//	                          │                 └ grants that become needless, end, or cannot begin
//	                          │
//	      one population, two policies  differ → reach → Engine.Groups   the groups that could differ
//	      one policy, a few other people        Engine.Decide            those people
//	      anything else                         Engine.Everyone          everybody
//
// Cost follows what changed. A policy of which one rule differs is compared by
// what that rule can reach: its groups, the groups around them, what asks for them
// with inGroup, and what constraints keep apart from them. The last of the three
// ways is the plain one; the others must agree with it, and a property test says so.
//
// A membership counts as held before and after where a grant gives it: whoever
// gets by a rule what a grant gives anyway gains nothing, and the grant becomes
// needless. A grant ends where the policy does not know its group any more, or keeps
// it from the person; then what it gave is lost, unless a rule gives it.
package impact
