package githubsim

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// routes are the operations.
func (s *System) routes() {
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET /user/{id}":  s.getUser,
		"POST /graphql":   s.graphQL,
		"GET /orgs/{org}": func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, s.fullOrganisation()) },

		"GET /orgs/{org}/members":                         s.listMembers,
		"GET /orgs/{org}/outside_collaborators":           s.listOutside,
		"DELETE /orgs/{org}/outside_collaborators/{user}": s.owner(s.deleteOutside),
		"GET /orgs/{org}/memberships/{user}":              s.getMembership,
		"PUT /orgs/{org}/memberships/{user}":              s.owner(s.putMembership),
		"DELETE /orgs/{org}/memberships/{user}":           s.owner(s.deleteMembership),
		"GET /orgs/{org}/invitations":                     s.owner(s.listInvitations),
		"POST /orgs/{org}/invitations":                    s.owner(s.postInvitation),
		"DELETE /orgs/{org}/invitations/{id}":             s.owner(s.deleteInvitation),
		"GET /orgs/{org}/invitations/{id}/teams":          s.owner(s.listInvitationTeams),

		"GET /orgs/{org}/teams":                                 s.listTeams,
		"GET /orgs/{org}/teams/{slug}":                          s.ofTeam(s.getTeam),
		"GET /orgs/{org}/teams/{slug}/members":                  s.ofTeam(s.listTeamMembers),
		"GET /orgs/{org}/teams/{slug}/memberships/{user}":       s.ofTeam(s.getTeamMembership),
		"PUT /orgs/{org}/teams/{slug}/memberships/{user}":       s.owner(s.ofTeam(s.putTeamMembership)),
		"DELETE /orgs/{org}/teams/{slug}/memberships/{user}":    s.owner(s.ofTeam(s.deleteTeamMembership)),
		"GET /orgs/{org}/teams/{slug}/external-groups":          s.ofTeam(s.listTied),
		"GET /orgs/{org}/teams/{slug}/team-sync/group-mappings": s.ofTeam(s.listTied),

		"GET /orgs/{org}/repos":                           s.listRepos,
		"GET /repos/{org}/{repo}":                         s.ofRepo(s.getRepo),
		"GET /repos/{org}/{repo}/teams":                   s.ofRepo(s.listRepoTeams),
		"GET /repos/{org}/{repo}/collaborators":           s.ofRepo(s.listCollaborators),
		"PUT /repos/{org}/{repo}/collaborators/{user}":    s.owner(s.ofRepo(s.putCollaborator)),
		"DELETE /repos/{org}/{repo}/collaborators/{user}": s.owner(s.ofRepo(s.deleteCollaborator)),
		"GET /repos/{org}/{repo}/invitations":             s.ofRepo(s.listRepoInvitations),
		"PATCH /repos/{org}/{repo}/invitations/{id}":      s.owner(s.ofRepo(s.patchRepoInvitation)),
		"DELETE /repos/{org}/{repo}/invitations/{id}":     s.owner(s.ofRepo(s.deleteRepoInvitation)),
	} {
		s.mux.HandleFunc(pattern, s.inOrg(serve))
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "Not Found") })
}

// inOrg answers for this organisation only.
func (s *System) inOrg(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if org := r.PathValue("org"); org != "" && org != s.opt.Org {
			fail(w, http.StatusNotFound, "Not Found")
			return
		}
		serve(w, r)
	}
}

// owner serves owners only.
func (s *System) owner(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.opt.Plain {
			fail(w, http.StatusForbidden, "You must be an admin to do this.")
			return
		}
		serve(w, r)
	}
}

func (s *System) ofTeam(serve func(http.ResponseWriter, *http.Request, *Team)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t := s.team(r.PathValue("slug"))
		if t == nil {
			fail(w, http.StatusNotFound, "Not Found")
			return
		}
		serve(w, r, t)
	}
}

func (s *System) ofRepo(serve func(http.ResponseWriter, *http.Request, *Repo)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		repo := s.repo(r.PathValue("repo"))
		if repo == nil {
			fail(w, http.StatusNotFound, "Not Found")
			return
		}
		serve(w, r, repo)
	}
}

// named returns whom the path names; nil after it answered.
func (s *System) named(w http.ResponseWriter, r *http.Request) *User {
	u := s.user(r.PathValue("user"))
	if u == nil {
		fail(w, http.StatusNotFound, "Not Found")
	}
	return u
}

func number(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return n
}

func body(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		fail(w, http.StatusBadRequest, "Problems parsing JSON")
		return false
	}
	return true
}

func (s *System) getUser(w http.ResponseWriter, r *http.Request) {
	u := s.mem.Users[number(r)]
	if u == nil {
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	reply(w, http.StatusOK, simpleUser(u))
}
