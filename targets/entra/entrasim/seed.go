package entrasim

import (
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// fields are where the hub's attributes stand.
var fields = map[string]string{
	identity.AttrDisplayName: "displayName", identity.AttrGivenName: "givenName", identity.AttrFamilyName: "surname",
	identity.AttrTitle: "jobTitle", identity.AttrDepartment: "department", identity.AttrEmployeeNumber: "employeeId",
}

// Seed puts in as an administrator would. What is held indirectly is held by a group
// that is in the group.
func (s *Sim) Seed(in targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[string]string{}
	for _, u := range s.memory.Users {
		ids[u.name()], ids[u.ID] = u.ID, u.ID
	}
	for _, a := range in.Accounts {
		name := nameOf(a)
		if ids[name] == "" {
			ids[name] = s.seedUser(a, name).ID
		}
		ids[a.Name] = ids[name]
	}
	for _, e := range in.Entitlements {
		s.seedGroup(e.Address.ID)
	}
	for _, a := range in.Assignments {
		g := s.seedGroup(a.Entitlement.ID)
		if a.Indirect {
			nested := s.seedGroup(g.name() + " (nested)")
			g.Groups[nested.ID] = true
			g = nested
		}
		if id := ids[a.AccountID]; id != "" {
			g.Users[id] = true
			s.changed("groups", g.ID)
		}
	}
}

// nameOf is the name, or the address of whom that is none.
func nameOf(a targets.Account) string {
	if email := a.Attributes.First(identity.AttrEmail); email != "" && !strings.Contains(a.Name, "@") {
		return email
	}
	return a.Name
}

func (s *Sim) seedUser(a targets.Account, name string) *User {
	u := &User{ID: s.id(), Properties: map[string]any{"userPrincipalName": name, "accountEnabled": a.Active, "displayName": name}}
	for hub, field := range fields {
		if v := a.Attributes.First(hub); v != "" {
			u.Properties[field] = v
		}
	}
	if !a.LastUsed.IsZero() {
		u.Properties["signInActivity"] = map[string]any{"lastSignInDateTime": a.LastUsed.UTC().Format("2006-01-02T15:04:05Z")}
	}
	s.memory.Users[u.ID] = u
	s.changed("users", u.ID)
	return u
}

func (s *Sim) seedGroup(name string) *Group {
	for _, g := range sorted(s.memory.Groups) {
		if g.name() == name {
			return g
		}
	}
	return s.addGroup(map[string]any{"displayName": name, "mailEnabled": false, "securityEnabled": true, "mailNickname": "g"})
}

// Add makes another group of that name, with such properties besides, and with members
// by name.
func (s *Sim) Add(name string, properties map[string]any, members ...string) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := map[string]any{"displayName": name, "mailEnabled": false, "securityEnabled": true, "mailNickname": "g"}
	for k, v := range properties {
		p[k] = v
	}
	g := s.addGroup(p)
	for _, m := range members {
		if u := s.find(m); u != nil {
			g.Users[u.ID] = true
		}
	}
	return g.ID
}

// SignedOut tells how often the user of that name was signed out.
func (s *Sim) SignedOut(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.find(name); u != nil {
		return u.SignedOut
	}
	return 0
}
