// Package file reads people from a CSV or JSON file: an export of an HR system,
// or a list kept by hand.
//
//	file ─ text (UTF-8, no zero bytes) ─▶ csv or json ─▶ cells of a row
//	                                                        │
//	     table: header, key, map, values ◀──────────────────┘
//	       │ first pass: every fault, with file:line:column
//	       └ second pass, only if there was none: sink.Record …, sink.Group …
//
// The file is read twice, so that nothing is told of a file that has a fault
// anywhere, and memory holds keys instead of people. A file that changes between
// the two, or while either lasts, is an error too.
//
// One row is one person. Columns named like the hub's attributes need no
// mapping; the groups column makes source groups by name.
package file
