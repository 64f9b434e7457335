// Package github is `kind: github`: teams, repositories and membership of one
// GitHub organisation. It owns the way from ops to requests; the HTTP manners are
// internal/httpkit's, the decisions the engine's. Accounts of enterprises that make
// them over SCIM are the scim kind's.
//
//	Read  ─▶ members, outside collaborators ─▶ teams, members of each ─▶ repositories, collaborators of each
//	Apply ─▶ who is that now? (id → login → membership) ─▶ PUT or DELETE, one for each op
//	                                             └─ invited, not yet a member ─▶ Pending
//
// An account is known by its numeric id: logins change hands, and a path with an old
// one reaches somebody else. An entitlement is addressed as in address.go. What the
// organisation has not taken in yet, because somebody was invited and has not
// accepted, is pending: it is never read as held and never asked for twice.
package github
