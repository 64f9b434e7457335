// Package grants is just-in-time access: what is asked for, what people answered,
// and how long what was given lasts. It owns these nouns and what follows from
// their times; it keeps nothing and reads no clock.
//
//	Ask ─▶ Request ─Votes─▶ approved ─▶ Grant ─▶ an overlay membership ─▶ ended
//	            └▶ denied, cancelled, expired        └▶ failed
//
// Nothing here is a timer. A state follows from the times that are kept and the
// instant that is asked about, so that a crash, a restart or an outage of days
// only delays what must be done; what has been seen to be over stays over, even
// where a clock is set back.
//
// What it leaves to others: who may ask and decide (grants/approval), keeping and
// telling (grants/desk), what a grant gives together with the rules (rules), and
// how it reaches targets (reconcile).
package grants
