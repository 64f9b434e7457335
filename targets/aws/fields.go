package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"birthright/identity"
	"birthright/targets"
)

// field is one mapped attribute: the hub's name, and where it is in AWS's user.
type field struct {
	place
	hub string
}

// place is an attribute of AWS's user, by the path that UpdateUser takes.
type place struct {
	path string
	// needed is true where Identity Center takes no user without it.
	needed bool
	// in returns where it stands in a user; nil for e-mail, which is a list.
	in func(u *types.User) **string
}

func places() []place {
	name := func(u *types.User) *types.Name {
		if u.Name == nil {
			u.Name = new(types.Name)
		}
		return u.Name
	}
	return []place{
		{"displayName", true, func(u *types.User) **string { return &u.DisplayName }},
		{"name.givenName", true, func(u *types.User) **string { return &name(u).GivenName }},
		{"name.familyName", true, func(u *types.User) **string { return &name(u).FamilyName }},
		{"name.middleName", false, func(u *types.User) **string { return &name(u).MiddleName }},
		{"nickName", false, func(u *types.User) **string { return &u.NickName }},
		{"title", false, func(u *types.User) **string { return &u.Title }},
		{"userType", false, func(u *types.User) **string { return &u.UserType }},
		{"locale", false, func(u *types.User) **string { return &u.Locale }},
		{"preferredLanguage", false, func(u *types.User) **string { return &u.PreferredLanguage }},
		{"timezone", false, func(u *types.User) **string { return &u.Timezone }},
		{"profileUrl", false, func(u *types.User) **string { return &u.ProfileUrl }},
		{path: "emails"},
	}
}

// defaultMap is the mapping that holds where none is configured.
func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "displayName", From: identity.AttrDisplayName},
		{To: "name.givenName", From: identity.AttrGivenName},
		{To: "name.familyName", From: identity.AttrFamilyName},
		{To: "emails", From: identity.AttrEmail},
		{To: "title", From: identity.AttrTitle},
	}
}

// parseMap turns a mapping into fields and returns every fault in it.
func parseMap(mapping []targets.Mapping) ([]field, error) {
	if len(mapping) == 0 {
		mapping = defaultMap()
	}
	var fields []field
	var faults []error
	known := places()
	for i, m := range mapping {
		at := slices.IndexFunc(known, func(p place) bool { return strings.EqualFold(p.path, m.To) })
		switch {
		case m.From == "" || m.To == "":
			faults = append(faults, fmt.Errorf("map[%d]: to and from are both needed", i))
		case at < 0:
			faults = append(faults, fmt.Errorf("map[%d]: to: %q is nothing that the hub writes to a user: one of %s", i, m.To, paths()))
		case slices.ContainsFunc(fields, func(f field) bool { return f.path == known[at].path }):
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			fields = append(fields, field{known[at], identity.CanonicalAttribute(m.From)})
		}
	}
	return fields, errors.Join(faults...)
}

func paths() string {
	var out []string
	for _, p := range places() {
		out = append(out, p.path)
	}
	return strings.Join(out, ", ")
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

func (p place) get(u *types.User) string {
	if p.in != nil {
		return sdk.ToString(*p.in(u))
	}
	if i := mainEmail(u); i >= 0 {
		return sdk.ToString(u.Emails[i].Value)
	}
	return ""
}

func (p place) set(u *types.User, value string) {
	if p.in != nil {
		*p.in(u) = nil
		if value != "" {
			*p.in(u) = &value
		}
		return
	}
	i := mainEmail(u)
	switch {
	case value == "" && i >= 0:
		u.Emails = slices.Delete(slices.Clone(u.Emails), i, i+1)
	case i >= 0:
		u.Emails = slices.Clone(u.Emails)
		u.Emails[i].Value = &value
	case value != "":
		u.Emails = append(u.Emails, types.Email{Value: &value, Type: sdk.String("work"), Primary: true})
	}
}

// mainEmail returns which address is the primary one, else the first; -1 for none.
func mainEmail(u *types.User) int {
	if i := slices.IndexFunc(u.Emails, func(e types.Email) bool { return e.Primary }); i >= 0 || len(u.Emails) == 0 {
		return i
	}
	return 0
}

// change is the operation of UpdateUser that makes the place as it is in u. What is
// nothing is written as null, for AWS takes no empty value.
func (p place) change(u *types.User) types.AttributeOperation {
	var value any
	switch {
	case p.in == nil && len(u.Emails) > 0:
		var list []map[string]any
		for _, e := range u.Emails {
			list = append(list, map[string]any{"value": sdk.ToString(e.Value), "type": sdk.ToString(e.Type), "primary": e.Primary})
		}
		value = list
	case p.in != nil && *p.in(u) != nil:
		value = **p.in(u)
	}
	return types.AttributeOperation{AttributePath: sdk.String(p.path), AttributeValue: document.NewLazyDocument(value)}
}

// input renders a user to create.
func input(store string, u *types.User) *identitystore.CreateUserInput {
	return &identitystore.CreateUserInput{
		IdentityStoreId: &store, UserName: u.UserName, DisplayName: u.DisplayName, Name: u.Name, NickName: u.NickName, Title: u.Title,
		UserType: u.UserType, Locale: u.Locale, PreferredLanguage: u.PreferredLanguage, Timezone: u.Timezone, ProfileUrl: u.ProfileUrl, Emails: u.Emails,
	}
}
