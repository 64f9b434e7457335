package salesforce

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// field is one mapped attribute: the hub's name, and a field of User.
type field struct{ hub, to string }

// defaultMap is the mapping that holds where none is configured.
func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "FirstName", From: identity.AttrGivenName}, {To: "LastName", From: identity.AttrFamilyName},
		{To: "Email", From: identity.AttrEmail}, {To: "Title", From: identity.AttrTitle},
		{To: "Department", From: identity.AttrDepartment}, {To: "EmployeeNumber", From: identity.AttrEmployeeNumber},
	}
}

// fieldForm is an API name; it goes into SOQL as it is.
var fieldForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)

// ours are the fields of User that a mapping may not write.
var ours = []string{"Id", "Username", "FederationIdentifier", "IsActive", "ProfileId", "Alias", "UserType", "LastLoginDate"}

func parseMap(mapping []targets.Mapping) ([]field, error) {
	if len(mapping) == 0 {
		mapping = defaultMap()
	}
	var fields []field
	var faults []error
	for i, m := range mapping {
		switch {
		case m.From == "" || !fieldForm.MatchString(m.To):
			faults = append(faults, fmt.Errorf("map[%d]: to: %q is not the API name of a field of User, or from is missing", i, m.To))
		case slices.ContainsFunc(ours, func(o string) bool { return strings.EqualFold(o, m.To) }):
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is not for a mapping to write", i, m.To))
		case slices.ContainsFunc(fields, func(f field) bool { return strings.EqualFold(f.to, m.To) }):
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			fields = append(fields, field{identity.CanonicalAttribute(m.From), m.To})
		}
	}
	return fields, errors.Join(faults...)
}

func hubNames(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.hub)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// stored is a value as Salesforce keeps it: without blanks around it, and addresses in
// lower case.
func (f field) stored(value string) string {
	value = strings.TrimSpace(value)
	if f.to == "Email" {
		value = strings.ToLower(value)
	}
	return value
}
