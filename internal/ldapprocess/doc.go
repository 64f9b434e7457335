// Package ldapprocess runs an LDAP server's program for tests: in the foreground,
// until it answers, and to its end. How the server is set up is the caller's to know.
//
//	Start(command, …) ─▶ Process ─▶ Stop, or Kill
package ldapprocess
