// Package intake is the one way into the directory: what sources pull or push
// goes through it, and comes out as users in the store with work noted for the
// run. It decides nothing itself: package directory does; it reads what those
// functions need, a batch at a time, and writes down what they say.
//
//	Pull:  source → sift ─ unchanged: seen ────────────┐
//	                     └ new, changed: spool ──┐     ▼
//	                                             │  whole? many missing? → held, nothing applied
//	                                             ▼     │ no
//	Push:  SCIM write ────────────────────────→ batch ◀┘ batches: arrivals, leavers, groups
//
//	batch: records → correlate → merge by authority → lifecycle → user names
//	       → one transaction: users, records, match keys, held rows, work, signals, audit
//
//	Facts: context source → whole? → whose? → compare → one transaction: facts, work, audit
//
// A pull applies nothing until it ended whole and the guard let it pass, so a
// source that breaks off, or that suddenly lacks many people, changes nothing.
// What then follows is made of small transactions; after a crash between two of
// them the next pull finishes the rest, because it compares with what is stored
// and not with what it did last time.
//
// HTTP, schedules and what users get are other packages' concern.
package intake
