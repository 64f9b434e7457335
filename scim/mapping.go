package scim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"birthright/identity"
	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
	"birthright/sources"
)

// Source is a source that pushes, with the way from what it says to the hub's
// attributes.
type Source struct {
	name    string
	profile string
	rules   []mapRule
	mapped  map[string]bool // attributes of the hub that rules fill
	renames bool            // the hub's userName is not the resource's

	inFlight atomic.Int64 // requests
}

// mapRule takes one attribute from one place of a resource.
type mapRule struct {
	pick sources.Pick
	read func(resource.Document) []any
}

// defaults is what is taken from a resource unless the source's map says
// otherwise; of several for one attribute the first that finds something counts.
var defaults = []sources.Mapping{
	{To: identity.AttrUserName, From: "userName"},
	{To: identity.AttrExternalID, From: "externalId"},
	{To: identity.AttrDisplayName, From: "displayName"},
	{To: identity.AttrDisplayName, From: "name.formatted"},
	{To: identity.AttrGivenName, From: "name.givenName"},
	{To: identity.AttrFamilyName, From: "name.familyName"},
	{To: identity.AttrEmail, From: "emails"},
	{To: identity.AttrPhone, From: "phoneNumbers"},
	{To: identity.AttrTitle, From: "title"},
	{To: identity.AttrUserType, From: "userType"},
	{To: identity.AttrLocale, From: "locale"},
	{To: identity.AttrTimezone, From: "timezone"},
	{To: identity.AttrActive, From: "active"},
	{To: identity.AttrDepartment, From: resource.EnterpriseURN + ":department"},
	{To: identity.AttrDivision, From: resource.EnterpriseURN + ":division"},
	{To: identity.AttrOrganization, From: resource.EnterpriseURN + ":organization"},
	{To: identity.AttrCostCenter, From: resource.EnterpriseURN + ":costCenter"},
	{To: identity.AttrEmployeeNumber, From: resource.EnterpriseURN + ":employeeNumber"},
	{To: identity.AttrManager, From: resource.EnterpriseURN + ":manager"},
	{To: identity.AttrTeam, From: resource.BirthrightURN + ":team"},
	{To: identity.AttrTeam, From: resource.EnterpriseURN + ":division"},
	{To: identity.AttrLocation, From: resource.BirthrightURN + ":location"},
	{To: identity.AttrEmployeeType, From: resource.BirthrightURN + ":employeeType"},
	{To: identity.AttrEmployeeType, From: "userType"},
	{To: identity.AttrStartDate, From: resource.BirthrightURN + ":startDate"},
	{To: identity.AttrEndDate, From: resource.BirthrightURN + ":endDate"},
	{To: identity.AttrOnLeave, From: resource.BirthrightURN + ":onLeave"},
}

// NewSource makes a source from its name, profile and map in the configuration; an
// empty profile is ProfileAuto. A From is
// a SCIM path: title, name.givenName, emails[type eq "home"].value, or an
// extension's attribute after its URN and a colon. What the map says of an
// attribute takes the place of the default. All faults are returned at once.
func NewSource(name, profile string, mappings []sources.Mapping) (*Source, []error) {
	all := slices.Clone(mappings)
	for _, d := range defaults {
		if !slices.ContainsFunc(mappings, func(m sources.Mapping) bool { return identity.CanonicalAttribute(m.To) == d.To }) {
			all = append(all, d)
		}
	}
	picks, faults := sources.Compile(all)
	renames := slices.ContainsFunc(mappings, func(m sources.Mapping) bool { return identity.CanonicalAttribute(m.To) == identity.AttrUserName })
	users := resource.Users()
	s := &Source{name: name, profile: cmp.Or(profile, ProfileAuto), mapped: map[string]bool{}, renames: renames}
	for _, pick := range picks {
		path, err := filter.ParsePath(pick.From)
		if err != nil {
			faults = append(faults, fmt.Errorf("map to %s: from %q is not a SCIM path: %w", pick.To, pick.From, err))
			continue
		}
		read, err := users.Reader(path)
		if err != nil {
			faults = append(faults, fmt.Errorf("map to %s: from %q: %s", pick.To, pick.From, detail(err)))
			continue
		}
		s.rules = append(s.rules, mapRule{pick, read})
		s.mapped[pick.To] = true
	}
	return s, faults
}

// attributes takes from a resource what the hub needs.
func (s *Source) attributes(doc resource.Document) (identity.Attributes, error) {
	out := identity.Attributes{}
	for _, rule := range s.rules {
		if len(out[rule.pick.To]) > 0 {
			continue
		}
		values, err := rule.pick.Values(texts(rule.read(doc)))
		if err != nil {
			return nil, fault.InvalidValue("%s cannot be used: %s.", rule.pick.From, err)
		}
		out.Set(rule.pick.To, values...)
	}
	if len(out[identity.AttrDisplayName]) == 0 {
		out.Set(identity.AttrDisplayName, strings.TrimSpace(out.First(identity.AttrGivenName)+" "+out.First(identity.AttrFamilyName)))
	}
	s.custom(doc, out)
	return out, nil
}

// texts writes values as the hub keeps them, the primary one first; a complex
// value counts as its "value".
func texts(values []any) []string {
	var out, primary []string
	for _, v := range values {
		first := false
		if object, ok := v.(map[string]any); ok {
			v, first = object["value"], object["primary"] == true
		}
		text := ""
		switch v := v.(type) {
		case string:
			text = v
		case bool, json.Number:
			text = fmt.Sprint(v)
		}
		switch {
		case text == "":
		case first:
			primary = append(primary, text)
		default:
			out = append(out, text)
		}
	}
	return append(primary, out...)
}

func detail(err error) string {
	if told, ok := err.(fault.Error); ok {
		return told.Detail
	}
	return err.Error()
}
