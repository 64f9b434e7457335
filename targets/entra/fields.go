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

// field is one mapped attribute: the hub's name and Graph's property.
type field struct{ hub, graph string }

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

// unmapped are properties that are not for a map to write.
var unmapped = []string{"id", principal, "accountEnabled", "passwordProfile", "mailNickname"}

// parseMap turns a mapping into fields and returns every fault in it. login, where it
// is not the hub's userName, is shown as the principal's name.
func parseMap(mapping []targets.Mapping, login string) ([]field, error) {
	if len(mapping) == 0 {
		mapping = defaultMap()
	}
	var fields []field
	var faults []error
	seen := map[string]bool{}
	for i, m := range mapping {
		switch {
		case m.From == "" || m.To == "":
			faults = append(faults, fmt.Errorf("map[%d]: to and from are both needed", i))
		case slices.Contains(unmapped, m.To):
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is not for a mapping to write", i, m.To))
		case !isName(m.To):
			faults = append(faults, fmt.Errorf("map[%d]: to: %q is not the name of a property", i, m.To))
		case seen[m.To]:
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			seen[m.To] = true
			fields = append(fields, field{hub: identity.CanonicalAttribute(m.From), graph: m.To})
		}
	}
	if login = identity.CanonicalAttribute(login); login != "" && login != identity.AttrUserName {
		if slices.Contains(hubNames(fields), login) {
			faults = append(faults, fmt.Errorf("login: %s is in the map already: take it out there", login))
		}
		fields = append(fields, field{hub: login, graph: principal})
	}
	return fields, errors.Join(faults...)
}

func isName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// hubNames returns the hub's names of fields, sorted, each once.
func hubNames(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.hub)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// selection is what is asked for of a user.
func (t *Target) selection() string {
	names := []string{"id", principal, "accountEnabled"}
	for _, f := range t.fields {
		if f.graph != principal {
			names = append(names, f.graph)
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
		if v := normal.Attributes.First(f.hub); v != "" && f.graph != principal {
			out[f.graph] = v
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
		switch v := normal.Attributes.First(f.hub); {
		case f.graph == principal, v == u.text(f.graph):
		case v == "":
			out[f.graph] = nil
		default:
			out[f.graph] = v
		}
	}
	return out
}
