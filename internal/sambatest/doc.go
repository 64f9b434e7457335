// Package sambatest runs a real Active Directory domain controller for tests and
// benchmarks: Samba's, for the domain example.com, on a loopback address of its own.
//
//	Start(t, Options) ─▶ unpack the provisioned domain ─▶ samba ─▶ Server{URL, TLSURL, Admin…}
//
// Making a domain takes seconds, so it is made once for each folder of packed
// domains (Options.Cache) and unpacked for each server, which then answers within
// a second. A domain controller wants ports 389, 636 and 3268 and root's rights;
// servers side by side take different addresses in 127.0.0.0/8. Nothing is
// installed and nothing listens elsewhere; a server ends with its test.
package sambatest
