// Package entra syncs to Microsoft Entra ID over Microsoft Graph v1.0: accounts are
// users of a tenant, entitlements its groups.
//
//	Add    ─▶ PATCH group, 20 members ─ refused ─┐
//	Remove ──────────────────────────────────────┴▶ $batch of 20, one answer each
//	Read   ─▶ users, groups, members of each; nested ones followed
//
// Groups that a rule, another directory or Exchange fills are shown and left alone.
// A DELETE always ends in /$ref: without it, Graph deletes the person. entrasim is the
// stand-in for `simulate: true` and for tests.
package entra
