// Package awssim is a stand-in for what targets/aws talks to: the identity store,
// permission sets and their assignments, the organisation's accounts, STS and IAM, and
// the SCIM endpoint. It is the System of `simulate: true` and of the tests.
//
//	X-Amz-Target ─▶ identity.go, sso.go, organisation.go   JSON 1.1
//	Action=…     ─▶ iam.go, iamgroups.go, sts.go           form in, XML out
//	/Users/…     ─▶ scim.go                                SCIM, one PATCH
//
// Its habits are AWS's as documented: pages with opaque tokens, assignments that are
// made in the background and one at a time for each permission set on an account,
// duplicates refused, names that must fit a pattern, errors with AWS's words and 400.
package awssim
