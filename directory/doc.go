// Package directory decides who people are: which records of different sources
// speak of the same person, which source is believed for which attribute, and
// where that person stands in the lifecycle.
//
//	Record ─Correlation.Keys→ match keys ─Match→ link · new · ambiguous
//	                                               │
//	Records of one user ─Authority.Merge→ attributes, origins
//	                    ─Lifecycle──────→ state            ├─ BuildUser → User
//	                    ─user name──────→ unique name
//
// It is pure: no store, no context, no clock, no logger, and no result that
// depends on the order of a map or of its input. Package intake reads what these
// functions need, asks them, and writes down what they say.
package directory
