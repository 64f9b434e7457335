// Package ldap reads people and groups from an LDAP directory: OpenLDAP, 389,
// Active Directory and their like.
//
//	Config ─Open→ Source ─Probe→ Report
//	                 └─Pull
//	                     │ people: pages ─▶ plan (slots, picks) ─▶ batches ─▶ sink.Record
//	                     │             DN, uid ─▶ index ─▶ managers
//	                     │ groups: names first, then pages of members ─▶ sink.Group
//	                     ▼             (DN or uid → record key, or a nested group)
//	                 Checkpoint{Complete: true}, or an error and no claim
//
// The rule that matters most: an answer that a size limit, a time limit, a
// referral or a broken connection cut short is an error of kind Incomplete, with
// what was seen so far and what to do, and never a smaller directory.
//
// Pages are decoded on one goroutine while the sink works on what came before,
// and the server prepares the next page meanwhile. What is kept over a pull is
// the index: about two hundred bytes a person, and no entry.
//
// It leaves the wire to internal/ldapwire, the keys and failures of the connection
// to internal/ldapconn, the comparison of DNs to internal/ldapdn, and to go-ldap
// the encoding of filters.
package ldap
