// Package githubsim stands in for one GitHub organisation: for `simulate: true` and
// for tests. Its answers have the shapes of GitHub's own description; what that does
// not say (who may, what an invitation does, what limits answer) is from GitHub's
// pages.
//
//	request ─▶ token? ─▶ points left? ─▶ the organisation ─▶ ETag, Link, X-RateLimit-*
//
// Everybody has an account on GitHub here, under every login that can be, except
// logins that begin with "no-such-". Invitations are accepted by nobody but Accept,
// and lapse after seven days; where Managed is set there are none, as with accounts
// that an enterprise makes itself.
package githubsim
