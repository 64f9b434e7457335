package ldap

import (
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

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
