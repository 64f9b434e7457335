package slacksim

import (
	"net/url"
	"slices"
	"strings"
)

func (s *System) group(id string) *group {
	for _, g := range s.mem.Groups {
		if g.ID == id {
			return g
		}
	}
	return nil
}

func (g *group) shown(users bool) map[string]any {
	out := map[string]any{
		"id": g.ID, "team_id": "T00000001", "is_usergroup": true, "is_subteam": true, "name": g.Name, "description": "", "handle": g.Handle,
		"is_external": g.External, "date_create": 1, "date_update": g.Updated, "date_delete": g.Disabled, "auto_type": nil, "auto_provision": false,
		"enterprise_subteam_id": "", "created_by": app, "updated_by": app, "deleted_by": nil, "user_count": len(g.Users),
		"prefs": map[string]any{"channels": []string{}, "groups": []string{}},
	}
	if users {
		out["users"] = append([]string{}, g.Users...)
	}
	return out
}

func (s *System) groupsList(q url.Values) map[string]any {
	all := []map[string]any{}
	for _, g := range s.mem.Groups {
		if g.Disabled == 0 || q.Get("include_disabled") == "true" {
			all = append(all, g.shown(q.Get("include_users") == "true"))
		}
	}
	return yes("usergroups", all)
}

func (s *System) groupsCreate(q url.Values) map[string]any {
	handle := q.Get("handle")
	if slices.ContainsFunc(s.mem.Groups, func(g *group) bool { return g.Handle == handle || g.Name == q.Get("name") }) {
		return no("name_already_exists")
	}
	return yes("usergroup", s.found(handle).shown(false))
}

// found makes a user group.
func (s *System) found(handle string) *group {
	g := &group{ID: s.id("S"), Handle: handle, Name: handle, Updated: s.opt.Now().Unix()}
	s.mem.Groups = append(s.mem.Groups, g)
	return g
}

func (s *System) groupsEnable(q url.Values) map[string]any {
	g := s.group(q.Get("usergroup"))
	if g == nil {
		return no("no_such_subteam")
	}
	g.Disabled, g.Updated = 0, s.opt.Now().Unix()
	return yes("usergroup", g.shown(false))
}

// groupsDisable keeps the list: it comes back with the group.
func (s *System) groupsDisable(q url.Values) map[string]any {
	g := s.group(q.Get("usergroup"))
	if g == nil {
		return no("no_such_subteam")
	}
	g.Disabled, g.Updated = s.opt.Now().Unix(), s.opt.Now().Unix()
	return yes("usergroup", g.shown(false))
}

// groupsUpdate replaces the list, which must name somebody, and active users only.
func (s *System) groupsUpdate(q url.Values) map[string]any {
	g := s.group(q.Get("usergroup"))
	switch {
	case g == nil || g.Disabled != 0 && s.opt.HideDisabled:
		return no("no_such_subteam")
	case g.External:
		return no("permission_denied")
	case q.Get("users") == "":
		return no("no_users_provided")
	}
	ids := strings.Split(q.Get("users"), ",")
	for _, id := range ids {
		if u := s.user(id); u == nil || u.Deleted {
			return no("invalid_users")
		}
	}
	slices.Sort(ids)
	g.Users, g.Updated = slices.Compact(ids), s.opt.Now().Unix()
	return yes("usergroup", g.shown(true))
}
