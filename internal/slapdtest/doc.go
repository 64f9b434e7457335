// Package slapdtest runs real OpenLDAP servers for tests and benchmarks: one
// slapd process a server, on loopback, in a folder of its own, stopped by its
// own process id.
//
//	Options ─▶ slapd.conf, throw-away CA ─▶ slapd ─ answers its root DSE ─▶ Server
//	                                          ▲  │
//	            LoadLDIF, Bulk, Stop, Restart ┘  └─▶ URL, TLSURL, CAFile, Dial
//
// Run is for programs; Start wraps it for tests, stops the server when the test
// ends and fails the test, never skips it, where slapd is not installed. It owns
// the process and the sample data (ExampleLDIF); what is asked of the server is
// the caller's affair.
//
// All suffixes share two identities: the administrator, whom no limit and no
// access rule stops, and the reader, whom both do.
package slapdtest
