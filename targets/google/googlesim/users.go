package googlesim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func str(o map[string]any, name string) string {
	v, _ := o[name].(string)
	return v
}

// user finds a user by id, address or alias.
func (s *System) user(key string) map[string]any {
	if u := s.mem.Users[key]; u != nil {
		return u
	}
	for _, u := range s.mem.Users {
		if strings.EqualFold(str(u, "primaryEmail"), key) || slices.ContainsFunc(aliases(u), func(a string) bool { return strings.EqualFold(a, key) }) {
			return u
		}
	}
	return nil
}

func aliases(u map[string]any) []string {
	var out []string
	switch list := u["aliases"].(type) {
	case []any: // as it was read from a file
		for _, v := range list {
			out = append(out, v.(string))
		}
	case []string:
		out = list
	}
	return out
}

// byEmail orders users as orderBy=email does.
func (s *System) byEmail() []map[string]any {
	return slices.SortedFunc(maps.Values(s.mem.Users), func(a, b map[string]any) int {
		return strings.Compare(str(a, "primaryEmail"), str(b, "primaryEmail"))
	})
}

// shown is a user as it is answered: a copy, without the password.
func shown(u map[string]any) map[string]any {
	data, _ := json.Marshal(u)
	var out map[string]any
	_ = json.Unmarshal(data, &out)
	delete(out, "password")
	out["kind"] = "admin#directory#user"
	return out
}

func (s *System) listUsers(w http.ResponseWriter, r *http.Request) {
	var all []map[string]any
	for _, u := range s.byEmail() {
		all = append(all, shown(u))
	}
	page(s, w, r, "admin#directory#users", "users", "maxResults", 500, all)
}

func (s *System) getUser(w http.ResponseWriter, r *http.Request) {
	if u := s.user(r.PathValue("user")); u != nil {
		reply(w, http.StatusOK, shown(u))
		return
	}
	missing(w, "userKey")
}

// taken reports whether a user, an alias or a group has the address.
func (s *System) taken(email string) bool { return s.user(email) != nil || s.group(email) != nil }

func (s *System) insertUser(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if !read(w, r, &in) {
		return
	}
	name, _ := in["name"].(map[string]any)
	switch {
	case !strings.Contains(str(in, "primaryEmail"), "@"):
		fail(w, http.StatusBadRequest, "invalid", "Invalid Input: primary_user_email")
	case str(name, "givenName") == "" || str(name, "familyName") == "":
		fail(w, http.StatusBadRequest, "invalid", "Invalid Given/Family Name: FamilyName")
	case len(str(in, "password")) < 8:
		fail(w, http.StatusBadRequest, "invalid", "Invalid Password")
	case s.taken(str(in, "primaryEmail")):
		fail(w, http.StatusConflict, "duplicate", "Entity already exists.")
	default:
		reply(w, http.StatusOK, shown(s.keep(in)))
	}
}

// keep makes a user.
func (s *System) keep(in map[string]any) map[string]any {
	in["id"], in["primaryEmail"] = s.id(), strings.ToLower(str(in, "primaryEmail"))
	if in["orgUnitPath"] == nil {
		in["orgUnitPath"] = "/"
	}
	if in["suspended"] == nil {
		in["suspended"] = false
	}
	if in["lastLoginTime"] == nil {
		in["lastLoginTime"] = "1970-01-01T00:00:00.000Z" // never
	}
	s.mem.Users[str(in, "id")] = in
	return in
}

func (s *System) updateUser(w http.ResponseWriter, r *http.Request) {
	u := s.user(r.PathValue("user"))
	var in map[string]any
	switch {
	case u == nil:
		missing(w, "userKey")
		return
	case !read(w, r, &in):
		return
	}
	old, fresh := str(u, "primaryEmail"), strings.ToLower(str(in, "primaryEmail"))
	if fresh != "" && fresh != old {
		if other := s.user(fresh); other != nil && str(other, "id") != str(u, "id") || s.group(fresh) != nil {
			fail(w, http.StatusConflict, "duplicate", "Entity already exists.")
			return
		}
		left := slices.DeleteFunc(aliases(u), func(a string) bool { return a == fresh })
		u["aliases"] = append(left, old)
		in["primaryEmail"] = fresh
	}
	if name, ok := in["name"].(map[string]any); ok { // objects are merged, lists replaced
		both, _ := u["name"].(map[string]any)
		maps.Copy(both, name)
		in["name"] = both
		if str(both, "givenName") == "" || str(both, "familyName") == "" {
			fail(w, http.StatusBadRequest, "invalid", "Invalid Given/Family Name: GivenName")
			return
		}
	}
	maps.Copy(u, in)
	reply(w, http.StatusOK, shown(u))
}

func (s *System) deleteUser(w http.ResponseWriter, r *http.Request) {
	u := s.user(r.PathValue("user"))
	if u == nil {
		missing(w, "userKey")
		return
	}
	id := str(u, "id")
	delete(s.mem.Users, id)
	for _, g := range s.mem.Groups {
		delete(g.Members, id)
	}
	for _, list := range s.mem.Permissions {
		maps.DeleteFunc(list, func(_ string, p *permission) bool { return p.Type == "user" && p.ID == "p"+id })
	}
	w.WriteHeader(http.StatusOK) // with nothing in it
}
