package ldaptarget

import (
	goldap "github.com/go-ldap/ldap/v3"
)

// batch is what is to become of one group's members.
type batch struct {
	team    *Team
	members []*member
}

// member is one value to be added to or removed from a group.
type member struct {
	op     int // its place in the call
	person *Person
	value  string
	add    bool
	// already and err are the outcome; neither: done.
	already bool
	err     error
}

// names reports whether the batch holds a membership of p.
func (b *batch) names(p *Person) bool {
	for _, m := range b.members {
		if m.person == p {
			return true
		}
	}
	return false
}

// settle makes all members true by one modify if it can. Where some are true
// already it leaves those out; where the server refuses, it halves, so that one
// bad value does not hold up the others.
func (s *Session) settle(g *Team, members []*member) {
	err := s.modifyMembers(g, members)
	if err != nil && disputed(err) {
		var open []*member
		if open, err = s.leaveOutTrue(g, members, err); len(open) == 0 {
			return
		}
		if len(open) < len(members) {
			s.settle(g, open)
			return
		}
	}
	if err == nil {
		return
	}
	if len(members) > 1 && divisible(err) {
		half := len(members) / 2
		s.settle(g, members[:half])
		s.settle(g, members[half:])
		return
	}
	for _, m := range members {
		m.err = err
	}
}

// disputed reports whether an answer may mean "that is so already". Active
// Directory says 68 and 53 where others say 20 and 16.
func disputed(err error) bool {
	return goldap.IsErrorAnyOf(err, goldap.LDAPResultAttributeOrValueExists, goldap.LDAPResultNoSuchAttribute,
		goldap.LDAPResultEntryAlreadyExists, goldap.LDAPResultUnwillingToPerform)
}

// divisible reports whether a refusal may be about some of the values only.
func divisible(err error) bool {
	return goldap.IsErrorAnyOf(err, goldap.LDAPResultInvalidAttributeSyntax, goldap.LDAPResultConstraintViolation,
		goldap.LDAPResultInvalidDNSyntax, goldap.LDAPResultNoSuchObject, goldap.LDAPResultAttributeOrValueExists,
		goldap.LDAPResultNoSuchAttribute, goldap.LDAPResultUnwillingToPerform, goldap.LDAPResultAdminLimitExceeded)
}

// modifyMembers sends one modify, with the placeholder coming or going with it
// where the group must not be empty.
func (s *Session) modifyMembers(g *Team, members []*member) error {
	var add, remove []string
	for _, m := range members {
		if m.add {
			add = append(add, m.value)
		} else {
			remove = append(remove, m.value)
		}
	}
	if len(add) > 0 && s.t.Layout.Placeholder != "" {
		present, err := s.has(g, s.t.Layout.Placeholder)
		if err != nil {
			return NotSent(err)
		}
		if present {
			remove = append(remove, s.t.Layout.Placeholder)
		}
	}
	err := s.ModifyGroup(g, add, remove)
	if goldap.IsErrorWithCode(err, goldap.LDAPResultObjectClassViolation) && len(add) == 0 && s.t.Layout.Placeholder != "" {
		return s.ModifyGroup(g, []string{s.t.Layout.Placeholder}, remove)
	}
	return err
}

// ModifyGroup adds members to a group and removes others by one request.
func (s *Session) ModifyGroup(g *Team, add, remove []string) error {
	request := goldap.NewModifyRequest(g.Ref, nil)
	if len(add) > 0 {
		request.Add(s.t.Layout.Member, add)
	}
	if len(remove) > 0 {
		request.Delete(s.t.Layout.Member, remove)
	}
	return s.Write(func(c *goldap.Conn) error { return c.Modify(request) })
}

// has reports whether the group has the value as a member.
func (s *Session) has(g *Team, value string) (bool, error) {
	e, err := s.At("group", g.Ref, s.t.holds(value), "1.1")
	return e != nil, err
}

// hasMember reports the same of a member, by the name that it has now where filters
// want one.
func (s *Session) hasMember(g *Team, m *member) (bool, error) {
	if s.t.Layout.Plain == nil || m.person == nil {
		return s.has(g, m.value)
	}
	e, err := s.At("user", m.person.Ref, "(objectClass=*)", "1.1")
	if err != nil || e == nil {
		return false, err
	}
	return s.has(g, s.t.Layout.Plain(e.DN))
}

// leaveOutTrue marks the members that are true by now and returns the others,
// with why they are open.
func (s *Session) leaveOutTrue(g *Team, members []*member, why error) ([]*member, error) {
	var open []*member
	present, err := s.presence(g, members)
	if err != nil {
		for _, m := range members {
			m.err = NotSent(err)
		}
		return nil, nil
	}
	for _, m := range members {
		if present(m.value) == m.add {
			m.already = true
		} else {
			open = append(open, m)
		}
	}
	return open, why
}

// presence looks which values are members now: one by one where they are few,
// by reading all members where they are many.
func (s *Session) presence(g *Team, members []*member) (func(string) bool, error) {
	const few = 10
	known := map[string]bool{}
	if len(members) <= few {
		for _, m := range members {
			there, err := s.hasMember(g, m)
			if err != nil {
				return nil, err
			}
			known[m.value] = there
		}
		return func(v string) bool { return known[v] }, nil
	}
	form := s.t.Layout.Form
	e, err := s.At("group", g.Ref, "(objectClass=*)", s.t.Layout.Member)
	if err != nil || e == nil {
		return func(string) bool { return false }, err
	}
	for _, v := range e.GetEqualFoldAttributeValues(s.t.Layout.Member) {
		known[form(v)] = true
	}
	return func(v string) bool { return known[form(v)] }, nil
}
