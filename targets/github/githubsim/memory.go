package githubsim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// memory is all that the organisation holds, and GitHub for it.
type memory struct {
	Users   map[int64]*User
	Members map[int64]string // id → admin or member
	// Base is what members have in every repository: none, read, write or admin.
	Base        string
	Teams       []*Team
	Repos       []*Repo
	Invitations []*Invitation
	Next        int64
}

// User is an account on GitHub.
type User struct {
	ID           int64
	Login, Email string
}

// Team is a team. Tied is the group elsewhere that its members come from.
type Team struct {
	ID, Parent int64
	Slug       string
	Members    map[int64]string // id → member or maintainer
	Tied       string
	Enterprise bool
}

// Repo is a repository.
type Repo struct {
	ID      int64
	Name    string
	Direct  map[int64]string  // id → level
	Teams   map[string]string // slug → level
	Invited []*RepoInvitation
}

// RepoInvitation is one to a repository.
type RepoInvitation struct {
	ID, Invitee int64
	Level       string
}

// Invitation is one to the organisation.
type Invitation struct {
	ID, Invitee  int64
	Email, Role  string
	Teams        []string
	Created      time.Time
	FailedReason string
}

// week is how long an invitation is good.
const week = 7 * 24 * time.Hour

// lapse ends invitations that nobody accepted in time.
func (s *System) lapse() {
	for _, inv := range s.mem.Invitations {
		if inv.FailedReason == "" && s.opt.Now().Sub(inv.Created) >= week {
			inv.FailedReason = "Invitation expired. User did not accept this invite for 7 days"
		}
	}
}

func (s *System) id() int64 {
	s.mem.Next++
	return s.mem.Next
}

// user returns the account with a login; everybody has one.
func (s *System) user(name string) *User {
	for _, u := range s.mem.Users {
		if strings.EqualFold(u.Login, name) {
			return u
		}
	}
	if strings.HasPrefix(name, "no-such-") || name == "" || name[0] == '-' && strings.HasSuffix(name, "-") {
		return nil
	}
	u := &User{ID: s.id(), Login: name}
	s.mem.Users[u.ID] = u
	return u
}

func (s *System) team(slug string) *Team {
	for _, t := range s.mem.Teams {
		if t.Slug == slug {
			return t
		}
	}
	return nil
}

func (s *System) repo(name string) *Repo {
	for _, r := range s.mem.Repos {
		if strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

// children returns a team's child teams at any depth.
func (s *System) children(t *Team) []*Team {
	var out []*Team
	for _, c := range s.mem.Teams {
		if c.Parent == t.ID {
			out = append(append(out, c), s.children(c)...)
		}
	}
	return out
}

// open returns the invitations that are open.
func (s *System) open() []*Invitation {
	return slices.DeleteFunc(slices.Clone(s.mem.Invitations), func(i *Invitation) bool { return i.FailedReason != "" })
}

func (s *System) openFor(u *User) *Invitation {
	for _, i := range s.open() {
		if i.Invitee == u.ID {
			return i
		}
	}
	return nil
}

func (s *System) drop(inv *Invitation) {
	s.mem.Invitations = slices.DeleteFunc(s.mem.Invitations, func(i *Invitation) bool { return i == inv })
}

// leave ends all that somebody has in the organisation.
func (s *System) leave(id int64) {
	delete(s.mem.Members, id)
	for _, t := range s.mem.Teams {
		delete(t.Members, id)
	}
	for _, r := range s.mem.Repos {
		delete(r.Direct, id)
	}
}

// Seed puts st in as an owner would.
func (s *System) Seed(st targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range st.Accounts {
		if u := s.user(s.loginOf(a)); u != nil && s.mem.Members[u.ID] == "" {
			u.Email = a.Attributes.First(identity.AttrEmail)
			s.mem.Members[u.ID] = "member"
		}
	}
	for _, e := range st.Entitlements {
		s.provide(e.Address)
	}
	for _, a := range st.Assignments {
		u := s.seeded(a.AccountID)
		s.provide(a.Entitlement)
		if u != nil {
			s.give(u, a)
		}
	}
}

func (s *System) loginOf(a targets.Account) string {
	if s.opt.Login != "" && s.opt.Login != identity.AttrUserName {
		return login(a.Attributes.First(s.opt.Login))
	}
	return login(a.Name)
}

// seeded finds who an assignment names, by id or name.
func (s *System) seeded(name string) *User {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && s.mem.Users[id] != nil {
		return s.mem.Users[id]
	}
	return s.user(login(name))
}

// provide makes a team or repository where there is none.
func (s *System) provide(e identity.Entitlement) {
	name, _, _ := strings.Cut(e.ID, "@")
	switch {
	case e.Kind == "team" && s.team(name) == nil:
		s.mem.Teams = append(s.mem.Teams, &Team{ID: s.id(), Slug: name, Members: map[int64]string{}})
	case e.Kind == "repo" && s.repo(name) == nil:
		s.mem.Repos = append(s.mem.Repos, &Repo{ID: s.id(), Name: name, Direct: map[int64]string{}, Teams: map[string]string{}})
	}
}

// give puts an assignment in: one that is indirect goes through a child team, or
// through a team of the repository.
func (s *System) give(u *User, a targets.Assignment) {
	name, role, _ := strings.Cut(a.Entitlement.ID, "@")
	switch {
	case a.Entitlement.Kind == "team" && a.Indirect:
		child := s.helper(name + "-child")
		child.Parent, child.Members[u.ID] = s.team(name).ID, "member"
	case a.Entitlement.Kind == "team":
		if s.team(name).Members[u.ID] = "member"; role != "" {
			s.team(name).Members[u.ID] = role
		}
	case a.Entitlement.Kind == "repo" && a.Indirect:
		s.helper(name + "-team").Members[u.ID] = "member"
		s.repo(name).Teams[name+"-team"], s.repo(name).Direct[u.ID] = role, levels[0]
	case a.Entitlement.Kind == "repo":
		s.repo(name).Direct[u.ID] = role
	case a.Entitlement.ID == "owner":
		s.mem.Members[u.ID] = "admin"
	case s.mem.Members[u.ID] == "":
		s.mem.Members[u.ID] = "member"
	}
}

func (s *System) helper(slug string) *Team {
	if s.team(slug) == nil {
		s.mem.Teams = append(s.mem.Teams, &Team{ID: s.id(), Slug: slug, Members: map[int64]string{}})
	}
	return s.team(slug)
}

func sorted[V any](m map[int64]V) []int64 { return slices.Sorted(maps.Keys(m)) }
