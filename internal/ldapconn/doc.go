// Package ldapconn is what the LDAP source and the LDAP target are told alike:
// the keys that say how to reach a directory and as whom, what is wrong with
// them, and what to do when connecting or binding fails.
//
//	yaml ─inline→ Settings ─┬─ Validate ─▶ every fault, in the file's words
//	                        ├─ Endpoint ─▶ host:port, TLS from the first byte or not
//	                        └─ TLSConfig ─▶ whom to trust, nil for plain text
//	a failed dial, bind ────── DialAdvice, BindAdvice ─▶ kind and remedy
//
// It does not connect and knows no LDAP library: the source reads with
// internal/ldapwire, the target writes with go-ldap. What is below a base DN is
// theirs as well.
package ldapconn
