// Package ldap is `kind: ldap`: accounts and group memberships in an LDAP
// directory such as OpenLDAP or 389 Directory Server.
//
//	Read   users, paged ─▶ accounts, DN → account ┐
//	       groups, paged ─▶ entitlements ─────────┴▶ assignments, nested ones indirect
//	Apply  ops ─▶ find accounts and groups ─▶ per group one modify with all values
//	                                       └▶ per account add, modify, modrdn, delete
//
// An account is its entryUUID; its DN is looked up in every call and never kept,
// because people are renamed and moved. An entitlement group/NAME is a group by
// the exact spelling of its name.
//
// Three traps of directories are dealt with here. A groupOfNames cannot be
// empty: a placeholder goes in with the last member's leaving and out with the
// first one's coming. Members that are named by DN outlive their entries:
// renaming takes the memberships along, deleting takes them away, and a new
// entry inherits none. And one bad value refuses a whole modify: it is split
// until only the bad one is refused.
//
// It leaves the wire to go-ldap, the keys and failures of the connection to
// internal/ldapconn and the comparison of DNs to internal/ldapdn.
package ldap
