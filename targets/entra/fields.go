package entra

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// principal is the property that people log in by.
const principal = "userPrincipalName"

// defaultMap is the mapping that holds where none is configured.
func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "displayName", From: identity.AttrDisplayName},
		{To: "givenName", From: identity.AttrGivenName},
		{To: "surname", From: identity.AttrFamilyName},
		{To: "jobTitle", From: identity.AttrTitle},
		{To: "department", From: identity.AttrDepartment},
		{To: "employeeId", From: identity.AttrEmployeeNumber},
	}
}

// own are properties that are not for a map to write.
var own = []string{"id", principal, "accountEnabled", "passwordProfile", "mailNickname"}

// unmapped says why a mapping cannot write to a property, nil where it can.
func unmapped(to string) error {
	switch {
	case slices.Contains(own, to):
		return fmt.Errorf("%s is not for a mapping to write", to)
	case !isName(to):
		return fmt.Errorf("%q is not the name of a property", to)
	}
	return nil
}

// parseMap turns a mapping into fields and returns every fault in it. login, where it
// is not the hub's userName, is shown as the principal's name.
func parseMap(mapping []targets.Mapping, login string) ([]targets.Mapping, error) {
	fields, err := targets.ParseMap(mapping, defaultMap(), unmapped)
	if login = identity.CanonicalAttribute(login); login == "" || login == identity.AttrUserName {
		return fields, err
	}
	if slices.Contains(targets.Mapped(fields), login) {
		err = errors.Join(err, fmt.Errorf("login: %s is in the map already: take it out there", login))
	}
	return append(fields, targets.Mapping{To: principal, From: login}), err
}

func isName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// selection is what is asked for of a user.
func (t *Target) selection() string {
	names := []string{"id", principal, "accountEnabled"}
	for _, f := range t.fields {
		if f.To != principal {
			names = append(names, f.To)
		}
	}
	return strings.Join(names, ",")
}

// body is what a new user is made with: a password that nobody ever sees, to be
// changed by whoever resets it.
func (t *Target) body(a targets.Account) map[string]any {
	out := map[string]any{
		principal: a.Name, "accountEnabled": a.Active, "mailNickname": nickname(a.Name), "displayName": shown(a),
		"passwordProfile": map[string]any{"password": "aA1!" + rand.Text(), "forceChangePasswordNextSignIn": true},
	}
	normal := t.Normalise(a)
	for _, f := range t.fields {
		if v := normal.Attributes.First(f.From); v != "" && f.To != principal {
			out[f.To] = v
		}
	}
	return out
}

// nickname is a mail alias, which Entra wants also of people without mail.
func nickname(login string) string {
	local, _, _ := strings.Cut(login, "@")
	out := strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`@()\[]";:<>,`, r) {
			return -1
		}
		return r
	}, local)
	if out == "" {
		out = "user"
	}
	return out[:min(len(out), 64)]
}

// changes is what has to change of u to be as a says; what is to go is nil.
func (t *Target) changes(u user, a targets.Account) map[string]any {
	out := map[string]any{}
	if a.Name != "" && a.Name != u.text(principal) {
		out[principal] = a.Name
	}
	if a.Name == "" {
		a.Name = u.text(principal)
	}
	normal := t.Normalise(a)
	for _, f := range t.fields {
		switch v := normal.Attributes.First(f.From); {
		case f.To == principal, v == u.text(f.To):
		case v == "":
			out[f.To] = nil
		default:
			out[f.To] = v
		}
	}
	return out
}
