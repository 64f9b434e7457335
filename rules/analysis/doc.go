// Package analysis finds what is wrong with a policy without asking anybody in
// it: rules that never hold, or always, or add nothing; groups that nobody can
// get or answers for; constraints that cannot all be kept; conditions on what
// people can change about themselves. Each finding says what to do. It is pure.
//
//	Engine.View ─→ solver: can these conditions be so, for somebody? ─┐
//	Policy ────────────────────────────────────────────────────────→ checks ─Run→ findings
//	Everyone (with --live) ────────────────────────────────────────→ Live ──────→ findings
//
// # What is proven
//
// The solver looks for a person of whom some conditions hold and others do not.
// What a condition reads has endlessly many values, but only so many that make a
// difference: the texts that questions name, and for all others one that begins,
// ends and contains what they ask for in each combination (values.go). Over these
// it branches, and prunes what can no longer be (search.go). Where it cannot look
// inside, as in CEL that is not taken apart and in facts, every answer is possible.
//
// So it may think a person possible who is not, and never the other way round:
// "never matches", "covered" and "holds for everybody" are said only where they
// are proven. What costs too much is left open, and the findings say how much.
package analysis
