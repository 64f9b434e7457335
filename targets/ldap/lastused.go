package ldap

import (
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"
)

// lastUsed is when the account was last signed in to; zero where the server has not
// noted it, or in a form that is no GeneralizedTime (RFC 4517, 3.3.13).
func (s schema) lastUsed(e *goldap.Entry) time.Time {
	if s.users.LastUsed == "" {
		return time.Time{}
	}
	at, err := ber.ParseGeneralizedTime([]byte(e.GetEqualFoldAttributeValue(s.users.LastUsed)))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
