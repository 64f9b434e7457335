// Package ldaptarget is what the kinds of target that are LDAP directories have in
// common. A kind says what its entries look like (Layout) and how they are made
// and changed (Writer); reading whole and in part, nested groups, batches of
// members and the meaning of result codes are here, once.
//
//	kind ── Layout, Writer ─▶ Directory
//	Read   users, paged ─▶ accounts ──────┐
//	       groups, paged ─▶ entitlements ─┴▶ assignments, nested ones indirect
//	Apply  ops ─▶ find accounts and groups ─▶ per group one modify with all values
//	                                       └▶ per account what the Writer does
//
// Entries are looked up in every call and never kept, because people are renamed
// and moved. It leaves the wire to go-ldap, the keys and failures of the
// connection to internal/ldapconn and the comparison of DNs to internal/ldapdn.
package ldaptarget
