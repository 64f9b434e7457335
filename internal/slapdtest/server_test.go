package slapdtest

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

func TestExampleLoadsWhole(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	s.MustLoad(t, ExampleLDIF(t))

	if got := count(t, s, s.Suffix, "(objectClass=inetOrgPerson)"); got != 150 {
		t.Errorf("people loaded: got %d, want 150", got)
	}
	if got := count(t, s, s.Suffix, "(objectClass=groupOfUniqueNames)"); got != 5 {
		t.Errorf("groups loaded: got %d, want 5", got)
	}
}

func TestRestartKeepsAddressAndData(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{Suffixes: []string{"dc=one,dc=test", "o=two"}, MemberOf: true})
	s.MustLoad(t, "dn: dc=one,dc=test\nobjectClass: domain\ndc: one\n\ndn: o=two\nobjectClass: organization\no: two\n")
	url := s.URL
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if conn, err := s.Dial(); err == nil {
		conn.Close()
		t.Fatal("a killed server answered")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if s.URL != url {
		t.Errorf("address after restart: got %s, want %s", s.URL, url)
	}
	if err := s.Bulk("o=two", strings.NewReader("dn: ou=x,o=two\nobjectClass: organizationalUnit\nou: x\n")); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s, "o=two", "(objectClass=*)"); got != 2 {
		t.Errorf("entries under o=two: got %d, want 2", got)
	}
}

func TestLimitsHoldForTheReader(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{SizeLimit: 10})
	s.MustLoad(t, ExampleLDIF(t))
	conn, err := ldap.DialURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Bind(s.ReaderDN, s.ReaderPassword); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Search(people(s))
	if !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
		t.Errorf("unpaged search by the reader: got %v, want size limit exceeded", err)
	}
	if _, err = conn.SearchWithPaging(people(s), 7); err != nil {
		t.Errorf("paged search by the reader: %v", err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}
	trust.RootCAs.AppendCertsFromPEM(pem)

	conn, err := ldap.DialURL(s.TLSURL, ldap.DialWithTLSConfig(trust))
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	conn, err = ldap.DialURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.StartTLS(trust); err != nil {
		t.Fatal(err)
	}
}

func people(s *Server) *ldap.SearchRequest {
	return ldap.NewSearchRequest(s.Suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=inetOrgPerson)", []string{"1.1"}, nil)
}

func count(t *testing.T, s *Server, base, filter string) int {
	t.Helper()
	conn, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, err := conn.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
		0, 0, false, filter, []string{"1.1"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	return len(got.Entries)
}
