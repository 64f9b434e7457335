package identity

import (
	"maps"
	"slices"
	"strings"
)

// The attribute names that the hub itself gives a meaning to. They are the SCIM
// names of RFC 7643 sections 4.1 and 4.3 with nested names flattened, and the
// product's own extension (team, location). Every other name is a custom
// attribute and is carried along unchanged.
const (
	AttrUserName       = "userName"
	AttrExternalID     = "externalId"
	AttrDisplayName    = "displayName"
	AttrGivenName      = "givenName"
	AttrFamilyName     = "familyName"
	AttrEmail          = "email"
	AttrTitle          = "title"
	AttrDepartment     = "department"
	AttrDivision       = "division"
	AttrOrganization   = "organization"
	AttrCostCenter     = "costCenter"
	AttrTeam           = "team"
	AttrLocation       = "location"
	AttrManager        = "manager"
	AttrEmployeeNumber = "employeeNumber"
	AttrEmployeeType   = "employeeType"
	AttrUserType       = "userType"
	AttrPhone          = "phone"
	AttrLocale         = "locale"
	AttrTimezone       = "timezone"
	// AttrActive is "true" or "false" where a source has an opinion on it.
	AttrActive = "active"
	// AttrOnLeave is "true" while a person is away but still employed.
	AttrOnLeave = "onLeave"
	// AttrStartDate and AttrEndDate are RFC 3339 dates or times.
	AttrStartDate = "startDate"
	AttrEndDate   = "endDate"
)

// KnownAttributes lists the names above, sorted. Tools use it to tell a
// misspelt attribute from a custom one.
func KnownAttributes() []string {
	names := []string{
		AttrUserName, AttrExternalID, AttrDisplayName, AttrGivenName, AttrFamilyName, AttrEmail, AttrTitle,
		AttrDepartment, AttrDivision, AttrOrganization, AttrCostCenter, AttrTeam, AttrLocation, AttrManager,
		AttrEmployeeNumber, AttrEmployeeType, AttrUserType, AttrPhone, AttrLocale, AttrTimezone, AttrActive,
		AttrOnLeave, AttrStartDate, AttrEndDate,
	}
	slices.Sort(names)
	return names
}

// CanonicalAttribute returns the spelling of a known attribute whose name
// equals name but for letter case (SCIM attribute names are case-insensitive,
// RFC 7643 section 2.1), and name itself where none does.
func CanonicalAttribute(name string) string {
	for _, known := range KnownAttributes() {
		if strings.EqualFold(known, name) {
			return known
		}
	}
	return name
}

// Attributes are the values that describe a person, by attribute name. Order
// of values is the source's; the first one is the primary value. A name without
// values is absent: Set removes it rather than keeping an empty list.
type Attributes map[string][]string

// First returns the primary value of name, or "" when it is absent.
func (a Attributes) First(name string) string {
	if v := a[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Set makes values the values of name; empty strings are dropped, and a name
// left without values is removed.
func (a Attributes) Set(name string, values ...string) {
	kept := make([]string, 0, len(values))
	for _, v := range values {
		if v != "" {
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 {
		delete(a, name)
		return
	}
	a[name] = kept
}

// Names returns the names that have values, sorted.
func (a Attributes) Names() []string { return slices.Sorted(maps.Keys(a)) }

// Clone returns a copy that shares nothing with a.
func (a Attributes) Clone() Attributes {
	out := make(Attributes, len(a))
	for name, values := range a {
		out[name] = slices.Clone(values)
	}
	return out
}

// Equal reports whether a and b hold the same values in the same order.
func (a Attributes) Equal(b Attributes) bool {
	return maps.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}
