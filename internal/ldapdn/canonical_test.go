package ldapdn

import (
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"pgregory.net/rapid"
)

func canonical(t testing.TB, dn string) string {
	t.Helper()
	c, err := Append(nil, []byte(dn))
	if err != nil {
		t.Fatalf("%q: %v", dn, err)
	}
	return string(c)
}

func TestCanonicalNames(t *testing.T) {
	t.Parallel()
	same := [][]string{
		{"uid=kvaughan,ou=People,dc=example,dc=com", "uid=KVaughan, ou=People, dc=example,dc=com", "UID = kvaughan ; ou= people,DC=Example,dc=com "},
		{`cn=Vaughan\, Kirsten,dc=x`, `cn=Vaughan\2C Kirsten,dc=x`, `cn="Vaughan, Kirsten",dc=x`, `CN=vaughan\2c\20\20kirsten,dc=x`},
		{`cn=a+uid=b,dc=x`, `uid=B + cn=A,dc=x`, `uid=b+2.5.4.3=a,dc=x`},
		{`cn=two  spaces,dc=x`, `cn=two spaces\20,dc=x`, `commonName=Two Spaces,domainComponent=x`},
		{`cn=Bj\C3\B6rk,dc=x`, `cn=BJÖRK,dc=x`, "cn=bjo\u0308rk,dc=x"},
		{`cn=Straße,dc=x`, `cn=STRASSE,dc=x`},
		{`cn=\#1,dc=x`, `cn=\231,dc=x`},
		{`cn=#04024869,dc=x`, `cn=#04024869,DC=X`},
		{"", "  "},
	}
	forms := map[string]int{}
	for i, group := range same {
		for _, dn := range group {
			form := canonical(t, dn)
			if j, met := forms[form]; met && j != i {
				t.Errorf("%q looks like one of %q", dn, same[j])
			}
			forms[form] = i
			if first := canonical(t, group[0]); form != first {
				t.Errorf("%q: got %q, want %q as of %q", dn, form, first, group[0])
			}
		}
	}
	for _, dn := range []string{"people", "uid=a,", "uid=a,,dc=x", "=a", "u d=a", `cn=a\`, `cn="a`, `cn="a"b`, "uid=a+,dc=x"} {
		if form, err := Append(nil, []byte(dn)); err == nil {
			t.Errorf("%q was taken, as %q", dn, form)
		}
	}
}

// The form of a form is itself, and what differs in more than case and spaces
// stays different, however it is escaped; go-ldap agrees on what is equal.
func TestCanonicalNamesAgainstGoLDAP(t *testing.T) {
	t.Parallel()
	value := rapid.StringMatching(`[a-zA-C0-9 ,+"\\<>;=#é]{1,12}`).Filter(func(s string) bool {
		return strings.TrimSpace(s) == s && !strings.Contains(s, "  ")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		if rapid.Bool().Draw(t, "same") {
			b = strings.ToUpper(a)
		}
		one := "cn=" + goldap.EscapeDN(a) + ",ou=" + goldap.EscapeDN(b) + ",dc=x"
		two := "CN=" + goldap.EscapeDN(b) + ", OU=" + goldap.EscapeDN(a) + ",DC=x"
		first, err := Append(nil, []byte(one))
		if err != nil {
			t.Fatalf("%q: %v", one, err)
		}
		second, err := Append(nil, []byte(two))
		if err != nil {
			t.Fatalf("%q: %v", two, err)
		}
		again, err := Append(nil, first[:len(first)-1])
		if err != nil || string(again) != string(first) {
			t.Fatalf("form of %q is %q, the form of that %q (%v)", one, first, again, err)
		}
		x, err1 := goldap.ParseDN(one)
		y, err2 := goldap.ParseDN(two)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if want := x.EqualFold(y); want != (string(first) == string(second)) {
			t.Errorf("%q and %q: go-ldap says equal %v, forms are %q and %q", one, two, want, first, second)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`uid=a+cn="b,c",ou=d\2C\20,dc=é`))
	f.Fuzz(func(t *testing.T, dn []byte) {
		form, err := Append(nil, dn)
		if err != nil || len(form) == 0 {
			return
		}
		again, err := Append(nil, form[:len(form)-1])
		if err != nil || string(again) != string(form) {
			t.Errorf("form of %q is %q, the form of that %q (%v)", dn, form, again, err)
		}
	})
}
