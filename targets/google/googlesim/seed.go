package googlesim

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Seed puts s in as an administrator would by hand. Who has a role on a shared drive
// has it by a group called as the hub would call it; an assignment that is Indirect is
// one through another group, which is in the first or has the permission itself.
func (s *System) Seed(state targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range state.Accounts {
		s.seedUser(a)
	}
	for _, e := range state.Entitlements {
		s.seedEntitlement(e.Address)
	}
	for _, a := range state.Assignments {
		s.seedAssignment(a)
	}
}

// address is the account's e-mail address: its name, the hub's own idea of it, or one
// in example.com.
func address(a targets.Account) string {
	switch email := a.Attributes.First(identity.AttrEmail); {
	case email != "":
		return strings.ToLower(email)
	case strings.Contains(a.Name, "@"):
		return strings.ToLower(a.Name)
	}
	return strings.ToLower(a.Name) + "@example.com"
}

func (s *System) seedUser(a targets.Account) {
	email := address(a)
	if s.taken(email) {
		return
	}
	local, _, _ := strings.Cut(email, "@")
	name := map[string]any{"givenName": local, "familyName": local}
	if given := a.Attributes.First(identity.AttrGivenName); given != "" {
		name["givenName"] = given
	}
	if family := a.Attributes.First(identity.AttrFamilyName); family != "" {
		name["familyName"] = family
	}
	u := map[string]any{"primaryEmail": email, "name": name, "suspended": !a.Active}
	if !a.LastUsed.IsZero() {
		u["lastLoginTime"] = a.LastUsed.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	s.keep(u)
}

func (s *System) seedEntitlement(e identity.Entitlement) {
	switch e.Kind {
	case "group":
		if !s.taken(e.ID) {
			s.found(e.ID, e.ID).Made = s.opt.Now().Add(-s.opt.Lag)
		}
	case "drive":
		s.drive(e.ID)
	case "file":
		id, _ := roleOf(e.ID)
		if s.mem.Permissions[id] == nil {
			s.mem.Permissions[id] = map[string]*permission{}
		}
	}
}

// drive finds or makes the drive that an address names.
func (s *System) drive(address string) (id, role string) {
	name, role := roleOf(address)
	for id, known := range s.mem.Drives {
		if known == name {
			return id, role
		}
	}
	id = "0A" + s.id()
	s.mem.Drives[id], s.mem.Permissions[id] = name, map[string]*permission{}
	return id, role
}

func (s *System) seedAssignment(a targets.Assignment) {
	u := s.user(a.AccountID)
	if u == nil {
		u = s.user(address(targets.Account{Name: a.AccountID}))
	}
	if u == nil {
		return
	}
	who := &member{ID: str(u, "id"), Email: str(u, "primaryEmail"), Role: "MEMBER", Type: "USER"}
	var through *group
	if a.Indirect {
		through = s.found("nested-"+strings.ToLower(s.id())+"@example.com", "nested")
		through.Made = s.opt.Now().Add(-s.opt.Lag)
		through.Members[who.ID] = who
		who = &member{ID: through.ID, Email: through.Email, Role: "MEMBER", Type: "GROUP"}
	}
	switch a.Entitlement.Kind {
	case "group":
		s.seedEntitlement(a.Entitlement)
		s.group(a.Entitlement.ID).Members[who.ID] = who
	case "drive":
		s.roleGroup(a.Entitlement.ID).Members[who.ID] = who
	case "file":
		s.seedEntitlement(a.Entitlement)
		id, role := roleOf(a.Entitlement.ID)
		s.mem.Permissions[id]["p"+who.ID] = &permission{ID: "p" + who.ID, Type: strings.ToLower(who.Type), Role: role, Email: who.Email, Expiration: a.NotAfter}
	}
}

// roleGroup finds or makes the group that stands for a role on a drive.
func (s *System) roleGroup(address string) *group {
	id, role := s.drive(address)
	sum := sha256.Sum256([]byte(id))
	email := strings.ToLower("drive-seeded-" + hex.EncodeToString(sum[:4]) + "-" + role + "@" + s.opt.GroupDomain)
	g := s.group(email)
	if g == nil {
		g = s.found(email, address)
		g.Made = s.opt.Now().Add(-s.opt.Lag)
		s.mem.Permissions[id]["p"+g.ID] = &permission{ID: "p" + g.ID, Type: "group", Role: role, Email: email}
	}
	return g
}

// Twin makes another shared drive of a name that one has already, as people can.
func (s *System) Twin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "0A" + s.id()
	s.mem.Drives[id], s.mem.Permissions[id] = name, map[string]*permission{}
}
