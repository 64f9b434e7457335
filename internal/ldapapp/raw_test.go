package ldapapp

import (
	"net"
	"strings"
	"testing"
)

// rawConn is a connection that speaks no LDAP by itself.
func rawConn(t testing.TB, s *Server) net.Conn {
	t.Helper()
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL(), "ldap://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestKeysOfNames(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"CN=Ada Lovelace,DC=x", "cn = ada   lovelace , dc=X"},
		{`cn=a\2cb,dc=x`, `cn=a\,b,dc=x`},
		{`cn="a,b",dc=x`, `cn=a\,b,dc=x`},
		{"cn=a+uid=b,dc=x", "uid=b+cn=a,dc=x"},
		{`cn=#040141,dc=x`, "cn=A,dc=x"},
		{"commonName=a", "cn=a"},
		{`cn=\d0\b0`, "cn=а"},
	} {
		a, okA := dnKey(c.a)
		b, okB := dnKey(c.b)
		if a != b || !okA || !okB {
			t.Errorf("%q has key %q, %q has key %q", c.a, a, c.b, b)
		}
	}
	for _, broken := range []string{"x", "=a", "cn=", `cn=a\`, "cn=#zz", "cn=a,,dc=x"} {
		if key, ok := dnKey(broken); ok {
			t.Errorf("%q has key %q", broken, key)
		}
	}
	if a, _ := dnKey(`cn=a\,dc\=x`); a == "cn=a,dc=x" {
		t.Error("an escaped comma separates")
	}
}

func FuzzNames(f *testing.F) {
	f.Add(`cn=a\2cb+uid="x,y",dc=x`)
	f.Fuzz(func(t *testing.T, in string) {
		key, ok := dnKey(in)
		if again, okAgain := dnKey(key); ok && okAgain && key != "" && again != key {
			t.Errorf("%q → %q → %q", in, key, again)
		}
	})
}
