package googlesim

import (
	"net/http"
	"slices"
	"strings"
)

// group finds a group by id, address or alias.
func (s *System) group(key string) *group {
	if g := s.mem.Groups[key]; g != nil {
		return g
	}
	for _, g := range s.mem.Groups {
		if strings.EqualFold(g.Email, key) || slices.Contains(g.Aliases, strings.ToLower(key)) {
			return g
		}
	}
	return nil
}

func (g *group) shown() map[string]any {
	out := map[string]any{"kind": "admin#directory#group", "id": g.ID, "email": g.Email, "name": g.Name, "adminCreated": true}
	if len(g.Aliases) > 0 {
		out["aliases"] = g.Aliases
	}
	return out
}

// lags reports whether the group is too new for those who did not make it.
func (s *System) lags(g *group) bool { return s.opt.Now().Sub(g.Made) < s.opt.Lag }

func (s *System) listGroups(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("userKey")
	if key != "" && r.URL.Query().Has("customer") {
		fail(w, http.StatusBadRequest, "invalid", "Invalid Input: userKey and customer")
		return
	}
	if u := s.user(key); key != "" && u != nil {
		key = str(u, "id")
	} else if g := s.group(key); key != "" && g != nil {
		key = g.ID
	} else if key != "" {
		missing(w, "userKey")
		return
	}
	var all []map[string]any
	for _, g := range sorted(s.mem.Groups) {
		if key == "" || g.Members[key] != nil {
			all = append(all, g.shown())
		}
	}
	page(s, w, r, "admin#directory#groups", "groups", "maxResults", 200, all)
}

func (s *System) getGroup(w http.ResponseWriter, r *http.Request) {
	if g := s.group(r.PathValue("group")); g != nil && !s.lags(g) {
		reply(w, http.StatusOK, g.shown())
		return
	}
	missing(w, "groupKey")
}

func (s *System) insertGroup(w http.ResponseWriter, r *http.Request) {
	var in struct{ Email, Name string }
	if !read(w, r, &in) {
		return
	}
	switch {
	case !strings.Contains(in.Email, "@"):
		fail(w, http.StatusBadRequest, "invalid", "Invalid Input: INVALID_GROUP_EMAIL")
	case s.taken(in.Email):
		fail(w, http.StatusConflict, "duplicate", "Entity already exists.")
	default:
		reply(w, http.StatusOK, s.found(in.Email, in.Name).shown())
	}
}

// found makes a group.
func (s *System) found(email, name string) *group {
	g := &group{ID: "g" + s.id(), Email: strings.ToLower(email), Name: name, Members: map[string]*member{}, Made: s.opt.Now()}
	s.mem.Groups[g.ID] = g
	return g
}

func (s *System) listMembers(w http.ResponseWriter, r *http.Request) {
	g := s.group(r.PathValue("group"))
	if g == nil {
		missing(w, "groupKey")
		return
	}
	var all []map[string]any
	for _, m := range sorted(g.Members) {
		all = append(all, m.shown())
	}
	page(s, w, r, "admin#directory#members", "members", "maxResults", 200, all)
}

func (m *member) shown() map[string]any {
	out := map[string]any{"kind": "admin#directory#member", "id": m.ID, "role": m.Role, "type": m.Type, "status": "ACTIVE"}
	if m.Email != "" {
		out["email"] = m.Email
	}
	return out
}

// insertMember takes an id or an address; an address that nobody here has is somebody
// outside.
func (s *System) insertMember(w http.ResponseWriter, r *http.Request) {
	g := s.group(r.PathValue("group"))
	var in struct{ ID, Email, Role string }
	switch {
	case g == nil || s.lags(g):
		missing(w, "groupKey")
		return
	case !read(w, r, &in):
		return
	}
	key := in.ID + in.Email
	m := &member{Role: in.Role}
	if u := s.user(key); u != nil {
		m.ID, m.Email, m.Type = str(u, "id"), str(u, "primaryEmail"), "USER"
	} else if inner := s.group(key); inner != nil {
		m.ID, m.Email, m.Type = inner.ID, inner.Email, "GROUP"
	} else if key == customer {
		m.ID, m.Type = customer, "CUSTOMER"
	} else if strings.Contains(key, "@") {
		m.ID, m.Email, m.Type = "x"+s.id(), key, "USER"
	} else {
		missing(w, "memberKey")
		return
	}
	if g.Members[m.ID] != nil {
		fail(w, http.StatusConflict, "duplicate", "Member already exists.")
		return
	}
	g.Members[m.ID] = m
	reply(w, http.StatusOK, m.shown())
}

func (s *System) deleteMember(w http.ResponseWriter, r *http.Request) {
	g := s.group(r.PathValue("group"))
	if g == nil {
		missing(w, "groupKey")
		return
	}
	id := r.PathValue("member")
	if u := s.user(id); u != nil {
		id = str(u, "id")
	}
	if g.Members[id] == nil {
		missing(w, "memberKey")
		return
	}
	delete(g.Members, id)
	w.WriteHeader(http.StatusOK) // with nothing in it
}
