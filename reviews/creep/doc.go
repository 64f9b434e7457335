// Package creep finds what people hold on targets and nothing explains, and says how it
// came, how much it matters and what would take it away. It is pure: the same inputs
// give the same report, byte for byte.
//
//	observed layers ──┐
//	                  ├─Find→ Surplus: sets of holders for each entitlement
//	rules and grants ─┘          │  Pairs, Holders, Granted, Members: what to look up,
//	                             ▼  so that the cost follows the surplus
//	          details ──────Weigh→ Report ─Orders(filter)→ what to take away
//
// # What is surplus
//
// Somebody holds an entitlement in surplus if a target shows it and no group that
// carries it has them as a member today, by whatever cause. What comes through
// another entitlement on the target itself is explained with that one.
//
// # What is not known
//
// A target that was not read, or not all of it, or too long ago, is incomplete and is
// said to be so; what is known of it is reported all the same. Use that nobody tells is
// unknown and never called disuse; a first seen that is the first look is "at the latest".
// Accounts without a user are orphans and in no sum of people.
//
// # The score
//
// One entry counts risk × (1 + age + disuse + distance), see [Formula]. A person's
// score is the sum of the entries, so are a department's and a target's; an entry
// with two owners counts for both of them.
//
// It leaves to others: loading (app), forms on paper (reviews/document), and carrying
// out (orders are rows of the store that the run follows).
package creep
