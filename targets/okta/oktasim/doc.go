// Package oktasim is a stand-in for Okta's management API: users with their life,
// groups with members, group rules, pages, budgets and error bodies as Okta has them.
//
//	request ─ token ─ budget ─▶ users, groups, rules (Memory) ─▶ JSON, links, headers
//
// What it does is from Okta's pages and its OpenAPI description, which the tests of
// targets/okta hold it against. It knows nothing of the adapter.
package oktasim
