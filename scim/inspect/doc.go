// Package inspect remembers what was said at the front door, for people who look
// for what went wrong: the last requests of each source, the answers, and how a
// request was read that was not written by the book. Secrets are masked before
// anything leaves memory.
//
//	Recorder.Listen ─▶ Talk: a bounded part of both bodies, Notes ─▶ End ─▶ ring
//	                                                       (request path ends)
//	Recorder.Run, once a second: ring ─▶ Mask ─▶ Conversation ─▶ Store
//
// A request pays for copying the beginning of its bodies and no more: it never
// waits for the database, and masking is done afterwards, for those alone that are
// kept. The newest win: under load most requests are gone before anybody masked
// them, and so no longer cost anything.
//
// Conversations are diagnostics and no record: they may be lost, and nobody is
// accountable by them. What was done to people and access is in the audit log.
//
// # What is masked
//
// Values of members whose name tells of a secret (names.go); values of PATCH
// operations on such a path, whichever of path and value comes first; comparisons
// in filters; tokens of this hub, wherever they stand; what the request had as a
// secret and the answer repeats. JSON within a text is looked through as well. What
// cannot be understood, because it is no JSON or ends early, is left out.
// Authorization and Cookie are not among the headers that are kept.
package inspect
