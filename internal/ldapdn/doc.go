// Package ldapdn compares names as directories do (RFC 4514, RFC 4518): one entry
// may be written in many ways, and servers give back another one than they were
// given.
//
//	DN ─Append, Canonical→ form ┐
//	one value ──Fold──▶ form ───┴▶ equal forms, the same name
//
// DNs are read in one pass and without a tree, because a group of a million
// members is a million of them. Building DNs, and taking them apart, is left to
// those who write entries.
package ldapdn
