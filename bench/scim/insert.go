package main

import (
	"context"

	"birthright/audit"
	"birthright/bench/hub"
	"birthright/identity"
	"birthright/internal/ids"
	"birthright/store"
)

// person is a SCIM user as the floor reads it.
type person struct {
	ExternalID string `json:"externalId"`
	UserName   string `json:"userName"`
	Name       struct {
		GivenName  string `json:"givenName"`
		FamilyName string `json:"familyName"`
	} `json:"name"`
	DisplayName  string   `json:"displayName"`
	Title        string   `json:"title"`
	UserType     string   `json:"userType"`
	Locale       string   `json:"locale"`
	Timezone     string   `json:"timezone"`
	Active       bool     `json:"active"`
	Emails       []plural `json:"emails"`
	PhoneNumbers []plural `json:"phoneNumbers"`
	Enterprise   struct {
		EmployeeNumber string `json:"employeeNumber"`
		CostCenter     string `json:"costCenter"`
		Organization   string `json:"organization"`
		Department     string `json:"department"`
		Manager        plural `json:"manager"`
	} `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	Birthright struct {
		Team     string `json:"team"`
		Location string `json:"location"`
	} `json:"urn:birthright:params:scim:schemas:extension:1.0:User"`
}

type plural struct {
	Value string `json:"value"`
}

// attributes are those that the hub keeps of a person.
func (p person) attributes() identity.Attributes {
	a := identity.Attributes{}
	for name, value := range map[string]string{
		identity.AttrUserName: p.UserName, identity.AttrExternalID: p.ExternalID, identity.AttrDisplayName: p.DisplayName,
		identity.AttrGivenName: p.Name.GivenName, identity.AttrFamilyName: p.Name.FamilyName, identity.AttrTitle: p.Title,
		identity.AttrUserType: p.UserType, identity.AttrLocale: p.Locale, identity.AttrTimezone: p.Timezone,
		identity.AttrDepartment: p.Enterprise.Department, identity.AttrOrganization: p.Enterprise.Organization,
		identity.AttrCostCenter: p.Enterprise.CostCenter, identity.AttrEmployeeNumber: p.Enterprise.EmployeeNumber,
		identity.AttrManager: p.Enterprise.Manager.Value, identity.AttrTeam: p.Birthright.Team, identity.AttrLocation: p.Birthright.Location,
		identity.AttrEmployeeType: p.UserType, identity.AttrActive: "true",
	} {
		if value != "" {
			a.Set(name, value)
		}
	}
	for _, one := range p.Emails {
		a[identity.AttrEmail] = append(a[identity.AttrEmail], one.Value)
	}
	for _, one := range p.PhoneNumbers {
		a[identity.AttrPhone] = append(a[identity.AttrPhone], one.Value)
	}
	return a
}

// insert writes what the hub writes of a new person, in a transaction that shares
// its commit as the hub's do. It is durable on return.
func insert(ctx context.Context, db *store.DB, p person, payload []byte) (string, error) {
	id := ids.New()
	return id, db.Update(ctx, func(tx *store.Tx) error {
		user, record := rowsOf(p, id, payload)
		event := audit.Event{
			Actor: "source:" + hub.Source, Action: "user.created", Subject: "user:" + p.UserName,
			Detail: map[string]any{"state": string(user.State), "record": hub.Source + "/" + id},
		}
		if err := tx.SaveUsers(ctx, []*identity.User{user}, event); err != nil {
			return err
		}
		if err := tx.EnqueueWork(ctx, []store.Work{{UserN: user.N}}); err != nil {
			return err
		}
		record.UserN = user.N
		if err := tx.SaveRecords(ctx, []*identity.Record{record}); err != nil {
			return err
		}
		return tx.SetMatchKeys(ctx, map[int64][]string{record.N: {
			"employeenumber=" + p.Enterprise.EmployeeNumber, "email=" + record.Attributes.First(identity.AttrEmail), "username=" + p.UserName,
		}})
	})
}

// rowsOf makes the user and the record of a person.
func rowsOf(p person, id string, payload []byte) (*identity.User, *identity.Record) {
	a := p.attributes()
	user := &identity.User{UserName: p.UserName, State: identity.Active, Attributes: a, Origins: map[string]string{}}
	for name := range a {
		user.Origins[name] = hub.Source
	}
	return user, &identity.Record{ID: id, Key: id, Source: hub.Source, Attributes: a, Payload: payload}
}
