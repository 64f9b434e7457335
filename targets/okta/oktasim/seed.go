package oktasim

import (
	"birthright/identity"
	"birthright/targets"
)

// fields are where the hub's attributes stand in a profile.
var fields = map[string]string{
	identity.AttrGivenName: "firstName", identity.AttrFamilyName: "lastName", identity.AttrDisplayName: "displayName",
	identity.AttrEmail: "email", identity.AttrTitle: "title", identity.AttrDepartment: "department", identity.AttrEmployeeNumber: "employeeNumber",
}

// Seed puts s in as an administrator would. What is held indirectly comes from a rule.
func (s *Sim) Seed(in targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[string]string{}
	for _, u := range s.memory.Users {
		login, _ := u.Profile["login"].(string)
		ids[login], ids[u.ID] = u.ID, u.ID
	}
	for _, a := range in.Accounts {
		login := loginOf(a)
		if ids[login] == "" {
			ids[login] = s.seedUser(a, login).ID
		}
		ids[a.Name] = ids[login]
	}
	for _, e := range in.Entitlements {
		s.seedGroup(e.Address.ID)
	}
	for _, a := range in.Assignments {
		g := s.seedGroup(a.Entitlement.ID)
		if id := ids[a.AccountID]; id != "" {
			g.Members[id] = true
			g.Changed = s.opt.Now().UTC()
		}
		if a.Indirect {
			s.memory.Rules = append(s.memory.Rules, &Rule{ID: s.id("0pr"), Name: "fills " + g.Name, Groups: []string{g.ID}})
		}
	}
}

// loginOf is the name, or the address of whom that is none.
func loginOf(a targets.Account) string {
	if email := a.Attributes.First(identity.AttrEmail); email != "" && !isAddress(a.Name) {
		return email
	}
	return a.Name
}

func (s *Sim) seedUser(a targets.Account, login string) *User {
	now := s.opt.Now().UTC()
	u := &User{ID: s.id("00u"), Status: "ACTIVE", Profile: map[string]any{"login": login}, Created: now, Updated: now}
	if isAddress(login) {
		u.Profile["email"] = login
	}
	for hub, field := range fields {
		if v := a.Attributes.First(hub); v != "" {
			u.Profile[field] = v
		}
	}
	if !a.Active {
		u.Status = "SUSPENDED"
	}
	if at := a.LastUsed.UTC(); !a.LastUsed.IsZero() {
		u.LastLogin = &at
	}
	s.memory.Users[u.ID] = u
	return u
}

func (s *Sim) seedGroup(name string) *Group {
	for _, g := range s.sortedGroups() {
		if g.Name == name && g.Type == "OKTA_GROUP" {
			return g
		}
	}
	return s.addGroup("OKTA_GROUP", name, "")
}

// Import makes a group as an application's import does, with members by login.
func (s *Sim) Import(kind, name string, logins ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.addGroup(kind, name, "")
	for _, login := range logins {
		if u := s.find(login); u != nil {
			g.Members[u.ID] = true
		}
	}
}

// Put gives the user of that login another status.
func (s *Sim) Put(login, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.find(login); u != nil {
		s.become(u, status)
	}
}
