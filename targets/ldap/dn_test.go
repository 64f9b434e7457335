package ldap

import (
	"slices"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"
	"pgregory.net/rapid"
)

func TestCanonicalDNs(t *testing.T) {
	same := [][]string{
		{"UID=Ada,OU=People,DC=example,DC=com", "uid=ada, ou=people , dc=example,dc=com"},
		{`cn=a\,b,dc=x`, `cn=a\2cb,dc=x`, `CN=A\2CB,DC=X`},
		{"cn=a+sn=b,dc=x", "sn=B+cn=A,dc=x"},
		{"cn=two  blanks,dc=x", "cn=Two blanks,dc=x"},
		{"cn=jos\u00e9,dc=x", "cn=jose\u0301,dc=x", `cn=jos\c3\a9,dc=x`},
		{"cn=Straße,dc=x", "cn=STRASSE,dc=x"},
	}
	for i, group := range same {
		for _, dn := range group {
			if canonical(dn) != canonical(group[0]) {
				t.Errorf("%q and %q are the same and come out as %q and %q", dn, group[0], canonical(dn), canonical(group[0]))
			}
		}
		if i > 0 && canonical(group[0]) == canonical(same[i-1][0]) {
			t.Errorf("%q and %q come out alike", group[0], same[i-1][0])
		}
	}
}

// A DN that is built of any name gives the name back, and is no other DN.
func TestChildrenAreSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ a-c,+"\\<>;=#\pL\x00]{1,12}`).Draw(t, "name")
		dn := child("uid", name, "ou=people,dc=x")
		got, ok := rdnValue(dn, "UID")
		if !ok || got != name {
			t.Fatalf("%q gives back %q", dn, got)
		}
		parsed, err := goldap.ParseDN(dn)
		if err != nil || len(parsed.RDNs) != 3 {
			t.Fatalf("%q has %d parts, error %v", dn, len(parsed.RDNs), err)
		}
		if again := canonical(canonical(dn)); again != canonical(dn) {
			t.Fatalf("canonical twice: %q, once: %q", again, canonical(dn))
		}
		if got := renamed(dn, "uid=new"); got != "uid=new,ou=people,dc=x" {
			t.Fatalf("renamed: %q", got)
		}
	})
}

func TestChunks(t *testing.T) {
	var sizes []int
	for part := range chunks(make([]int, 7), 3) {
		sizes = append(sizes, len(part))
	}
	if !slices.Equal(sizes, []int{3, 3, 1}) {
		t.Errorf("sizes %v", sizes)
	}
}

func TestValuesInPartsAreNoWhole(t *testing.T) {
	e := goldap.NewEntry("cn=big", map[string][]string{"member;range=0-1499": {"cn=a"}})
	if err := ranged(e); err == nil || !strings.Contains(err.Error(), "cn=big") {
		t.Errorf("error %v, want one that names the group", err)
	}
}
