// Package e2e holds the tests that use Birthright as its users do: the built
// program, configuration and policy files in a folder, a real directory
// (slapd), a SCIM application over HTTP, a real PostgreSQL. It has no code of
// its own.
//
//	Example.ldif ─▶ slapd ─▶ birthright import ─▶ birthright sync ─▶ second suffix of slapd
//	      │                  birthright serve  ◀─ SCIM pushes     └▶ SCIM application
//	      ▼                                                              │
//	  company  (what should be there, worked out without the hub)  ══════╧═══ must be equal
//
// The stories are in the files named after them (realinput, killed, pushed,
// churn, replicas, guards, halfread, sharedkeys, inspect, signals); frontdoor holds
// the SCIM endpoint against the RFCs and the recorded conversations of identity
// providers. What the stories share is in company (the model), world (servers and
// files), program (the command line), serving (the running hub), downstream (what
// targets hold), byhand (somebody meddling with them) and chronicle (what the audit
// log says).
//
// What single parts do in detail is tested beside them.
package e2e
