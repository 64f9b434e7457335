// Package scimsim is a small SCIM 2.0 application that lives in this process and
// answers over a real socket: the customer's app that tests, the demo and the
// benchmarks provision into. It owns users and groups in memory and a list of
// planted faults; it knows nothing of the hub.
//
//	client ──HTTP──▶ counters ▶ fault before ▶ bearer token ▶ route ▶ strict JSON ▶ schema ▶ tables
//	       ◀─────────────────── fault after (the effect stays, the reply is lost) ◀──────────┘
//
// It is strict on purpose. What RFC 7643 and 7644 let a server refuse is
// refused (unknown attributes, wrong types, a filter it does not know, a member
// that does not exist), so that a client which passes here does not rely on
// kindness. Supported are filters with eq and and, index paging with a cap,
// PATCH, PUT and DELETE; Bulk, sorting and versions are not, and
// ServiceProviderConfig says so.
package scimsim
