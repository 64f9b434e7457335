package slacksim

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Seed puts s in as people would by hand: the app is in every channel.
func (s *System) Seed(state targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range state.Accounts {
		if email := address(a); s.byEmail(email) == nil {
			local, _, _ := strings.Cut(email, "@")
			s.mem.Users = append(s.mem.Users, &user{ID: s.id("U"), Name: local, Email: email, Deleted: !a.Active})
		}
	}
	for _, e := range state.Entitlements {
		s.members(e.Address)
	}
	for _, a := range state.Assignments {
		u := s.user(a.AccountID)
		if u == nil {
			u = s.byEmail(address(targets.Account{Name: a.AccountID}))
		}
		if list := s.members(a.Entitlement); u != nil && list != nil && !slices.Contains(*list, u.ID) {
			*list = append(*list, u.ID)
		}
	}
}

// address is the account's e-mail address: the hub's idea of it, its name, or one in
// example.com.
func address(a targets.Account) string {
	switch email := a.Attributes.First(identity.AttrEmail); {
	case email != "":
		return strings.ToLower(email)
	case strings.Contains(a.Name, "@"):
		return strings.ToLower(a.Name)
	}
	return strings.ToLower(a.Name) + "@example.com"
}

// members finds or makes what an address names, and returns who is in.
func (s *System) members(e identity.Entitlement) *[]string {
	switch e.Kind {
	case "usergroup":
		for _, g := range s.mem.Groups {
			if g.Handle == e.ID {
				return &g.Users
			}
		}
		return &s.found(e.ID).Users
	case "channel":
		for _, c := range s.mem.Channels {
			if c.Name == e.ID {
				return &c.Members
			}
		}
		c := &channel{ID: s.id("C"), Name: e.ID, Members: []string{app}}
		s.mem.Channels = append(s.mem.Channels, c)
		return &c.Members
	}
	return nil
}

// Deactivate ends a user's account, and leaves it where it is a member of user groups.
func (s *System) Deactivate(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.byEmail(email); u != nil {
		u.Deleted = true
		for _, c := range s.mem.Channels {
			c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == u.ID })
		}
	}
}

// Channel makes a channel of a sort: "archived", "general", "elsewhere" (public, the app
// is not in) or "private" (the same, and so not shown).
func (s *System) Channel(name, sort string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{ID: s.id("C"), Name: name, Archived: sort == "archived", General: sort == "general", Private: sort == "private"}
	c.Members = []string{"UOTHER001"} // somebody of another workspace
	if sort == "archived" || sort == "general" {
		c.Members = []string{app}
	}
	s.mem.Channels = append(s.mem.Channels, c)
}

// External makes a user group whose members others decide.
func (s *System) External(handle string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found(handle).External = true
}

// Overwrite replaces a user group's list, as somebody else does who looked before.
func (s *System) Overwrite(handle string, emails ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.members(identity.Entitlement{Kind: "usergroup", ID: handle})
	*list = nil
	for _, email := range emails {
		if u := s.byEmail(email); u != nil {
			*list = append(*list, u.ID)
		}
	}
}
