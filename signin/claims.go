package signin

import (
	"encoding/json"
	"slices"
	"strings"
)

// Claims are what the provider says about somebody. They were proven before: the ID
// token's, and those of the userinfo endpoint that the ID token lacks.
type Claims map[string]any

// find returns a claim by its name or, where there is none, by a path with dots:
// "realm_access.roles".
func (c Claims) find(name string) any {
	if value, ok := c[name]; ok {
		return value
	}
	first, rest, ok := strings.Cut(name, ".")
	if below, isObject := c[first].(map[string]any); ok && isObject {
		return Claims(below).find(rest)
	}
	return nil
}

// Text returns a claim that is one text, "" for any other.
func (c Claims) Text(name string) string {
	text, _ := c.find(name).(string)
	return strings.TrimSpace(text)
}

// Has reports whether a claim is there.
func (c Claims) Has(name string) bool { return c.find(name) != nil }

// verifiedMail is the e-mail address that the provider has verified, "" where it has
// not. Some providers write true as a text.
func (c Claims) verifiedMail() string {
	if v := c["email_verified"]; v != true && v != "true" {
		return ""
	}
	return c.Text("email")
}

// says reports whether a claim is a value, or a list with it.
func (c Claims) says(name, value string) bool {
	switch found := c.find(name).(type) {
	case []any:
		return slices.ContainsFunc(found, func(one any) bool { return written(one) == value })
	default:
		return written(found) == value
	}
}

// written is a claim's value as people write it in the configuration.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool, float64, json.Number:
		text, _ := json.Marshal(v)
		return string(text)
	}
	return ""
}

// claimed returns the roles that entries of the form claim:NAME=VALUE give.
func (s *Service) claimed(c Claims) (roles []string) {
	given := func(terms []string) bool {
		return slices.ContainsFunc(terms, func(term string) bool {
			entry, ok := strings.CutPrefix(term, "claim:")
			name, value, _ := strings.Cut(entry, "=")
			return ok && c.says(name, value)
		})
	}
	if given(s.Admins) {
		roles = append(roles, RoleAdmin)
	}
	if given(s.Auditors) {
		roles = append(roles, RoleAuditor)
	}
	return roles
}

// Needs lists the claims that are looked at: what the ID token lacks of them is worth a
// question to the provider.
func (s *Service) Needs() []string {
	names := []string{"preferred_username", "email", "email_verified"}
	if s.UserClaim != "" {
		names = []string{s.UserClaim}
	}
	if s.UserClaim == "email" {
		names = append(names, "email_verified")
	}
	for _, term := range slices.Concat(s.Admins, s.Auditors) {
		if entry, ok := strings.CutPrefix(term, "claim:"); ok {
			name, _, _ := strings.Cut(entry, "=")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
