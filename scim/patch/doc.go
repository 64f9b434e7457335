// Package patch reads the body of a PATCH request (RFC 7644 section 3.5.2) and
// applies it to a document.
//
//	body → Parse → []Step            one step an attribute: maps without a path are taken apart
//	       SplitMembers → Members    what happens to a group's members, as a difference
//	       Apply(type, doc, steps)   the rest, in order; an error leaves doc to be thrown away
//
// It follows the RFC, and where identity providers do not, it does what they
// mean as long as that is unambiguous: operations in capitals, values as texts,
// e-mail addresses of a type that is not there yet, members removed by a list of
// values. A removal from a list that carries a value never removes more than that.
//
// A group's members are never loaded to be changed: many requests may change the
// same group at once, and each is only a difference.
package patch
