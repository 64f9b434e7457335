package ldap

import (
	"sort"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	goldap "github.com/go-ldap/ldap/v3"
)

// canonical returns a form of a DN in which equal DNs are equal strings: the
// server may give back other letter case, spaces and escapes than were written.
// What is no DN is compared as it is.
func canonical(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return dn
	}
	var b strings.Builder
	for i, rdn := range parsed.RDNs {
		if i > 0 {
			b.WriteByte(',')
		}
		parts := make([]string, len(rdn.Attributes))
		for j, a := range rdn.Attributes {
			parts[j] = strings.ToLower(a.Type) + "=" + goldap.EscapeDN(foldValue(a.Value))
		}
		sort.Strings(parts)
		b.WriteString(strings.Join(parts, "+"))
	}
	return b.String()
}

// foldValue prepares a value for comparison as directories do for names
// (RFC 4518): without case, in one composition, with single inner spaces.
func foldValue(v string) string {
	// Folding alone swaps the cases of some scripts; lower case settles that.
	folded := strings.ToLower(cases.Fold().String(norm.NFKC.String(v)))
	return strings.Join(strings.Fields(norm.NFKC.String(folded)), " ")
}

// child returns the DN of an entry under base that is named by one attribute.
func child(attribute, value, base string) string {
	return attribute + "=" + goldap.EscapeDN(value) + "," + base
}

// rdnValue returns the value of attribute in the first part of a DN.
func rdnValue(dn, attribute string) (string, bool) {
	parsed, err := goldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 {
		return "", false
	}
	for _, a := range parsed.RDNs[0].Attributes {
		if strings.EqualFold(a.Type, attribute) {
			return a.Value, true
		}
	}
	return "", false
}
