package hub

import (
	"time"

	"birthright/identity"
	"birthright/internal/company"
)

// RecordOf is what the source says about somebody of a made-up company, as the
// front door maps it.
func RecordOf(p company.Person, now time.Time) identity.Record {
	r := identity.Record{Source: Source, Key: p.EmployeeNumber, Payload: p.SCIM(now), Attributes: identity.Attributes{}}
	for name, value := range map[string]string{
		identity.AttrUserName: p.UserName, identity.AttrDisplayName: p.DisplayName, identity.AttrGivenName: p.GivenName,
		identity.AttrFamilyName: p.FamilyName, identity.AttrEmail: p.Email, identity.AttrPhone: p.Phone, identity.AttrTitle: p.Title,
		identity.AttrDepartment: p.Department, identity.AttrTeam: p.Team, identity.AttrLocation: p.Location,
		identity.AttrManager: p.Manager, identity.AttrEmployeeNumber: p.EmployeeNumber, identity.AttrEmployeeType: p.Type,
		identity.AttrUserType: p.Type, identity.AttrCostCenter: p.CostCenter, identity.AttrLocale: p.Locale, identity.AttrTimezone: p.Timezone,
		identity.AttrActive: "true",
	} {
		if value != "" {
			r.Attributes.Set(name, value)
		}
	}
	return r
}
