// Package testcert makes throw-away certificates for the servers that tests
// start: an authority that lasts two days and one certificate of a server.
//
//	Write(dir, addresses) ─▶ ca.pem, server.pem, server.key
package testcert
