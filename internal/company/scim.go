package company

import (
	"encoding/json"
	"time"
)

// resource is a person as a SCIM user (RFC 7643) with the enterprise extension
// and the hub's own.
type resource struct {
	Schemas      []string   `json:"schemas"`
	ExternalID   string     `json:"externalId"`
	UserName     string     `json:"userName"`
	Name         scimName   `json:"name"`
	DisplayName  string     `json:"displayName"`
	Title        string     `json:"title"`
	UserType     string     `json:"userType"`
	Locale       string     `json:"locale"`
	Timezone     string     `json:"timezone"`
	Active       bool       `json:"active"`
	Emails       []plural   `json:"emails"`
	PhoneNumbers []plural   `json:"phoneNumbers"`
	Enterprise   enterprise `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	Birthright   extension  `json:"urn:birthright:params:scim:schemas:extension:1.0:User"`
}

type scimName struct {
	GivenName  string `json:"givenName"`
	FamilyName string `json:"familyName"`
	Formatted  string `json:"formatted"`
}

type plural struct {
	Value   string `json:"value"`
	Type    string `json:"type"`
	Primary bool   `json:"primary,omitempty"`
}

type enterprise struct {
	EmployeeNumber string   `json:"employeeNumber"`
	CostCenter     string   `json:"costCenter"`
	Organization   string   `json:"organization"`
	Department     string   `json:"department"`
	Manager        *manager `json:"manager,omitempty"`
}

type manager struct {
	Value string `json:"value"`
}

type extension struct {
	Team     string `json:"team,omitempty"`
	Location string `json:"location"`
}

// SCIM renders the person as a SCIM user resource to POST, as an identity
// provider would at now: active while employed, the manager by UserName. SCIM
// has no place for start and end dates.
func (p Person) SCIM(now time.Time) []byte {
	r := resource{
		Schemas: []string{
			"urn:ietf:params:scim:schemas:core:2.0:User",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
			"urn:birthright:params:scim:schemas:extension:1.0:User",
		},
		ExternalID: p.EmployeeNumber, UserName: p.UserName, DisplayName: p.DisplayName, Title: p.Title,
		Name:     scimName{p.GivenName, p.FamilyName, p.DisplayName},
		UserType: p.Type, Locale: p.Locale, Timezone: p.Timezone, Active: p.Employed(now),
		Emails:       []plural{{Value: p.Email, Type: "work", Primary: true}},
		PhoneNumbers: []plural{{Value: p.Phone, Type: "work"}},
		Enterprise:   enterprise{EmployeeNumber: p.EmployeeNumber, CostCenter: p.CostCenter, Organization: "Example", Department: p.Department},
		Birthright:   extension{Team: p.Team, Location: p.Location},
	}
	if p.Manager != "" {
		r.Enterprise.Manager = &manager{p.Manager}
	}
	out, _ := json.Marshal(r) // strings and booleans always can be
	return out
}
