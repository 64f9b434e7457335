package entrasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Sim) groups(w http.ResponseWriter, r *http.Request, parts []string) {
	switch {
	case len(parts) == 0 && r.Method == http.MethodGet:
		s.listGroups(w, r)
		return
	case len(parts) == 0 && r.Method == http.MethodPost:
		s.createGroup(w, r)
		return
	case len(parts) == 1 && parts[0] == "delta":
		s.delta(w, r, "groups")
		return
	}
	g := s.memory.Groups[parts[0]]
	if g == nil || !here(&g.Lag) {
		notFound(w, parts[0])
		return
	}
	switch rest := r.Method + " " + strings.Join(parts[1:], "/"); {
	case rest == "GET ":
		send(w, http.StatusOK, g.show())
	case rest == "GET members":
		list(s, w, r, s.membersOf(g))
	case rest == "PATCH ":
		s.bind(w, r, g)
	case rest == "POST members/$ref":
		s.addOne(w, r, g)
	case r.Method == http.MethodDelete && len(parts) == 4 && parts[1] == "members" && parts[3] == "$ref":
		s.takeOut(w, g, parts[2])
	case r.Method == http.MethodDelete && len(parts) == 3 && parts[1] == "members":
		delete(s.memory.Users, parts[2]) // as Graph does: the person, and not the membership
		w.WriteHeader(http.StatusNoContent)
	default:
		fail(w, http.StatusBadRequest, "BadRequest", "Resource not found for the segment.")
	}
}

func (g *Group) show() map[string]any {
	out := maps.Clone(g.Properties)
	out["id"] = g.ID
	return out
}

func (g *Group) name() string {
	name, _ := g.Properties["displayName"].(string)
	return name
}

func (s *Sim) listGroups(w http.ResponseWriter, r *http.Request) {
	all := sorted(s.memory.Groups)
	if text := r.URL.Query().Get("$filter"); text != "" {
		property, value, ok := filtered(text)
		if !ok || property != "displayName" {
			bad(w, "Invalid filter clause")
			return
		}
		all = slices.DeleteFunc(all, func(g *Group) bool { return !strings.EqualFold(g.name(), value) })
	}
	out := make([]map[string]any, len(all))
	for i, g := range all {
		out[i] = g.show()
	}
	list(s, w, r, out)
}

func (s *Sim) createGroup(w http.ResponseWriter, r *http.Request) {
	in := map[string]any{}
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		bad(w, "Unable to read JSON request payload.")
		return
	}
	for _, name := range []string{"displayName", "mailNickname", "mailEnabled", "securityEnabled"} {
		if in[name] == nil || in[name] == "" {
			bad(w, "A value is required for property '"+name+"' of resource 'Group'.")
			return
		}
	}
	g := s.addGroup(in)
	g.Lag = s.opt.Lag
	send(w, http.StatusCreated, g.show())
}

func (s *Sim) addGroup(properties map[string]any) *Group {
	if properties["groupTypes"] == nil {
		properties["groupTypes"] = []string{}
	}
	g := &Group{ID: s.id(), Properties: properties, Users: map[string]bool{}, Groups: map[string]bool{}}
	s.memory.Groups[g.ID] = g
	s.changed("groups", g.ID)
	return g
}

func (s *Sim) membersOf(g *Group) []map[string]any {
	out := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(g.Groups)) {
		out = append(out, map[string]any{"@odata.type": "#microsoft.graph.group", "id": id})
	}
	for _, id := range slices.Sorted(maps.Keys(g.Users)) {
		out = append(out, map[string]any{"@odata.type": "#microsoft.graph.user", "id": id})
	}
	return out
}

// held refuses what others fill.
func (g *Group) held(w http.ResponseWriter) bool {
	switch {
	case strings.Contains(strings.Join(g.types(), ","), "DynamicMembership"):
		bad(w, "Cannot modify membership of a group with dynamic membership.")
	case g.Properties["onPremisesSyncEnabled"] == true:
		bad(w, "Unable to update the specified properties for on-premises mastered Directory Sync objects.")
	default:
		return false
	}
	return true
}

func (g *Group) types() []string {
	switch list := g.Properties["groupTypes"].(type) {
	case []string:
		return list
	case []any:
		var out []string
		for _, v := range list {
			text, _ := v.(string)
			out = append(out, text)
		}
		return out
	}
	return nil
}

// bind adds up to twenty members, all or none.
func (s *Sim) bind(w http.ResponseWriter, r *http.Request, g *Group) {
	var in struct {
		Members []string `json:"members@odata.bind"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Members) == 0 || len(in.Members) > 20 {
		bad(w, "Between 1 and 20 members can be added at once.")
		return
	}
	if g.held(w) || !s.canJoin(w, g, in.Members) {
		return
	}
	for _, ref := range in.Members {
		g.Users[last(ref)] = true
	}
	s.changed("groups", g.ID)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sim) addOne(w http.ResponseWriter, r *http.Request, g *Group) {
	var in struct {
		ID string `json:"@odata.id"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.ID == "" {
		bad(w, "A reference is required.")
		return
	}
	if g.held(w) || !s.canJoin(w, g, []string{in.ID}) {
		return
	}
	g.Users[last(in.ID)] = true
	s.changed("groups", g.ID)
	w.WriteHeader(http.StatusNoContent)
}

// canJoin refuses members of whom one is not there, or one already.
func (s *Sim) canJoin(w http.ResponseWriter, g *Group, refs []string) bool {
	for _, ref := range refs {
		id := last(ref)
		if u := s.memory.Users[id]; u == nil || !here(&u.Lag) {
			notFound(w, id)
			return false
		}
		if g.Users[id] {
			bad(w, "One or more added object references already exist for the following modified properties: 'members'.")
			return false
		}
	}
	return true
}

func last(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func (s *Sim) takeOut(w http.ResponseWriter, g *Group, id string) {
	if g.held(w) {
		return
	}
	if !g.Users[id] {
		notFound(w, id)
		return
	}
	delete(g.Users, id)
	s.changed("groups", g.ID)
	w.WriteHeader(http.StatusNoContent)
}
