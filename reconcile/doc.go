// Package reconcile is the run: read, decide, plan, guard, apply, record.
//
// There are two loops over one planner:
//
//	event loop  one user changed ─▶ decide for that user ─▶ compare with what is
//	            remembered of each target ─▶ send the few changes at once
//	full loop   on schedule ─▶ decide for everybody ─▶ read each target whole ─▶
//	            find drift, repair what may be repaired, refresh what is remembered
//
// Both go through the same steps, each in a file of its own:
//
//	decide.go    users × rules → memberships, and how they differ from the stored ones
//	picture.go   what a target holds: as remembered, or read whole
//	prepare.go   memberships + picture → changes, held, drift  (package plan decides)
//	apply.go     intent on record → target → outcome on record, in batches
//	event.go     the work queue: who changed, what is owed to a target that was down
//	loop.go      the schedule and the wake-ups
//
// A dry run is the place where the program stops: Plan ends after prepare.
//
// Nothing here must happen for safety's sake at a certain moment: what is owed
// follows from the store and the time, so that a crash at any instruction, a
// lost wake-up or a target that is down for days only delay it.
//
// What it leaves to others: correlation and lifecycle (directory, intake), who
// belongs where (rules), what must change (plan), how a target is changed
// (targets), persistence (store).
package reconcile
