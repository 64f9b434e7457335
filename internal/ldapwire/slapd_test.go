package ldapwire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"

	"birthright/internal/slapdtest"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Two decoders of the same directory must see the same, attribute by attribute.
func TestSameAsGoLDAPOnTheSampleDirectory(t *testing.T) {
	t.Parallel()
	s := exampleServer(t, slapdtest.Options{})
	peer, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	want, err := peer.Search(ldap.NewSearchRequest(s.Suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases,
		0, 0, false, "(objectClass=*)", []string{"*", "+"}, nil))
	if err != nil {
		t.Fatal(err)
	}

	c := dial(t, strings.TrimPrefix(s.URL, "ldap://"))
	if err := c.Bind(s.AdminDN, s.AdminPassword); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 7, 160, 1000} {
		var got []*ldap.Entry
		outcome, err := c.Search(Search{Base: s.Suffix, Scope: Subtree, Attributes: []string{"*", "+"}, PageSize: size},
			func(e *Entry) error { got = append(got, copied(e)); return nil })
		if err != nil {
			t.Fatalf("page size %d: %v", size, err)
		}
		if diff := cmp.Diff(want.Entries, got, cmpopts.IgnoreUnexported(ldap.EntryAttribute{})); diff != "" {
			t.Errorf("page size %d: entries (-go-ldap +ours):\n%s", size, diff)
		}
		if outcome.Entries != len(got) {
			t.Errorf("page size %d: counted %d entries, saw %d", size, outcome.Entries, len(got))
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	s := exampleServer(t, slapdtest.Options{})
	c := dial(t, strings.TrimPrefix(s.URL, "ldap://"))
	var searches []Search
	for range 40 { // more than one burst
		for _, uid := range []string{"scarter", "nobody", "tmorris"} {
			searches = append(searches, Search{Base: "uid=" + uid + ",ou=People," + s.Suffix, Scope: Base, Attributes: []string{"uid"}})
		}
	}
	found := make([]string, len(searches))
	err := c.Lookup(searches, func(i int, e *Entry) error { found[i] += string(e.Attributes[0].Values[0]); return nil })
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range found {
		if want := []string{"scarter", "", "tmorris"}[i%3]; got != want {
			t.Fatalf("lookup %d: got %q, want %q", i, got, want)
		}
	}
}

func TestSecuredConnections(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	pem, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	trusted := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}
	trusted.RootCAs.AppendCertsFromPEM(pem)
	stranger := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1"}

	for _, tt := range []struct {
		name string
		o    Options
	}{
		{"TLS", Options{Address: strings.TrimPrefix(s.TLSURL, "ldaps://"), TLS: trusted}},
		{"StartTLS", Options{Address: strings.TrimPrefix(s.URL, "ldap://"), TLS: trusted, StartTLS: true}},
	} {
		c, err := Dial(t.Context(), tt.o)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if err := c.Bind(s.ReaderDN, s.ReaderPassword); err != nil {
			t.Errorf("%s: bind: %v", tt.name, err)
		}
		c.Close()

		tt.o.TLS = stranger
		if c, err = Dial(t.Context(), tt.o); err == nil {
			c.Close()
			t.Errorf("%s: a certificate of an unknown authority was trusted", tt.name)
		}
		if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
			t.Errorf("%s: got %v, want an unknown authority", tt.name, err)
		}
	}
}

func TestBindRefused(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{})
	c := dial(t, strings.TrimPrefix(s.URL, "ldap://"))
	var refused *ResultError
	if err := c.Bind(s.ReaderDN, "wrong"); !errors.As(err, &refused) || refused.Code != InvalidCredentials {
		t.Errorf("wrong password: got %v, want result %d", err, InvalidCredentials)
	}
	if err := c.Bind(s.ReaderDN, ""); err == nil {
		t.Error("a name without a password was taken")
	}
}
