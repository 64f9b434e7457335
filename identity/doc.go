// Package identity holds the nouns that every other package speaks: records,
// users, groups, memberships, accounts, entitlements, causes and changes, what a
// probe finds, and the few kinds of error that programs tell apart.
//
// It owns no behaviour beyond what a noun can say about itself, imports nothing
// but the standard library, and is imported by everybody. What a noun means is
// told in the product's vocabulary:
//
//	source → Record ─┐
//	source → Record ─┴→ User ─rules, grants→ Membership (user × group, with causes)
//	                                             │ group carries access
//	                                             ▼
//	                      Assignment (account × entitlement) on a target
package identity
