// Package ldapsim is `simulate: true` of targets that are LDAP directories: a
// directory within the program, which listens nowhere, keeps what it holds in a file
// from one run to the next, and begins with what others are supposed to have made.
//
//	Dial ─▶ once: file or nothing, units, what Simulation.Begin says ─▶ connection
//	Keep, Close ─▶ file
//
// How it answers is internal/ldapapp's: as OpenLDAP, or as Active Directory.
package ldapsim
