package githubsim

import (
	"net/http"
	"slices"
)

func (s *System) listRepos(w http.ResponseWriter, r *http.Request) {
	var out []object
	for _, repo := range s.mem.Repos {
		out = append(out, s.repoBody(repo))
	}
	page(w, r, out)
}

func (s *System) getRepo(w http.ResponseWriter, _ *http.Request, repo *Repo) {
	reply(w, http.StatusOK, s.repoBody(repo))
}

func (s *System) listRepoTeams(w http.ResponseWriter, r *http.Request, repo *Repo) {
	var out []object
	for _, t := range s.mem.Teams {
		if level := repo.Teams[t.Slug]; level != "" {
			out = append(out, with(s.teamBody(t), object{"permission": level, "permissions": permissions(level)}))
		}
	}
	page(w, r, out)
}

// permissions of a level that the organisation made itself are those of pull.
func permissions(level string) object {
	o := object{}
	for i, l := range levels {
		o[l] = i < max(1, height(level))
	}
	return o
}

// effective is what all that somebody has in a repository comes to.
func (s *System) effective(repo *Repo, id int64) string {
	best := repo.Direct[id]
	raise := func(level string) {
		if height(level) > height(best) {
			best = level
		}
	}
	for slug, level := range repo.Teams {
		if t := s.team(slug); t != nil {
			if role, _ := s.roleIn(t, id); role != "" {
				raise(level)
			}
		}
	}
	switch s.mem.Members[id] {
	case "admin":
		raise("admin")
	case "member":
		raise(named(s.mem.Base))
	}
	return best
}

func (s *System) listCollaborators(w http.ResponseWriter, r *http.Request, repo *Repo) {
	var out []object
	for _, id := range sorted(repo.Direct) {
		level := s.effective(repo, id)
		out = append(out, with(simpleUser(s.mem.Users[id]), object{"role_name": spelled(level), "permissions": permissions(level)}))
	}
	page(w, r, out)
}

func (s *System) putCollaborator(w http.ResponseWriter, r *http.Request, repo *Repo) {
	in := struct{ Permission string }{"push"}
	u := s.named(w, r)
	if u == nil || !body(w, r, &in) {
		return
	}
	if s.mem.Members[u.ID] != "" || repo.Direct[u.ID] != "" || s.opt.Managed {
		if s.mem.Members[u.ID] != "" && height(in.Permission) < height(named(s.mem.Base)) {
			fail(w, http.StatusUnprocessableEntity, "Cannot assign member permission of "+spelled(in.Permission))
			return
		}
		repo.Direct[u.ID] = in.Permission
		w.WriteHeader(http.StatusNoContent)
		return
	}
	inv := s.repoInvitation(repo, u.ID)
	if inv == nil {
		inv = &RepoInvitation{ID: s.id(), Invitee: u.ID}
		repo.Invited = append(repo.Invited, inv)
	}
	inv.Level = in.Permission
	reply(w, http.StatusCreated, s.repoInvitationBody(repo, inv))
}

func (s *System) repoInvitation(repo *Repo, invitee int64) *RepoInvitation {
	for _, i := range repo.Invited {
		if i.Invitee == invitee {
			return i
		}
	}
	return nil
}

func (s *System) deleteCollaborator(w http.ResponseWriter, r *http.Request, repo *Repo) {
	if u := s.named(w, r); u != nil {
		delete(repo.Direct, u.ID)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (s *System) listRepoInvitations(w http.ResponseWriter, r *http.Request, repo *Repo) {
	var out []object
	for _, i := range repo.Invited {
		out = append(out, s.repoInvitationBody(repo, i))
	}
	page(w, r, out)
}

func (s *System) patchRepoInvitation(w http.ResponseWriter, r *http.Request, repo *Repo) {
	var in struct{ Permissions string }
	if !body(w, r, &in) {
		return
	}
	for _, i := range repo.Invited {
		if i.ID == number(r) {
			i.Level = named(in.Permissions)
			reply(w, http.StatusOK, s.repoInvitationBody(repo, i))
			return
		}
	}
	fail(w, http.StatusNotFound, "Not Found")
}

func (s *System) deleteRepoInvitation(w http.ResponseWriter, r *http.Request, repo *Repo) {
	repo.Invited = slices.DeleteFunc(repo.Invited, func(i *RepoInvitation) bool { return i.ID == number(r) })
	w.WriteHeader(http.StatusNoContent)
}
