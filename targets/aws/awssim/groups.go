package awssim

import (
	"slices"
	"strings"
)

func (s *System) listGroups(in input) (output, *fault) {
	return paged(s, "Groups", "groups", in, s.state.Groups, func(g *group) any { return g.shown() })
}

func (g *group) shown() output {
	out := output{"GroupId": g.ID, "DisplayName": g.Name, "IdentityStoreId": Store}
	if g.Issuer != "" {
		out["ExternalIds"] = []any{output{"Issuer": g.Issuer, "Id": g.ID}}
	}
	return out
}

func (s *System) group(id string) (*group, *fault) {
	if i := slices.IndexFunc(s.state.Groups, func(g *group) bool { return g.ID == id }); i >= 0 {
		return s.state.Groups[i], nil
	}
	return nil, missing("GROUP", id)
}

func (s *System) groupNamed(name string) *group {
	i := slices.IndexFunc(s.state.Groups, func(g *group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return s.state.Groups[i]
}

func (s *System) describeGroup(in input) (output, *fault) {
	g, f := s.group(in.text("GroupId"))
	if f != nil {
		return nil, f
	}
	return g.shown(), nil
}

func (s *System) getGroupID(in input) (output, *fault) {
	name, f := alternate(in, "displayName")
	if f != nil {
		return nil, f
	}
	g := s.groupNamed(name)
	if g == nil {
		return nil, missing("GROUP", name)
	}
	return output{"GroupId": g.ID, "IdentityStoreId": Store}, nil
}

func (s *System) createGroup(in input) (output, *fault) {
	name := in.text("DisplayName")
	switch {
	case !groupNames.MatchString(name) || len(name) > 1024:
		return nil, refuse("ValidationException", "1 validation error detected: Value at 'displayName' failed to satisfy constraint")
	case s.groupNamed(name) != nil:
		return nil, conflict("GROUP", "Duplicate GroupDisplayName")
	}
	return output{"GroupId": s.addGroup(name).ID, "IdentityStoreId": Store}, nil
}

func (s *System) addGroup(name string) *group {
	g := &group{ID: s.id(), Name: name}
	s.state.Groups = append(s.state.Groups, g)
	return g
}

func (m *membership) shown() any {
	return output{"IdentityStoreId": Store, "MembershipId": m.ID, "GroupId": m.Group, "MemberId": output{"UserId": m.User}}
}

func (s *System) listMemberships(in input) (output, *fault) {
	g, f := s.group(in.text("GroupId"))
	if f != nil {
		return nil, f
	}
	return s.memberships("of group "+g.ID, in, func(m *membership) bool { return m.Group == g.ID })
}

func (s *System) listMembershipsFor(in input) (output, *fault) {
	u, f := s.user(in.object("MemberId").text("UserId"))
	if f != nil {
		return nil, f
	}
	return s.memberships("of user "+u.ID, in, func(m *membership) bool { return m.User == u.ID })
}

func (s *System) memberships(list string, in input, asked func(*membership) bool) (output, *fault) {
	var found []*membership
	for _, m := range s.state.Members {
		if asked(m) {
			found = append(found, m)
		}
	}
	return paged(s, "GroupMemberships", list, in, found, (*membership).shown)
}

// pair returns the user and group that a request names.
func (s *System) pair(in input) (g *group, u *user, f *fault) {
	if g, f = s.group(in.text("GroupId")); f != nil {
		return nil, nil, f
	}
	u, f = s.user(in.object("MemberId").text("UserId"))
	return g, u, f
}

func (s *System) member(g *group, u *user) *membership {
	i := slices.IndexFunc(s.state.Members, func(m *membership) bool { return m.Group == g.ID && m.User == u.ID })
	if i < 0 {
		return nil
	}
	return s.state.Members[i]
}

func (s *System) getMembershipID(in input) (output, *fault) {
	g, u, f := s.pair(in)
	if f != nil {
		return nil, f
	}
	m := s.member(g, u)
	if m == nil {
		return nil, missing("GROUP_MEMBERSHIP", "")
	}
	return output{"MembershipId": m.ID, "IdentityStoreId": Store}, nil
}

func (s *System) createMembership(in input) (output, *fault) {
	g, u, f := s.pair(in)
	if f != nil {
		return nil, f
	}
	if s.member(g, u) != nil {
		return nil, conflict("GROUP_MEMBERSHIP", "Member and Group relationship already exists")
	}
	return output{"MembershipId": s.join(g, u).ID, "IdentityStoreId": Store}, nil
}

func (s *System) join(g *group, u *user) *membership {
	m := &membership{ID: s.id(), Group: g.ID, User: u.ID}
	s.state.Members = append(s.state.Members, m)
	return m
}

func (s *System) deleteMembership(in input) (output, *fault) {
	id := in.text("MembershipId")
	i := slices.IndexFunc(s.state.Members, func(m *membership) bool { return strings.EqualFold(m.ID, id) })
	if i < 0 {
		return nil, missing("GROUP_MEMBERSHIP", id)
	}
	s.state.Members = slices.Delete(s.state.Members, i, i+1)
	return output{}, nil
}
