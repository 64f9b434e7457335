// Package desk is where requests for access are handled: it takes them in, lets
// people decide, makes grants of what is approved, and ends them early when somebody
// says so.
//
//	actor ─▶ Ask, Decide, Amend, Cancel, BreakGlass …   one transaction each:
//	           policy + people ─▶ approval.May, Judge   what is kept, its audit event,
//	           │                                        what people are to be told, and
//	           └▶ requests, votes, grants               the work for the run
//
// Each method does one thing for one actor and is safe to repeat: a second click, two
// who click at once and a click that comes too late all end in one outcome and an
// answer that says which. Tick does what time brings: requests expire, people are
// reminded.
//
// What it leaves to others: who may decide (grants/approval), what a grant gives and
// when it is over (reconcile), passing on what people are to be told (notify).
package desk
