// Package file is `kind: file`: a target that is a CSV list of who has what, for
// systems that people or scripts serve by hand.
//
//	account,entitlement
//	ada,group/engineering
//	ada,role/reader
//	bob,
//
// A row says that the account holds the entitlement KIND/ID; a row without
// entitlement says only that the account exists. Columns named by `map` hold
// attributes of the account, repeated in each of its rows. Columns and rows of
// other people are kept.
//
//	Apply: lock ─▶ read whole ─▶ change rows ─▶ still the file we read? ─▶ temp file, sync, rename
//	                   ▲                              │ no: somebody edited it
//	                   └──────────────────────────────┘
//
// It owns the file's syntax and its safe replacement. The list has no ids of its
// own: an account's ID is its name.
package file
