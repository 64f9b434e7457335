// Package reviews is what people look at again: campaigns, the items in them, and
// what was decided. It owns these nouns and what follows from their times; it keeps
// nothing and reads no clock.
//
//	Scope ─▶ Campaign ─▶ Items ─ Panel: who is asked, stage by stage
//	                       └─▶ Decisions ─▶ keep · revoke · shorten ─▶ verified
//	           undecided when it closes ─▶ keep · freeze · revoke
//
// A state is never stored: it follows from the times that are kept and the instant
// that is asked about, so that an outage only delays what must be done.
//
// What it leaves to others: what is looked at, who may decide and what decisions come
// to (reviews/campaign), keeping and telling (reviews/desk), rules that held access
// implies (reviews/suggest), and taking access away (rules and reconcile).
package reviews
