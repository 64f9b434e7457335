package ldap

import (
	"slices"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"
)

func TestLastUsed(t *testing.T) {
	at := time.Date(2025, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		attribute, value string
		want             time.Time
	}{
		{"authTimestamp", "20250304050607Z", at},
		{"authTimestamp", "20250304070607+0200", at},
		{"pwdLastSuccess", "20250304050607.5Z", at.Add(time.Second / 2)},
		{"authTimestamp", "", time.Time{}},
		{"authTimestamp", "yesterday", time.Time{}},
		{"", "20250304050607Z", time.Time{}},
	} {
		s := schema{users: Users{ID: "entryUUID", RDN: "uid", LastUsed: c.attribute}}
		e := goldap.NewEntry("uid=ada", map[string][]string{
			"entryUUID": {"1"}, "uid": {"ada"}, "AUTHTIMESTAMP": {c.value}, "pwdLastSuccess": {c.value},
		})
		if a, _ := s.account(e); !a.LastUsed.Equal(c.want) {
			t.Errorf("%s: %q is read as %v, want %v", c.attribute, c.value, a.LastUsed, c.want)
		}
		if asked := slices.Contains(s.userFields(), c.attribute); asked != (c.attribute != "") {
			t.Errorf("%q is asked for: %v", c.attribute, asked)
		}
	}
}
