// Package patchtest says what a PATCH means, by the book: a second reading of RFC
// 7644 section 3.5.2 and of what the hub has decided beyond it, written without
// a look at package patch, for tests to compare the two.
//
//	document, body → Patch → document, or the scimType of the refusal
//
// It is as simple as it can be, and slow: plain JSON values, every value made
// anew in each operation, nothing shared or changed in place, the schemas written
// down by hand. It borrows what others have proofs of: the syntax of paths and of
// JSON, and what letter case is. It is used by tests alone.
package patchtest
