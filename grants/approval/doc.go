// Package approval says who may decide on a request for access, and what the
// votes on it come to.
//
//	Matter{Request, Votes, Policy, Owners, Terms, Now} + People ─Judge─▶ Verdict
//	Actor × Verb × Relation                                     ─May───▶ yes, or why not
//
// A vote is not a fact that stays: it counts while whoever gave it may still give
// it, and while the request and the policy are as they were. Judge is therefore
// asked when somebody votes, and once more before a grant begins.
//
// It keeps nothing and reads no clock; who people are comes in as answers from one
// snapshot.
package approval
