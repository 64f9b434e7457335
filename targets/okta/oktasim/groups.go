package oktasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Sim) groups(w http.ResponseWriter, r *http.Request, parts []string) {
	if len(parts) == 0 {
		switch r.Method {
		case http.MethodGet:
			s.listGroups(w, r)
		case http.MethodPost:
			s.createGroup(w, r)
		default:
			fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
		}
		return
	}
	g := s.memory.Groups[parts[0]]
	switch {
	case g == nil:
		notFound(w, parts[0], "UserGroup")
	case r.Method == http.MethodGet && len(parts) == 1:
		send(w, http.StatusOK, show(g))
	case r.Method == http.MethodGet && len(parts) == 2 && parts[1] == "users":
		s.listMembers(w, r, g)
	case len(parts) == 3 && parts[1] == "users":
		s.setMember(w, r, g, parts[2])
	default:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
	}
}

func (s *Sim) sortedGroups() []*Group {
	var out []*Group
	for _, id := range slices.Sorted(maps.Keys(s.memory.Groups)) {
		out = append(out, s.memory.Groups[id])
	}
	return out
}

// listGroups takes q, the beginning of a name, which has no pages, and filter.
func (s *Sim) listGroups(w http.ResponseWriter, r *http.Request) {
	list, q := s.sortedGroups(), r.URL.Query()
	if text := q.Get("filter"); text != "" {
		clauses, err := parseFilter(text)
		if err != nil {
			fail(w, http.StatusBadRequest, "E0000031", err.Error())
			return
		}
		list = slices.DeleteFunc(list, func(g *Group) bool {
			return !slices.ContainsFunc(clauses, func(c clause) bool {
				return c.property == "type" && c.value == g.Type || c.property == "id" && c.value == g.ID
			})
		})
	}
	if prefix := q.Get("q"); prefix != "" {
		list = slices.DeleteFunc(list, func(g *Group) bool { return !strings.HasPrefix(strings.ToLower(g.Name), strings.ToLower(prefix)) })
		out := []any{}
		for _, g := range list[:min(len(list), 300)] {
			out = append(out, show(g))
		}
		send(w, http.StatusOK, out)
		return
	}
	page(s, w, r, list, func(g *Group) string { return g.ID }, func(g *Group) any { return show(g) })
}

func (s *Sim) createGroup(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Profile struct{ Name, Description string } `json:"profile"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Profile.Name == "" {
		invalid(w, "name", "The field cannot be left blank")
		return
	}
	for _, g := range s.memory.Groups {
		if g.Type == "OKTA_GROUP" && g.Name == in.Profile.Name {
			invalid(w, "name", "An object with this field already exists in the current organization")
			return
		}
	}
	send(w, http.StatusOK, show(s.addGroup("OKTA_GROUP", in.Profile.Name, in.Profile.Description)))
}

func (s *Sim) addGroup(kind, name, description string) *Group {
	now := s.opt.Now().UTC()
	g := &Group{ID: s.id("00g"), Type: kind, Name: name, Description: description, Members: map[string]bool{}, Created: now, Updated: now, Changed: now}
	s.memory.Groups[g.ID] = g
	return g
}

func (s *Sim) listMembers(w http.ResponseWriter, r *http.Request, g *Group) {
	list := slices.DeleteFunc(s.sortedUsers(), func(u *User) bool { return !s.isIn(g, u) })
	page(s, w, r, list, func(u *User) string { return u.ID }, func(u *User) any { return s.show(u) })
}

func (s *Sim) isIn(g *Group, u *User) bool {
	return g.Members[u.ID] || g.Type == "BUILT_IN" && g.Name == "Everyone"
}

func (s *Sim) groupsOf(w http.ResponseWriter, r *http.Request, u *User) {
	list := slices.DeleteFunc(s.sortedGroups(), func(g *Group) bool { return !s.isIn(g, u) })
	page(s, w, r, list, func(g *Group) string { return g.ID }, func(g *Group) any { return show(g) })
}

// setMember puts a user in or takes them out; twice is done. Only groups of Okta's own
// can be changed.
func (s *Sim) setMember(w http.ResponseWriter, r *http.Request, g *Group, id string) {
	u := s.memory.Users[id]
	switch {
	case u == nil:
		notFound(w, id, "User")
		return
	case g.Type != "OKTA_GROUP":
		fail(w, http.StatusForbidden, "E0000038", "This operation is not allowed in the current group type.")
		return
	case r.Method == http.MethodPut:
		g.Members[u.ID] = true
	case r.Method == http.MethodDelete:
		delete(g.Members, u.ID)
	default:
		fail(w, http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method")
		return
	}
	g.Changed = s.opt.Now().UTC()
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sim) rules(w http.ResponseWriter, r *http.Request) {
	page(s, w, r, s.memory.Rules, func(rule *Rule) string { return rule.ID }, func(rule *Rule) any {
		now := s.opt.Now().UTC()
		return map[string]any{
			"id": rule.ID, "name": rule.Name, "status": "ACTIVE", "type": "group_rule", "created": now, "lastUpdated": now,
			"conditions": map[string]any{"expression": map[string]any{"type": "urn:okta:expression:1.0", "value": "user.department!=null"}},
			"actions":    map[string]any{"assignUserToGroups": map[string]any{"groupIds": rule.Groups}},
		}
	})
}

// show is a group as Okta writes it.
func show(g *Group) map[string]any {
	class := map[string]string{"OKTA_GROUP": "okta:user_group", "BUILT_IN": "okta:user_group", "APP_GROUP": "okta:windows_security_principal"}[g.Type]
	return map[string]any{
		"id": g.ID, "type": g.Type, "objectClass": []string{class}, "created": g.Created, "lastUpdated": g.Updated,
		"lastMembershipUpdated": g.Changed, "profile": map[string]any{"name": g.Name, "description": g.Description},
		"_links": map[string]any{},
	}
}
