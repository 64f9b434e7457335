// Package ldapapp is a small LDAP directory that lives in this process and
// answers over a real socket, or within the process: the customer's directory in
// the demo, the one of `simulate: true`, and in tests that need one without
// installing slapd. It owns a tree in memory, the codes
// that a strict server answers with, and nothing of the hub.
//
//	client ──BER──▶ conn ▶ bind ▶ search   ▶ filter, scope, pages
//	       ◀───────────────────▶ add, modify, modifyDN, delete, compare ▶ tree
//
// It behaves as OpenLDAP does where clients notice: an existing value cannot be
// added (20) nor an absent one deleted (16), a groupOfNames keeps one member
// (65), members need not exist, an unpaged search over the limit is cut off with
// data in it (4), entryUUID stays through renames. Schema is known for the few
// classes and attributes that matter; everything else is text without letter case.
//
// With Options.Domain it behaves as Active Directory does: links are followed and
// checked (68, 53, 32), names like <GUID=…> and DNs with GUIDs in front, SIDs, login
// names unique in the domain, primary groups, members in parts.
package ldapapp
