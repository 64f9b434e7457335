package entrasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Sim) users(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case len(parts) == 0 && r.Method == http.MethodGet:
		s.listUsers(w, r)
		return
	case len(parts) == 0 && r.Method == http.MethodPost:
		s.createUser(w, r)
		return
	case len(parts) == 1 && parts[0] == "delta":
		s.delta(w, r, "users")
		return
	}
	u := s.find(parts[0])
	if u == nil || !here(&u.Lag) {
		notFound(w, parts[0])
		return
	}
	switch rest := r.Method + " " + strings.Join(parts[1:], "/"); rest {
	case "GET ":
		send(w, http.StatusOK, u.show())
	case "PATCH ":
		s.updateUser(w, r, u)
	case "DELETE ":
		s.deleteUser(w, u)
	case "GET memberOf", "GET transitiveMemberOf":
		list(s, w, r, s.groupsOf(u, parts[1] == "transitiveMemberOf"))
	case "POST revokeSignInSessions":
		u.SignedOut++
		send(w, http.StatusOK, map[string]any{"value": true})
	default:
		fail(w, http.StatusBadRequest, "BadRequest", "Resource not found for the segment.")
	}
}

// find takes an id or a principal's name.
func (s *Sim) find(text string) *User {
	if u := s.memory.Users[text]; u != nil {
		return u
	}
	for _, u := range s.memory.Users {
		if strings.EqualFold(u.name(), text) {
			return u
		}
	}
	return nil
}

func (u *User) name() string {
	name, _ := u.Properties["userPrincipalName"].(string)
	return name
}

func (u *User) show() map[string]any {
	out := maps.Clone(u.Properties)
	delete(out, "passwordProfile")
	out["id"] = u.ID
	return out
}

func sorted[E any](all map[string]E) []E {
	var out []E
	for _, id := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[id])
	}
	return out
}

func (s *Sim) listUsers(w http.ResponseWriter, r *http.Request) {
	all := sorted(s.memory.Users)
	if text := r.URL.Query().Get("$filter"); text != "" {
		property, value, ok := filtered(text)
		if !ok {
			bad(w, "Invalid filter clause")
			return
		}
		all = slices.DeleteFunc(all, func(u *User) bool {
			text, _ := u.Properties[property].(string)
			return !strings.EqualFold(text, value)
		})
	}
	out := make([]map[string]any, len(all))
	for i, u := range all {
		out[i] = u.show()
	}
	list(s, w, r, out)
}

func (s *Sim) createUser(w http.ResponseWriter, r *http.Request) {
	in := map[string]any{}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		bad(w, "Unable to read JSON request payload.")
		return
	}
	for _, name := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"} {
		if in[name] == nil || in[name] == "" {
			bad(w, "A value is required for property '"+name+"' of resource 'User'.")
			return
		}
	}
	if why := s.wrong("", in); why != "" {
		bad(w, why)
		return
	}
	u := &User{ID: s.id(), Properties: in, Lag: s.opt.Lag}
	s.memory.Users[u.ID] = u
	s.changed("users", u.ID)
	send(w, http.StatusCreated, u.show())
}

func (s *Sim) updateUser(w http.ResponseWriter, r *http.Request, u *User) {
	in := map[string]any{}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		bad(w, "Unable to read JSON request payload.")
		return
	}
	merged := maps.Clone(u.Properties)
	for name, value := range in {
		if merged[name] = value; value == nil {
			delete(merged, name)
		}
	}
	if why := s.wrong(u.ID, merged); why != "" {
		bad(w, why)
		return
	}
	u.Properties = merged
	s.changed("users", u.ID)
	w.WriteHeader(http.StatusNoContent)
}

// allowed are the signs that a principal's name may have before its @.
const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.-_!#^~"

// wrong tells the first fault of a user.
func (s *Sim) wrong(id string, properties map[string]any) string {
	name, _ := properties["userPrincipalName"].(string)
	local, domain, ok := strings.Cut(name, "@")
	if !s.opt.AnyName && (!ok || local == "" || strings.Trim(local, allowed) != "" || strings.Trim(domain, allowed) != "") {
		return "Property userPrincipalName is invalid."
	}
	if text, _ := properties["displayName"].(string); text == "" {
		return "Invalid value specified for property 'displayName' of resource 'User'."
	}
	for _, other := range s.memory.Users {
		if other.ID != id && strings.EqualFold(other.name(), name) {
			return "Another object with the same value for property userPrincipalName already exists."
		}
	}
	return ""
}

func (s *Sim) deleteUser(w http.ResponseWriter, u *User) {
	delete(s.memory.Users, u.ID)
	s.changed("users", u.ID)
	for _, g := range s.memory.Groups {
		if g.Users[u.ID] {
			delete(g.Users, u.ID)
			s.changed("groups", g.ID)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// groupsOf returns what the user is in, also through groups in groups.
func (s *Sim) groupsOf(u *User, through bool) []map[string]any {
	in := map[string]bool{}
	for _, g := range s.memory.Groups {
		in[g.ID] = g.Users[u.ID]
	}
	for range s.memory.Groups {
		for _, g := range s.memory.Groups {
			for nested := range g.Groups {
				in[g.ID] = in[g.ID] || through && in[nested]
			}
		}
	}
	out := []map[string]any{}
	for _, g := range sorted(s.memory.Groups) {
		if in[g.ID] {
			out = append(out, map[string]any{"@odata.type": "#microsoft.graph.group", "id": g.ID})
		}
	}
	return out
}
