package ldaptarget

import (
	"strings"

	goldap "github.com/go-ldap/ldap/v3"
)

// Child returns the DN of an entry under base that is named by one attribute.
func Child(attribute, value, base string) string {
	return attribute + "=" + goldap.EscapeDN(value) + "," + base
}

// RDNValue returns the value of attribute in the first part of a DN.
func RDNValue(dn, attribute string) (string, bool) {
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

// Parent returns what follows the first part of a DN.
func Parent(dn string) string {
	escaped := false
	for i, c := range dn {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == ',':
			return dn[i+1:]
		}
	}
	return ""
}
