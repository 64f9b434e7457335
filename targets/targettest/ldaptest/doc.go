// Package ldaptest stands between an LDAP client and its server and makes trouble
// by the kind of request, so that a test says what fails and not when.
//
//	client ──▶ Proxy: pass, refuse, throttle, cut, lose the reply … ──▶ server
//
// It passes messages on as they are, one request at a time on each connection, which
// is how our targets talk. TLS hides requests: it is for plain connections.
package ldaptest
