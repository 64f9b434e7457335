// Package api is the JSON API of the hub: just-in-time access for programs and for
// pages, under /api/v1, described by OpenAPI 3.1 at /api/v1/openapi.json.
//
//	request ─▶ guard: token → who, pace, size, a fault of ours → 500 with an id
//	        ─▶ replay: Idempotency-Key → the answer that was given before
//	        ─▶ one route of one concern: JSON ⇄ what the desk takes and returns
//	        ─▶ problem: what went wrong, as RFC 9457 says, naming the field
//
// A file is one concern: catalog, requests, decisions, grants, glass, delegations. Each
// says which methods of the desk it calls, and mounts itself.
//
// What it leaves to others: who may do what (the desk, by grants/approval), who acts
// with a token (tokens/holder), keeping tokens and answers (api/backing).
package api
