// Package scim is `kind: scim`: any application that speaks SCIM 2.0 (RFC 7643
// and 7644). It owns the way from ops to requests and from resources to
// accounts, groups and members; the HTTP manners are internal/httpkit's, the
// decisions the engine's.
//
//	Read   ─▶ page Users, page Groups with members ─▶ whole, or an error
//	Apply  ─▶ account ops one by one ─────────────────────────────────▶ POST PATCH DELETE
//	       ─▶ membership ops wait ─▶ by group ─▶ at most N members ───▶ PATCH (or PUT)
//
// An entitlement is a group, addressed by its displayName; an account is a user,
// addressed by its SCIM id. What the server can do is learned from its
// ServiceProviderConfig and from what it refuses; nothing is assumed of a server
// that does not say.
package scim
