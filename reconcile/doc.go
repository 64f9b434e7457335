// Package reconcile is the run: read, decide, plan, guard, apply, record.
//
// There are two loops over one planner:
//
//	event loop  one user changed ─▶ decide for that user ─▶ compare with what is
//	            remembered of each target ─▶ send the few changes at once
//	full loop   on schedule ─▶ decide for everybody ─▶ read each target whole ─▶
//	            find drift, repair what may be repaired, refresh what is remembered
//
// Both go through the same steps:
//
//	decide    users × rules → memberships, and how they differ from the stored ones
//	wants     memberships → the accounts and entitlements of each person on one target
//	picture   what the target holds: as remembered, or looked at (look, collector)
//	prepare   wants + picture → changes, held, drift  (package plan decides)
//	begin     the store is brought up to the picture: found, adopted, held
//	apply     intent on record → target → outcome on record, in batches
//
// Where a target can help access end, it is asked to: backstop.go says when it should
// end access by itself, should there be no hub then, and sessions.go ends what people
// have open when their access went by order.
//
// run.go puts them together for Plan and Sync, whole.go for everybody on one
// target, users.go for a few people on one target; event.go works the queue of
// who changed and what is owed to a target that was down, and loop.go keeps the
// schedule. A dry run is the place where the program stops: Plan ends after
// prepare.
//
// Nothing here must happen for safety's sake at a certain moment: what is owed
// follows from the store and the time, so that a crash at any instruction, a
// lost wake-up or a target that is down for days only delay it. What may be out
// of date is checked where it matters: a change is intended in the transaction
// that sees that its user is still as the plan was made for (stale.go), one that
// has no known outcome is looked at before it is tried again (leftovers.go), and
// whoever plans from what is remembered of a target holds its lock until done.
//
// What it leaves to others: correlation and lifecycle (directory, intake), who
// belongs where (rules), what must change (plan), how a target is changed
// (targets), persistence (store).
package reconcile
