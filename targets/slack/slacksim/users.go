package slacksim

import (
	"net/url"
	"strings"
)

func (s *System) user(id string) *user {
	for _, u := range s.mem.Users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

func (s *System) byEmail(email string) *user {
	for _, u := range s.mem.Users {
		if u.Email != "" && strings.EqualFold(u.Email, email) {
			return u
		}
	}
	return nil
}

func (s *System) shown(u *user) map[string]any {
	profile := map[string]any{
		"real_name": u.Name, "display_name": u.Name, "avatar_hash": "g0", "real_name_normalized": u.Name, "display_name_normalized": u.Name,
		"title": "", "phone": "", "skype": "", "status_text": "", "status_emoji": "", "fields": nil,
	}
	if u.Email != "" && s.may("users:read.email") && !s.opt.HideEmail {
		profile["email"] = u.Email
	}
	return map[string]any{"id": u.ID, "name": u.Name, "deleted": u.Deleted, "is_bot": u.Bot, "is_app_user": false, "updated": 1, "profile": profile}
}

func (s *System) usersList(q url.Values) map[string]any {
	var all []map[string]any
	for _, u := range s.mem.Users {
		all = append(all, s.shown(u))
	}
	return page(s, q, "members", all, "cache_ts", s.opt.Now().Unix())
}

func (s *System) usersInfo(q url.Values) map[string]any {
	if u := s.user(q.Get("user")); u != nil {
		return yes("user", s.shown(u))
	}
	return no("user_not_found")
}

func (s *System) usersLookup(q url.Values) map[string]any {
	if u := s.byEmail(q.Get("email")); u != nil && !u.Deleted {
		return yes("user", s.shown(u))
	}
	return no("users_not_found")
}
