package githubsim

import (
	"net/http"
	"slices"
)

func (s *System) listTeams(w http.ResponseWriter, r *http.Request) {
	var out []object
	for _, t := range s.mem.Teams {
		out = append(out, s.teamBody(t))
	}
	page(w, r, out)
}

func (s *System) getTeam(w http.ResponseWriter, _ *http.Request, t *Team) {
	reply(w, http.StatusOK, s.fullTeam(t))
}

// roleIn is somebody's role in a team; inherited is true where that is a child's.
// Owners of the organisation are maintainers of the teams that they are in.
func (s *System) roleIn(t *Team, id int64) (role string, inherited bool) {
	role = t.Members[id]
	if role == "" {
		for _, c := range s.children(t) {
			if c.Members[id] != "" {
				role, inherited = "member", true
			}
		}
	}
	if role != "" && s.mem.Members[id] == "admin" {
		role = "maintainer"
	}
	return role, inherited
}

func (s *System) listTeamMembers(w http.ResponseWriter, r *http.Request, t *Team) {
	asked := r.URL.Query().Get("role")
	var out []object
	for _, id := range sorted(s.mem.Members) {
		role, inherited := s.roleIn(t, id)
		if role == "" || asked != "" && asked != "all" && asked != role {
			continue
		}
		m := simpleUser(s.mem.Users[id])
		if !s.opt.Silent {
			m["role"], m["inherited"] = role, inherited
		}
		out = append(out, m)
	}
	page(w, r, out)
}

func (s *System) teamMembership(w http.ResponseWriter, t *Team, u *User, role, state string) {
	reply(w, http.StatusOK, object{"url": s.teamURL(t) + "/memberships/" + u.Login, "role": role, "state": state})
}

func (s *System) getTeamMembership(w http.ResponseWriter, r *http.Request, t *Team) {
	u := s.named(w, r)
	if u == nil {
		return
	}
	if role, _ := s.roleIn(t, u.ID); role != "" {
		s.teamMembership(w, t, u, role, "active")
		return
	}
	if inv := s.openFor(u); inv != nil && slices.Contains(inv.Teams, t.Slug) {
		s.teamMembership(w, t, u, "member", "pending")
		return
	}
	fail(w, http.StatusNotFound, "Not Found")
}

// tied refuses what only the group elsewhere may change.
func tied(w http.ResponseWriter, t *Team) bool {
	if t.Tied == "" && !t.Enterprise {
		return false
	}
	fail(w, http.StatusForbidden, "You cannot create or update members for an external group backed team since they are managed by "+t.Tied)
	return true
}

func (s *System) putTeamMembership(w http.ResponseWriter, r *http.Request, t *Team) {
	in := struct{ Role string }{"member"}
	u := s.named(w, r)
	if u == nil || tied(w, t) || !body(w, r, &in) {
		return
	}
	if s.mem.Members[u.ID] != "" {
		t.Members[u.ID] = in.Role
		role, _ := s.roleIn(t, u.ID)
		s.teamMembership(w, t, u, role, "active")
		return
	}
	inv := s.invite(w, u, "", "direct_member")
	if inv == nil {
		return
	}
	if !slices.Contains(inv.Teams, t.Slug) {
		inv.Teams = append(inv.Teams, t.Slug)
	}
	s.teamMembership(w, t, u, in.Role, "pending")
}

func (s *System) deleteTeamMembership(w http.ResponseWriter, r *http.Request, t *Team) {
	u := s.named(w, r)
	if u == nil || tied(w, t) {
		return
	}
	inv := s.openFor(u)
	switch {
	case t.Members[u.ID] != "":
		delete(t.Members, u.ID)
	case inv != nil && slices.Contains(inv.Teams, t.Slug):
		inv.Teams = slices.DeleteFunc(inv.Teams, func(slug string) bool { return slug == t.Slug })
	default:
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *System) listTied(w http.ResponseWriter, _ *http.Request, t *Team) {
	groups := []object{}
	if t.Tied != "" {
		groups = append(groups, object{"group_id": "1", "group_name": t.Tied, "group_description": ""})
	}
	reply(w, http.StatusOK, object{"groups": groups})
}
