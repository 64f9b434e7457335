package awssim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

type xmlGroup struct {
	GroupName, GroupId, Path, Arn, CreateDate string
}

func (g *iamGroup) shown() xmlGroup {
	return xmlGroup{g.Name, g.ID, "/", "arn:aws:iam::999900001111:group/" + g.Name, "2026-01-01T00:00:00Z"}
}

func (s *System) iamGroup(name string) *iamGroup {
	i := slices.IndexFunc(s.state.IAMGroups, func(g *iamGroup) bool { return strings.EqualFold(g.Name, name) })
	if i < 0 {
		return nil
	}
	return s.state.IAMGroups[i]
}

func (s *System) addIAMGroup(name string) {
	s.state.IAMGroups = append(s.state.IAMGroups, &iamGroup{fmt.Sprintf("AGPA%016d", s.number()), name})
}

func (s *System) namedGroup(form url.Values) (*iamGroup, *fault) {
	name := form.Get("GroupName")
	if !iamNames.MatchString(name) {
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "The specified value for groupName is invalid."}
	}
	if g := s.iamGroup(name); g != nil && g.Name == name {
		return g, nil
	}
	return nil, noSuch("group", name)
}

func (s *System) listIAMGroups(form url.Values) (any, *fault) {
	part, p, f := cutIAM(s, "iam groups", form, s.state.IAMGroups)
	for _, g := range part {
		p.Groups = append(p.Groups, g.shown())
	}
	return p, f
}

func (s *System) getIAMGroup(form url.Values) (any, *fault) {
	g, f := s.namedGroup(form)
	if f != nil {
		return nil, f
	}
	var in []*iamUser
	for _, u := range s.state.IAMUsers {
		if s.isInIAM(u, g) {
			in = append(in, u)
		}
	}
	part, p, f := cutIAM(s, "iam group "+g.ID, form, in)
	for _, u := range part {
		p.Users = append(p.Users, u.shown())
	}
	shown := g.shown()
	p.Group = &shown
	return p, f
}

func (s *System) createIAMGroup(form url.Values) (any, *fault) {
	name := form.Get("GroupName")
	switch {
	case !iamNames.MatchString(name):
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "The specified value for groupName is invalid."}
	case s.iamGroup(name) != nil:
		return nil, &fault{status: http.StatusConflict, code: "EntityAlreadyExists", message: "Group with name " + name + " already exists."}
	}
	s.addIAMGroup(name)
	return struct{ Group xmlGroup }{s.iamGroup(name).shown()}, nil
}

func (s *System) isInIAM(u *iamUser, g *iamGroup) bool {
	return slices.ContainsFunc(s.state.IAMMembers, func(m *iamMember) bool { return m.User == u.ID && m.Group == g.ID })
}

func (s *System) joinIAM(u *iamUser, g *iamGroup) {
	if !s.isInIAM(u, g) {
		s.state.IAMMembers = append(s.state.IAMMembers, &iamMember{u.ID, g.ID})
	}
}

func (s *System) listIAMGroupsOf(form url.Values) (any, *fault) {
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	var in []*iamGroup
	for _, g := range s.state.IAMGroups {
		if s.isInIAM(u, g) {
			in = append(in, g)
		}
	}
	part, p, f := cutIAM(s, "iam groups of "+u.ID, form, in)
	for _, g := range part {
		p.Groups = append(p.Groups, g.shown())
	}
	return p, f
}

// addIAMMember is a success also for whoever is in already, as in IAM.
func (s *System) addIAMMember(form url.Values) (any, *fault) {
	g, f := s.namedGroup(form)
	if f != nil {
		return nil, f
	}
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	s.joinIAM(u, g)
	return nil, nil
}

func (s *System) removeIAMMember(form url.Values) (any, *fault) {
	g, f := s.namedGroup(form)
	if f != nil {
		return nil, f
	}
	u, f := s.namedUser(form)
	if f != nil {
		return nil, f
	}
	if !s.isInIAM(u, g) {
		return nil, noSuch("user", u.Name)
	}
	s.state.IAMMembers = slices.DeleteFunc(s.state.IAMMembers, func(m *iamMember) bool { return m.User == u.ID && m.Group == g.ID })
	return nil, nil
}

// decision is what a right comes to.
type decision struct {
	EvalActionName, EvalDecision, EvalResourceName string
}

// simulate says which rights the credential has.
func (s *System) simulate(form url.Values) (any, *fault) {
	var out struct {
		EvaluationResults []decision `xml:"EvaluationResults>member"`
		IsTruncated       bool
	}
	for i := 1; form.Has(fmt.Sprintf("ActionNames.member.%d", i)); i++ {
		right := form.Get(fmt.Sprintf("ActionNames.member.%d", i))
		d := decision{EvalActionName: right, EvalDecision: "allowed", EvalResourceName: "*"}
		if slices.Contains(s.opt.Denied, right) {
			d.EvalDecision = "implicitDeny"
		}
		out.EvaluationResults = append(out.EvaluationResults, d)
	}
	return out, nil
}
