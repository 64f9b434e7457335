package okta

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"

	"birthright/identity"
	"birthright/targets"
)

// field is one mapped attribute: the hub's name and that in Okta's profile.
type field struct{ hub, okta string }

// defaultMap is the mapping that holds where none is configured.
func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "firstName", From: identity.AttrGivenName},
		{To: "lastName", From: identity.AttrFamilyName},
		{To: "displayName", From: identity.AttrDisplayName},
		{To: "email", From: identity.AttrEmail},
		{To: "title", From: identity.AttrTitle},
		{To: "department", From: identity.AttrDepartment},
		{To: "employeeNumber", From: identity.AttrEmployeeNumber},
	}
}

// parseMap turns a mapping into fields and returns every fault in it.
func parseMap(mapping []targets.Mapping) ([]field, error) {
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
		case m.To == "login":
			faults = append(faults, fmt.Errorf("map[%d]: to: login is the account's name and not for a mapping to write", i))
		case strings.ContainsAny(m.To, ". \"[]"):
			faults = append(faults, fmt.Errorf("map[%d]: to: %q is not the name of a profile attribute", i, m.To))
		case seen[m.To]:
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			seen[m.To] = true
			fields = append(fields, field{hub: identity.CanonicalAttribute(m.From), okta: m.To})
		}
	}
	return fields, errors.Join(faults...)
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

// value returns the text of a profile attribute, whatever its type is there.
func value(u *sdk.User, name string) string {
	if u.Profile == nil {
		return ""
	}
	switch v := (*u.Profile)[name].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// profile is what a new user is made with.
func (t *Target) profile(a targets.Account) sdk.UserProfile {
	out := sdk.UserProfile{"login": a.Name}
	normal := t.Normalise(a)
	for _, f := range t.fields {
		if v := normal.Attributes.First(f.hub); v != "" {
			out[f.okta] = v
		}
	}
	if _, mapped := out["email"]; !mapped && isAddress(a.Name) {
		out["email"] = a.Name // Okta makes no user without one
	}
	return out
}

// changes is what of u's profile has to change to be as a says; what is to go is nil.
func (t *Target) changes(u *sdk.User, a targets.Account) sdk.UserProfile {
	out := sdk.UserProfile{}
	if a.Name == "" {
		a.Name = value(u, "login")
	}
	if a.Name != value(u, "login") {
		out["login"] = a.Name
	}
	normal := t.Normalise(a)
	for _, f := range t.fields {
		switch v := normal.Attributes.First(f.hub); {
		case v == value(u, f.okta):
		case v == "":
			out[f.okta] = nil
		default:
			out[f.okta] = v
		}
	}
	return out
}
