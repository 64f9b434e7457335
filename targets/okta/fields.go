package okta

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"

	"birthright/identity"
	"birthright/targets"
)

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

// unmapped says why a mapping cannot write to a profile's attribute, nil where it can.
func unmapped(to string) error {
	switch {
	case to == "login":
		return errors.New("login is the account's name and not for a mapping to write")
	case strings.ContainsAny(to, ". \"[]"):
		return fmt.Errorf("%q is not the name of a profile attribute", to)
	}
	return nil
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
		if v := normal.Attributes.First(f.From); v != "" {
			out[f.To] = v
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
		switch v := normal.Attributes.First(f.From); {
		case v == value(u, f.To):
		case v == "":
			out[f.To] = nil
		default:
			out[f.To] = v
		}
	}
	return out
}
