package githubsim

import (
	"net/http"
	"slices"
	"strings"
)

func (s *System) listMembers(w http.ResponseWriter, r *http.Request) {
	role := r.URL.Query().Get("role")
	var out []object
	for _, id := range sorted(s.mem.Members) {
		if role == "" || role == "all" || role == s.mem.Members[id] {
			out = append(out, simpleUser(s.mem.Users[id]))
		}
	}
	page(w, r, out)
}

// outsiders are those who are in a repository and not in the organisation.
func (s *System) outsiders() []int64 {
	found := map[int64]bool{}
	for _, r := range s.mem.Repos {
		for id := range r.Direct {
			if s.mem.Members[id] == "" {
				found[id] = true
			}
		}
	}
	return sorted(found)
}

func (s *System) listOutside(w http.ResponseWriter, r *http.Request) {
	var out []object
	for _, id := range s.outsiders() {
		out = append(out, simpleUser(s.mem.Users[id]))
	}
	page(w, r, out)
}

func (s *System) deleteOutside(w http.ResponseWriter, r *http.Request) {
	u := s.named(w, r)
	switch {
	case u == nil:
	case s.mem.Members[u.ID] != "":
		fail(w, http.StatusUnprocessableEntity, "You cannot specify an organization member to remove as an outside collaborator.")
	default:
		s.leave(u.ID)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *System) getMembership(w http.ResponseWriter, r *http.Request) {
	u := s.named(w, r)
	switch {
	case u == nil:
	case s.mem.Members[u.ID] != "":
		reply(w, http.StatusOK, s.membershipBody(u, "active", s.mem.Members[u.ID]))
	case s.openFor(u) != nil:
		reply(w, http.StatusOK, s.membershipBody(u, "pending", orgRole(s.openFor(u).Role)))
	default:
		fail(w, http.StatusNotFound, "Not Found")
	}
}

func orgRole(invited string) string {
	if invited == "admin" {
		return "admin"
	}
	return "member"
}

func (s *System) putMembership(w http.ResponseWriter, r *http.Request) {
	in := struct{ Role string }{"member"}
	u := s.named(w, r)
	if u == nil || !body(w, r, &in) {
		return
	}
	if s.mem.Members[u.ID] == "" && !s.opt.Managed {
		if inv := s.invite(w, u, "", in.Role); inv != nil {
			reply(w, http.StatusOK, s.membershipBody(u, "pending", in.Role))
		}
		return
	}
	s.mem.Members[u.ID] = in.Role
	reply(w, http.StatusOK, s.membershipBody(u, "active", in.Role))
}

// invite makes or changes the invitation of somebody; nil after it refused.
func (s *System) invite(w http.ResponseWriter, u *User, email, role string) *Invitation {
	var invitee int64
	if u != nil {
		invitee = u.ID
		if open := s.openFor(u); open != nil {
			open.Role = role
			return open
		}
	}
	if s.opt.Invitations > 0 && s.invited >= s.opt.Invitations {
		invalid(w, "Over invitation rate limit")
		return nil
	}
	s.invited++
	if role == "member" {
		role = "direct_member"
	}
	inv := &Invitation{ID: s.id(), Invitee: invitee, Email: email, Role: role, Created: s.opt.Now()}
	s.mem.Invitations = append(s.mem.Invitations, inv)
	return inv
}

func (s *System) deleteMembership(w http.ResponseWriter, r *http.Request) {
	u := s.named(w, r)
	switch {
	case u == nil:
	case s.mem.Members[u.ID] != "":
		s.leave(u.ID)
		w.WriteHeader(http.StatusNoContent)
	case s.openFor(u) != nil:
		s.drop(s.openFor(u))
		w.WriteHeader(http.StatusNoContent)
	default:
		fail(w, http.StatusNotFound, "Not Found")
	}
}

func (s *System) listInvitations(w http.ResponseWriter, r *http.Request) {
	var out []object
	for _, i := range s.open() {
		out = append(out, s.invitationBody(i))
	}
	page(w, r, out)
}

func (s *System) postInvitation(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Email, Role string
		TeamIDs     []int64 `json:"team_ids"`
	}
	if !body(w, r, &in) {
		return
	}
	for _, i := range s.open() {
		if strings.EqualFold(i.Email, in.Email) {
			invalid(w, "Invitee already has a pending invitation")
			return
		}
	}
	for id := range s.mem.Members {
		if strings.EqualFold(s.mem.Users[id].Email, in.Email) {
			invalid(w, "Invitee is already a part of this organization")
			return
		}
	}
	inv := s.invite(w, nil, in.Email, in.Role)
	if inv == nil {
		return
	}
	for _, t := range s.mem.Teams {
		if slices.Contains(in.TeamIDs, t.ID) {
			inv.Teams = append(inv.Teams, t.Slug)
		}
	}
	reply(w, http.StatusCreated, s.invitationBody(inv))
}

func (s *System) invitation(r *http.Request) *Invitation {
	for _, i := range s.open() {
		if i.ID == number(r) {
			return i
		}
	}
	return nil
}

func (s *System) deleteInvitation(w http.ResponseWriter, r *http.Request) {
	inv := s.invitation(r)
	if inv == nil {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	s.drop(inv)
	w.WriteHeader(http.StatusNoContent)
}

func (s *System) listInvitationTeams(w http.ResponseWriter, r *http.Request) {
	inv := s.invitation(r)
	if inv == nil {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	var out []object
	for _, slug := range inv.Teams {
		if t := s.team(slug); t != nil {
			out = append(out, s.teamBody(t))
		}
	}
	page(w, r, out)
}
