package githubsim

import "birthright/identity"

// Accept has whoever was invited, by login or address, come in as login.
func (s *System) Accept(invited, as string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(as)
	for _, inv := range s.open() {
		if inv.Email == invited || inv.Invitee == u.ID && invited == as {
			s.mem.Members[u.ID] = map[string]string{"admin": "admin"}[inv.Role]
			if s.mem.Members[u.ID] == "" {
				s.mem.Members[u.ID] = "member"
			}
			for _, slug := range inv.Teams {
				s.team(slug).Members[u.ID] = "member"
			}
			s.drop(inv)
			return true
		}
	}
	return false
}

// Edit changes what is held, as somebody would by hand.
func (s *System) Edit(change func(o *Organisation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&Organisation{s})
}

// Organisation is the organisation under somebody's hands.
type Organisation struct{ s *System }

// User returns the account with a login.
func (o *Organisation) User(login string) *User { return o.s.user(login) }

// Team returns a team, which is made where there is none.
func (o *Organisation) Team(slug string) *Team { return o.s.helper(slug) }

// Repo returns a repository, which is made where there is none.
func (o *Organisation) Repo(name string) *Repo {
	o.s.provide(identity.Entitlement{Kind: "repo", ID: name})
	return o.s.repo(name)
}

// SetRole makes somebody a member, an owner (admin), or with "" neither.
func (o *Organisation) SetRole(login, role string) {
	if u := o.s.user(login); role == "" {
		o.s.leave(u.ID)
	} else {
		o.s.mem.Members[u.ID] = role
	}
}

// SetBase sets what members have in every repository.
func (o *Organisation) SetBase(level string) { o.s.mem.Base = level }

// Open tells who is invited, by login or address, and to which teams.
func (o *Organisation) Open() map[string][]string {
	out := map[string][]string{}
	for _, i := range o.s.open() {
		name := i.Email
		if u := o.s.mem.Users[i.Invitee]; u != nil {
			name = u.Login
		}
		out[name] = i.Teams
	}
	return out
}
