// Package evidence is the archive that an auditor gets for a period, and its check
// without a hub: who there was, who had what and why, who asked and who decided, what
// was changed on targets, under which policy, and the part of the audit log that all
// this is to be found in again.
//
//	rows of the hub ─Writer→ files ─sums→ manifest.json ─▶ SHA256SUMS ─▶ one ZIP
//	one ZIP ─Verify→ bytes · sums · rows · chain · rows against events ─▶ Verdict
//
// The same rows give the same bytes: nothing in an archive says when it was made. The
// sum of its manifest is what the hub writes into its own audit log, so that an archive
// that somebody made anew from changed rows is not the one that the log speaks of.
//
// The package is pure: it writes to and reads from what it is given, one row at a time.
// Where the rows come from is the business of package app.
package evidence
