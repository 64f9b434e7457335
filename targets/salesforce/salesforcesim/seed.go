package salesforcesim

import (
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// kinds are the objects that kinds of entitlement are, and the field of their names.
var kinds = map[string][2]string{
	"permission-set": {"PermissionSet", "Name"}, "permission-set-group": {"PermissionSetGroup", "DeveloperName"},
	"profile": {"Profile", "Name"}, "public-group": {"Group", "DeveloperName"},
}

// Seed puts s in as somebody else would: what can be given, users, and who has what; an
// Indirect membership of a group goes through a group inside it. What is there already
// stays.
func (o *Org) Seed(s targets.State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ids := map[string]string{}
	for _, a := range s.Accounts {
		id := o.seedUser(a)
		ids[a.Name] = id
		if a.ID != "" {
			ids[a.ID] = id
		}
	}
	for _, e := range s.Entitlements {
		o.seedThing(e.Address)
	}
	for _, a := range s.Assignments {
		user := ids[a.AccountID]
		if user == "" && o.byID("User", a.AccountID) != nil {
			user = a.AccountID
		}
		if u := o.seededUser(a.AccountID); user == "" && u != nil {
			user = u["Id"].(string)
		}
		if user != "" {
			o.seedAssignment(user, a)
		}
	}
}

// seededUser finds a user by either name.
func (o *Org) seededUser(name string) row {
	if u := o.named("User", "FederationIdentifier", name); u != nil {
		return u
	}
	return o.named("User", "Username", name)
}

func (o *Org) seedUser(a targets.Account) string {
	if u := o.seededUser(a.Name); u != nil {
		return u["Id"].(string)
	}
	username := a.Name
	if !strings.Contains(username, "@") {
		username += "@seeded.example"
	}
	family, mail := a.Attributes.First(identity.AttrFamilyName), strings.ToLower(a.Attributes.First(identity.AttrEmail))
	if family == "" {
		family = a.Name
	}
	if mail == "" {
		mail = strings.ToLower(username)
	}
	var login any
	if !a.LastUsed.IsZero() {
		login = a.LastUsed.UTC().Format("2006-01-02T15:04:05.000-0700")
	}
	return o.insert("User", row{"Username": username, "FederationIdentifier": a.Name, "IsActive": a.Active, "UserType": "Standard",
		"ProfileId": o.memory.Rows["Profile"][0]["Id"], "LastName": family, "Email": mail, "LastLoginDate": login})
}

// seedThing returns the id of what can be given, which is made where there is none.
func (o *Org) seedThing(e identity.Entitlement) string {
	at, ok := kinds[e.Kind]
	if !ok {
		return ""
	}
	for _, r := range o.memory.Rows[at[0]] {
		if r[at[1]] == e.ID {
			return r["Id"].(string)
		}
	}
	r := row{at[1]: e.ID, "Name": e.ID, "Label": e.ID, "MasterLabel": e.ID}
	switch e.Kind {
	case "permission-set":
		r["IsOwnedByProfile"], r["Type"] = false, "Regular"
	case "public-group":
		r["Type"] = "Regular"
	}
	return o.insert(at[0], r)
}

func (o *Org) seedAssignment(user string, a targets.Assignment) {
	id := o.seedThing(a.Entitlement)
	var end any
	if !a.NotAfter.IsZero() {
		end = a.NotAfter.UTC().Format(timeForm)
	}
	switch a.Entitlement.Kind {
	case "permission-set":
		o.createAssignment(row{"AssigneeId": user, "PermissionSetId": id, "ExpirationDate": end})
	case "permission-set-group":
		o.createAssignment(row{"AssigneeId": user, "PermissionSetGroupId": id, "ExpirationDate": end})
	case "profile":
		o.byID("User", user)["ProfileId"] = id
	case "public-group":
		if a.Indirect {
			inner := o.insert("Group", row{"DeveloperName": "In_" + id + "_" + user, "Name": "nested", "Type": "Regular"})
			o.createMember(row{"GroupId": inner, "UserOrGroupId": user})
			user = inner
		}
		o.createMember(row{"GroupId": id, "UserOrGroupId": user})
	}
}
