package awssim

import (
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Seed puts in what somebody else made.
func (s *System) Seed(in targets.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range in.Accounts {
		s.seedAccount(a)
	}
	for _, e := range in.Entitlements {
		s.seedEntitlement(e.Address, e.ReadOnly)
	}
	for _, a := range in.Assignments {
		s.seedAssignment(a)
	}
}

func (s *System) seedAccount(a targets.Account) {
	if s.opt.IAM {
		if s.iamUser(a.Name) == nil {
			s.addIAMUser(a.Name)
		}
		return
	}
	if s.userNamed(a.Name) != nil {
		return
	}
	value := func(name, otherwise string) string {
		if v := a.Attributes.First(name); v != "" {
			return v
		}
		return otherwise
	}
	fields := map[string]any{
		"UserName": a.Name, "DisplayName": value(identity.AttrDisplayName, a.Name),
		"Name": map[string]any{"GivenName": value(identity.AttrGivenName, a.Name), "FamilyName": value(identity.AttrFamilyName, a.Name)},
	}
	put(fields, "Title", optional(value(identity.AttrTitle, "")))
	if mail := value(identity.AttrEmail, ""); mail != "" {
		fields["Emails"] = []any{map[string]any{"Value": mail, "Type": "work", "Primary": true}}
	}
	s.state.Users = append(s.state.Users, &user{ID: s.id(), Fields: fields, Disabled: !a.Active})
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// seedEntitlement makes a group, or a permission set with the account that it is on.
// What cannot be there, by its name, is not.
func (s *System) seedEntitlement(e identity.Entitlement, external bool) {
	switch e.Kind {
	case "group":
		if s.groupNamed(e.ID) == nil && groupNames.MatchString(e.ID) {
			g := s.addGroup(e.ID)
			if external {
				g.Issuer = "https://idp.example.com"
			}
		}
	case "iam-group":
		if s.iamGroup(e.ID) == nil && iamNames.MatchString(e.ID) {
			s.addIAMGroup(e.ID)
		}
	case "permission-set":
		name, account, ok := strings.Cut(e.ID, "@")
		if ok && setNames.MatchString(name) {
			s.addSet(name)
			s.addAccount(account)
		}
	}
}

func (s *System) seedAssignment(a targets.Assignment) {
	if s.opt.IAM {
		if u, g := s.iamUser(a.AccountID), s.iamGroup(a.Entitlement.ID); u != nil && g != nil {
			s.joinIAM(u, g)
		}
		return
	}
	u := s.userNamed(a.AccountID)
	if u == nil {
		found, f := s.user(a.AccountID)
		if f != nil {
			return
		}
		u = found
	}
	if a.Entitlement.Kind == "group" {
		if g := s.groupNamed(a.Entitlement.ID); g != nil && s.member(g, u) == nil {
			s.join(g, u)
		}
		return
	}
	name, account, _ := strings.Cut(a.Entitlement.ID, "@")
	what := &assigned{s.addSet(name).ARN, account, "USER", u.ID}
	if a.Indirect {
		through := s.addGroup("holders of " + a.Entitlement.ID)
		s.join(through, u)
		what.Kind, what.Principal = "GROUP", through.ID
	}
	s.state.Assigned = append(s.state.Assigned, what)
}
