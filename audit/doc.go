// Package audit is the tamper-evident log: what an entry looks like, how
// entries are chained, and how anybody can check that none was changed.
//
//	Event ─normalised→ canonical JSON ─┐
//	            hash of the one before ┴─ SHA-256 → Record ─→ Head
//
// A record's hash covers its own content and, through the hash before it, all
// of the log up to there. Changing, dropping, repeating or reordering a record
// breaks the chain at that place; cutting off the end is seen against the Head,
// which is kept apart from the records.
//
// The package is pure. It owns the chain, its verification and the export
// format. Where records are kept, and that each is written in the transaction
// of the deed it tells of, is the business of package store.
package audit
