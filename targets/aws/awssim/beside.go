package awssim

import "slices"

// RoleSecret is the secret of the key that comes with a role.
const RoleSecret = "secret-of-the-role-5d2c"

// Suspend has an account be out of use.
func (s *System) Suspend(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.account(account); a != nil {
		a.Suspended = true
	}
}

// DropGroup deletes a group as somebody else would.
func (s *System) DropGroup(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groupNamed(name)
	s.state.Groups = slices.DeleteFunc(s.state.Groups, func(o *group) bool { return o == g })
	s.state.Members = slices.DeleteFunc(s.state.Members, func(m *membership) bool { return g != nil && m.Group == g.ID })
}

// AddEmail gives a user one address more.
func (s *System) AddEmail(id, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u, f := s.user(id); f == nil {
		list, _ := u.Fields["Emails"].([]any)
		u.Fields["Emails"] = append(list, map[string]any{"Value": address, "Type": "home", "Primary": false})
	}
}

// Emails returns the addresses of a user.
func (s *System) Emails(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	if u, f := s.user(id); f == nil {
		list, _ := u.Fields["Emails"].([]any)
		for _, e := range list {
			one, _ := e.(map[string]any)
			out = append(out, input(one).text("Value"))
		}
	}
	return out
}
