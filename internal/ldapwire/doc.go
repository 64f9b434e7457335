// Package ldapwire reads LDAP directories fast: it knows the few messages that a
// paged search needs and decodes each answer in place, without a tree of packets
// and without copying what nobody asked for.
//
//	Dial ─ TLS or StartTLS ─▶ Conn ─ Bind ─▶ Search ─▶ each(*Entry) … ─▶ Outcome
//	                                            │ page N+1 is asked for the
//	                                            ▼ moment page N's cookie is seen
//	      socket ─▶ frames (one LDAPMessage at a time) ─▶ readMessage ─▶ Entry
//
// It owns the encoding (a strict subset of BER: definite lengths, low tags,
// bounded sizes), the paging cookie and the rule that a search is whole or an
// error. What a filter means, how values are mapped and which errors a person
// can do something about is left to the caller. Writing to a directory is not
// its business.
package ldapwire
