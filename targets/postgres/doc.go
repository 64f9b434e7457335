// Package postgres is `kind: postgres`: people's login roles in a PostgreSQL
// cluster, and their membership in other roles.
//
//	Read   pg_roles ─▶ may log in, or ours: accounts ┐   one snapshot
//	                └▶ the others: entitlements ─────┴▶ pg_auth_members: direct, and
//	                                                    through roles in roles: indirect
//	Apply  BEGIN ─▶ look up all roles that are named ─▶ per op a savepoint ─▶ COMMIT
//
// An account is the oid of its role; its name is the user's, in lower case. A role
// that may log in is an account. One that may not is an entitlement, role/NAME,
// unless its comment says that it is an account which is switched off.
//
// All ops of a call travel in one transaction, each behind a savepoint: one that
// the server refuses undoes no other. What was not committed was not done; only
// when the answer to COMMIT is lost nobody knows.
//
// Superusers, PostgreSQL's own pg_ roles and the role that the hub connects as are
// read, and never changed: a mistake in a policy must not reach them.
//
// There is no native expiry here. VALID UNTIL ends the password of a login and not
// a membership: it would keep somebody from everything else they have, and not keep
// out who is let in by certificate, Kerberos or a trusted host. What does help is
// that live sessions are ended: what a session took on with SET ROLE outlives the
// membership.
package postgres
