// Package shape compares JSON that a server sent with the shape that it should
// have. A shape is JSON itself:
//
//	{"userName":"ada","title":null,"emails":[{"type":"work"},{"type":"home"}]}
//
// An object may hold more than the shape names; null stands for what must be
// absent; a list has exactly as many elements, in any order (RFC 7643 section 2.4).
//
// It is what the conformance suite and the recorded conversations have in common,
// and imports nothing of the hub.
package shape
