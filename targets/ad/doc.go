// Package ad is `kind: ad`: accounts and group memberships in one domain of Active
// Directory, Microsoft's or Samba's.
//
//	Read   users, paged ─▶ accounts ─────┐
//	       groups, paged ─▶ entitlements ┴▶ assignments; nested ones and primary groups indirect
//	Apply  ops ─▶ find accounts and groups ─▶ per group one modify of <GUID=…> members
//	                                       └▶ per account add, modify, modrdn, delete
//
// An account is its objectGUID, and requests call accounts, groups and members by
// theirs: what is renamed or moved between a read and a write is still found.
// Nested groups are followed here, for the server's own rule takes seconds.
//
// What differs from other directories: links follow renames and go with their
// entries, so that nothing has to be taken along; groups may be empty; values come
// in parts; userAccountControl is a set of bits; one group holds an account without
// naming it; and what Windows itself rests on is not for us to change.
//
// Reading, batches and result codes are internal/ldaptarget's.
package ad
