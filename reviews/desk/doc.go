// Package desk is where access reviews are handled: it starts campaigns, lets people
// decide, has decisions carried out, and closes.
//
//	actor ─▶ Preview ┐  what is held ─ campaign.Generate ─▶ items, panels
//	         Start   ┘
//	         Decide, Close ─▶ campaign.Stand, Judge ─▶ decisions, revocations, orders,
//	                          grants; audit events; notices; work for the run
//	time  ─▶ Tick: reminders, others asked too, who left, close, seen to be gone
//
// Each method does one thing for one actor in one transaction and is safe to repeat. A
// campaign of a million items closes in steps, each a transaction: a crash in between
// leaves it closing, and the next Tick goes on.
//
// What it leaves to others: who may decide and what decisions come to
// (reviews/campaign), taking access away (rules, reconcile), and passing on what people
// are to be told (notify).
package desk
