package sambatest_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"

	"birthright/internal/sambatest"

	"github.com/go-ldap/ldap/v3"
)

// Two servers side by side, the second from the packed domain of the first, and
// nothing of them left afterwards.
func TestServersComeAndGo(t *testing.T) {
	opts := sambatest.Options{Cache: t.TempDir()}
	first, second := sambatest.Start(t, opts), sambatest.Start(t, opts)
	if first.URL == second.URL {
		t.Fatalf("both listen on %s", first.URL)
	}
	conn, err := first.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	found, err := conn.Search(ldap.NewSearchRequest(sambatest.Suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		"(sAMAccountName=Domain Users)", []string{"objectSid"}, nil))
	if err != nil || len(found.Entries) != 1 {
		t.Fatalf("looking for Domain Users: %v, error %v", found, err)
	}
	if err := second.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Dial(); err == nil {
		t.Error("a stopped server answers")
	}
}

// The certificate is of an authority that a client can be told to trust.
func TestTheCertificateIsTrusted(t *testing.T) {
	s := sambatest.Start(t, sambatest.Options{})
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	conn, err := ldap.DialURL(s.TLSURL, ldap.DialWithTLSConfig(&tls.Config{RootCAs: pool}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Bind(sambatest.AdminName, sambatest.AdminPassword); err != nil {
		t.Error(err)
	}
}
