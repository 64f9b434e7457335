package githubsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const api = "https://api.github.com"

type object = map[string]any

// urls fills the addresses that GitHub's answers are full of.
func urls(o object, base string, names ...string) object {
	for _, n := range names {
		o[n] = base + "/" + n
	}
	return o
}

func node(kind string, id int64) string { return fmt.Sprintf("%s_%d", kind, id) }

func simpleUser(u *User) object {
	if u == nil {
		return nil
	}
	base := api + "/users/" + url.PathEscape(u.Login)
	o := object{"login": u.Login, "id": u.ID, "node_id": node("U", u.ID), "url": base, "gravatar_id": "", "type": "User", "site_admin": false}
	return urls(o, base, "avatar_url", "html_url", "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url",
		"organizations_url", "repos_url", "events_url", "received_events_url")
}

func with(o object, more object) object {
	for k, v := range more {
		o[k] = v
	}
	return o
}

func (s *System) organisation() object {
	base := api + "/orgs/" + s.opt.Org
	o := object{"login": s.opt.Org, "id": 1, "node_id": "O_1", "url": base, "description": nil}
	return urls(o, base, "repos_url", "events_url", "hooks_url", "issues_url", "members_url", "public_members_url", "avatar_url")
}

func (s *System) fullOrganisation() object {
	return with(s.organisation(), object{
		"html_url": "https://github.com/" + s.opt.Org, "has_organization_projects": true, "has_repository_projects": true, "public_repos": 0,
		"public_gists": 0, "followers": 0, "following": 0, "type": "Organization", "created_at": stamp(time.Unix(0, 0)),
		"updated_at": stamp(time.Unix(0, 0)), "archived_at": nil, "default_repository_permission": s.mem.Base,
	})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *System) teamBody(t *Team) object {
	base := s.teamURL(t)
	kind := "organization"
	if t.Enterprise {
		kind = "enterprise"
	}
	o := object{
		"id": t.ID, "node_id": node("T", t.ID), "url": base, "html_url": base, "name": t.Slug, "slug": t.Slug, "description": nil, "privacy": "closed",
		"permission": "pull", "type": kind, "parent": nil, "members_url": base + "/members{/member}", "repositories_url": base + "/repos",
	}
	for _, p := range s.mem.Teams {
		if p.ID == t.Parent && t.Parent != 0 {
			parent := s.teamBody(p)
			delete(parent, "parent")
			o["parent"] = parent
		}
	}
	return o
}

func (s *System) teamURL(t *Team) string {
	return api + "/organizations/1/team/" + strconv.FormatInt(t.ID, 10)
}

func (s *System) fullTeam(t *Team) object {
	return with(s.teamBody(t), object{
		"created_at": stamp(time.Unix(0, 0)), "updated_at": stamp(time.Unix(0, 0)), "members_count": len(t.Members), "repos_count": 0,
		"organization": s.fullOrganisation(),
	})
}

func (s *System) repoBody(r *Repo) object {
	base := api + "/repos/" + s.opt.Org + "/" + r.Name
	o := object{
		"id": r.ID, "node_id": node("R", r.ID), "name": r.Name, "full_name": s.opt.Org + "/" + r.Name, "private": true, "description": nil, "fork": false,
		"url": base, "archived": false, "owner": with(simpleUser(&User{ID: 1, Login: s.opt.Org}), object{"type": "Organization"}),
	}
	return urls(o, base, "html_url", "archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url", "comments_url", "commits_url",
		"compare_url", "contents_url", "contributors_url", "deployments_url", "downloads_url", "events_url", "forks_url", "git_commits_url",
		"git_refs_url", "git_tags_url", "hooks_url", "issue_comment_url", "issue_events_url", "issues_url", "keys_url", "labels_url",
		"languages_url", "merges_url", "milestones_url", "notifications_url", "pulls_url", "releases_url", "stargazers_url", "statuses_url",
		"subscribers_url", "subscription_url", "tags_url", "teams_url", "trees_url")
}

func (s *System) invitationBody(i *Invitation) object {
	o := object{
		"id": i.ID, "node_id": node("I", i.ID), "login": nil, "email": nil, "role": i.Role, "created_at": stamp(i.Created),
		"inviter": simpleUser(&User{ID: 2, Login: "owner"}), "team_count": len(i.Teams),
		"invitation_teams_url": fmt.Sprintf("%s/organizations/1/invitations/%d/teams", api, i.ID), "invitation_source": "member",
	}
	if u := s.mem.Users[i.Invitee]; u != nil {
		o["login"] = u.Login
	}
	if i.Email != "" {
		o["email"] = i.Email
	}
	if i.FailedReason != "" {
		o["failed_reason"], o["failed_at"] = i.FailedReason, stamp(i.Created.Add(week))
	}
	return o
}

func (s *System) membershipBody(u *User, state, role string) object {
	base := api + "/orgs/" + s.opt.Org
	return object{
		"url": base + "/memberships/" + u.Login, "state": state, "role": role, "organization_url": base,
		"organization": s.organisation(), "user": simpleUser(u),
	}
}

func (s *System) repoInvitationBody(r *Repo, i *RepoInvitation) object {
	return object{
		"id": i.ID, "node_id": node("RI", i.ID), "repository": s.repoBody(r), "invitee": simpleUser(s.mem.Users[i.Invitee]),
		"inviter": simpleUser(&User{ID: 2, Login: "owner"}), "permissions": spelled(i.Level), "created_at": stamp(time.Unix(0, 0)),
		"expired": false, "url": api + "/user/repository_invitations", "html_url": "https://github.com/invitations",
	}
}

// levels of a repository, the least first.
var levels = []string{"pull", "triage", "push", "maintain", "admin"}

// spelled is a level as invitations and roles spell it.
func spelled(level string) string {
	switch level {
	case "pull":
		return "read"
	case "push":
		return "write"
	}
	return level
}

// named is a level as it is asked for.
func named(spelt string) string {
	switch spelt {
	case "read":
		return "pull"
	case "write":
		return "push"
	}
	return spelt
}

func height(level string) int {
	for i, l := range levels {
		if l == level {
			return i + 1
		}
	}
	return 0
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, message string) {
	reply(w, status, object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)})
}

func invalid(w http.ResponseWriter, words string) {
	reply(w, http.StatusUnprocessableEntity, object{
		"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest",
		"errors": []object{{"resource": "OrganizationInvitation", "code": "unprocessable", "field": "data", "message": words}},
	})
}

// page gives one page of a list, with the address of the next.
func page(w http.ResponseWriter, r *http.Request, all []object) {
	q := r.URL.Query()
	size, number := 30, 1
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 && n <= 100 {
		size = n
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		number = n
	}
	first := min((number-1)*size, len(all))
	last := min(first+size, len(all))
	if last < len(all) {
		q.Set("page", strconv.Itoa(number+1))
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, "https://"+r.Host, r.URL.EscapedPath(), q.Encode()))
	}
	out := all[first:last]
	if out == nil {
		out = []object{}
	}
	reply(w, http.StatusOK, out)
}
