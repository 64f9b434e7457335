package jirasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// routes are the operations.
func (s *System) routes() {
	const api = "/rest/api/3"
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET " + api + "/users/search": s.listUsers,
		"GET " + api + "/user/search":  s.searchUsers,
		"GET " + api + "/user":         s.getUser,

		"GET " + api + "/group/bulk":    s.listGroups,
		"GET " + api + "/group/member":  s.admin(s.ofGroup(s.listMembers)),
		"POST " + api + "/group/user":   s.admin(s.ofGroup(s.addMember)),
		"DELETE " + api + "/group/user": s.admin(s.ofGroup(s.removeMember)),

		"GET " + api + "/project/search":             s.listProjects,
		"GET " + api + "/project/{key}/role":         s.admin(s.ofProject(s.listRoles)),
		"GET " + api + "/project/{key}/role/{id}":    s.admin(s.ofRole(s.getRole)),
		"POST " + api + "/project/{key}/role/{id}":   s.admin(s.ofRole(s.addActor)),
		"DELETE " + api + "/project/{key}/role/{id}": s.admin(s.ofRole(s.removeActor)),
	} {
		s.mux.HandleFunc(pattern, serve)
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "null for uri") })
}

func (s *System) admin(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.opt.Plain {
			fail(w, http.StatusForbidden, "Forbidden")
			return
		}
		serve(w, r)
	}
}

func (s *System) body(u *User) object {
	o := object{
		"self": "https://simulated.atlassian.net/rest/api/3/user?accountId=" + u.AccountID, "accountId": u.AccountID, "accountType": u.Type,
		"displayName": u.DisplayName, "active": u.Active,
	}
	if !s.opt.Hide {
		o["emailAddress"] = u.Email
	}
	return o
}

func (s *System) listUsers(w http.ResponseWriter, r *http.Request) {
	var all []object
	for _, u := range s.mem.Users {
		all = append(all, s.body(u))
	}
	_, part := window(r, all)
	reply(w, http.StatusOK, part)
}

// searchUsers finds by the beginning of addresses and of words of names.
func (s *System) searchUsers(w http.ResponseWriter, r *http.Request) {
	query := strings.ToLower(r.URL.Query().Get("query"))
	var all []object
	for _, u := range s.mem.Users {
		email, name := strings.ToLower(u.Email), strings.ToLower(u.DisplayName)
		if s.opt.Hide {
			email = ""
		}
		if strings.HasPrefix(email, query) || strings.HasPrefix(name, query) || strings.Contains(name, " "+query) {
			all = append(all, s.body(u))
		}
	}
	_, part := window(r, all)
	reply(w, http.StatusOK, part)
}

func (s *System) getUser(w http.ResponseWriter, r *http.Request) {
	u := s.user(r.URL.Query().Get("accountId"))
	if u == nil {
		fail(w, http.StatusNotFound, "Specified user does not exist or you do not have required permissions")
		return
	}
	o := s.body(u)
	if r.URL.Query().Get("expand") == "groups" {
		items := []object{}
		for _, g := range s.mem.Groups {
			if slices.Contains(g.Members, u.AccountID) {
				items = append(items, object{"name": g.Name, "groupId": g.ID})
			}
		}
		o["groups"] = object{"size": len(items), "items": items}
	}
	reply(w, http.StatusOK, o)
}

func (s *System) listGroups(w http.ResponseWriter, r *http.Request) {
	names := r.URL.Query()["groupName"]
	var all []object
	for _, g := range s.mem.Groups {
		if len(names) == 0 || slices.Contains(names, g.Name) {
			all = append(all, object{"name": g.Name, "groupId": g.ID})
		}
	}
	page(w, r, all)
}

func (s *System) ofGroup(serve func(http.ResponseWriter, *http.Request, *Group)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g := s.group(r.URL.Query().Get("groupId"))
		if g == nil {
			fail(w, http.StatusNotFound, "Group does not exist")
			return
		}
		serve(w, r, g)
	}
}

func (s *System) listMembers(w http.ResponseWriter, r *http.Request, g *Group) {
	var all []object
	for _, id := range g.Members {
		if u := s.user(id); u != nil && (u.Active || r.URL.Query().Get("includeInactiveUsers") == "true") {
			all = append(all, s.body(u))
		}
	}
	page(w, r, all)
}

func (s *System) addMember(w http.ResponseWriter, r *http.Request, g *Group) {
	var in struct{ AccountID string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fail(w, http.StatusBadRequest, "bad body")
		return
	}
	u := s.user(in.AccountID)
	switch {
	case u == nil:
		fail(w, http.StatusNotFound, "User does not exist")
	case !add(&g.Members, u.AccountID):
		fail(w, http.StatusBadRequest, "Cannot add user. '"+u.DisplayName+"' is already a member of '"+g.Name+"'")
	default:
		reply(w, http.StatusCreated, object{"name": g.Name, "groupId": g.ID, "self": "https://simulated.atlassian.net/rest/api/3/group"})
	}
}

func (s *System) removeMember(w http.ResponseWriter, r *http.Request, g *Group) {
	u := s.user(r.URL.Query().Get("accountId"))
	switch {
	case u == nil:
		fail(w, http.StatusNotFound, "User does not exist")
	case !drop(&g.Members, u.AccountID):
		fail(w, http.StatusBadRequest, "Cannot remove user from group '"+g.Name+"' since user is not a member of it")
	default:
		w.WriteHeader(http.StatusOK)
	}
}

func (s *System) listProjects(w http.ResponseWriter, r *http.Request) {
	var all []object
	for i, p := range s.mem.Projects {
		all = append(all, object{"id": strconv.Itoa(i + 1), "key": p.Key, "name": p.Key})
	}
	page(w, r, all)
}

func (s *System) ofProject(serve func(http.ResponseWriter, *http.Request, *Project)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := s.project(r.PathValue("key"))
		if p == nil {
			fail(w, http.StatusNotFound, "No project could be found with key '"+r.PathValue("key")+"'.")
			return
		}
		serve(w, r, p)
	}
}

func (s *System) ofRole(serve func(http.ResponseWriter, *http.Request, *Role, *Actors)) http.HandlerFunc {
	return s.ofProject(func(w http.ResponseWriter, r *http.Request, p *Project) {
		for _, role := range s.mem.Roles {
			if strconv.Itoa(role.ID) == r.PathValue("id") {
				serve(w, r, role, p.of(role.ID))
				return
			}
		}
		fail(w, http.StatusNotFound, "Can not retrieve a role actor for a null project role.")
	})
}

func (s *System) listRoles(w http.ResponseWriter, _ *http.Request, p *Project) {
	out := object{}
	for _, role := range s.mem.Roles {
		out[role.Name] = "https://simulated.atlassian.net/rest/api/3/project/" + p.Key + "/role/" + strconv.Itoa(role.ID)
	}
	reply(w, http.StatusOK, out)
}

func (s *System) roleBody(role *Role, in *Actors) object {
	actors := []object{}
	for i, id := range in.Users {
		if u := s.user(id); u != nil {
			actors = append(actors, object{"id": i + 1, "displayName": u.DisplayName, "type": "atlassian-user-role-actor", "actorUser": object{"accountId": id}})
		}
	}
	for i, id := range in.Groups {
		if g := s.group(id); g != nil {
			actors = append(actors, object{"id": 1000 + i, "displayName": g.Name, "type": "atlassian-group-role-actor",
				"actorGroup": object{"name": g.Name, "displayName": g.Name, "groupId": g.ID}})
		}
	}
	return object{"self": "https://simulated.atlassian.net/rest/api/3/role", "name": role.Name, "id": role.ID, "description": "", "actors": actors}
}

func (s *System) getRole(w http.ResponseWriter, _ *http.Request, role *Role, in *Actors) {
	reply(w, http.StatusOK, s.roleBody(role, in))
}

func (s *System) addActor(w http.ResponseWriter, r *http.Request, role *Role, in *Actors) {
	var ask struct{ User []string }
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil || len(ask.User) != 1 {
		fail(w, http.StatusBadRequest, "bad body")
		return
	}
	switch u := s.user(ask.User[0]); {
	case u == nil || !u.Active:
		fail(w, http.StatusNotFound, "We can't find that user in any accessible user directory.")
	case !add(&in.Users, u.AccountID):
		fail(w, http.StatusBadRequest, "'"+u.DisplayName+"' is already a member of the project role.")
	default:
		reply(w, http.StatusOK, s.roleBody(role, in))
	}
}

func (s *System) removeActor(w http.ResponseWriter, r *http.Request, _ *Role, in *Actors) {
	if !drop(&in.Users, r.URL.Query().Get("user")) {
		fail(w, http.StatusNotFound, "We can't find that user in any accessible user directory.")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
