// Package hub answers what people and programs ask about the hub and does what they tell
// it, beyond requests and reviews: the directory, groups, targets, sources, policy, runs,
// what is held, the audit log.
//
//	actor ─▶ Users, User, … one transaction each:
//	           Present (who is it, as of now) ─▶ rights.May ─▶ the store ─▶ a view
//
// It is behind all three ways in: the API (api), the pages (console) and the commands
// (cmd/birthright); what it returns are the views that all of them show, with the names
// that programs rely on. Lists come in pages: a page costs the same at a thousand and at
// a million users.
//
// What it leaves to others: who may do what (rights), requests and grants (grants/desk),
// reviews (reviews/desk), what rules give (rules), what is done on targets (reconcile).
package hub
