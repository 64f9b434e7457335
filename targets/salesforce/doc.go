// Package salesforce is `kind: salesforce`: permission sets, permission set groups,
// profiles and public groups of a Salesforce organisation, and its users, over the REST
// API. It owns the way from ops to records and from records to accounts and
// assignments; the HTTP manners are internal/httpkit's, the decisions the engine's.
//
//	Read   ─▶ SOQL, page after page ─▶ users, then what can be given, then who has it
//	Apply  ─▶ runs of ops of one sort that do not name the same twice
//	            ─▶ ids of accounts and of what is given, and what is so already: SOQL
//	            ─▶ composite/sobjects, 200 records a request, each on its own
//
// An assignment of a permission set ends by itself (ExpirationDate). Users are never
// deleted: Salesforce cannot.
package salesforce
