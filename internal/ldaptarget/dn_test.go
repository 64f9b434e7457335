package ldaptarget

import (
	"slices"
	"testing"

	"birthright/internal/ldapdn"

	goldap "github.com/go-ldap/ldap/v3"
	"pgregory.net/rapid"
)

// A DN that is built of any name gives the name back, and is no other DN.
func TestChildrenAreSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ a-c,+"\\<>;=#\pL\x00]{1,12}`).Draw(t, "name")
		dn := Child("uid", name, "ou=people,dc=x")
		got, ok := RDNValue(dn, "UID")
		if !ok || got != name {
			t.Fatalf("%q gives back %q", dn, got)
		}
		parsed, err := goldap.ParseDN(dn)
		if err != nil || len(parsed.RDNs) != 3 {
			t.Fatalf("%q has %d parts, error %v", dn, len(parsed.RDNs), err)
		}
		if again := ldapdn.Canonical(ldapdn.Canonical(dn)); again != ldapdn.Canonical(dn) {
			t.Fatalf("canonical twice: %q, once: %q", again, ldapdn.Canonical(dn))
		}
		if got := Parent(dn); got != "ou=people,dc=x" {
			t.Fatalf("parent: %q", got)
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
