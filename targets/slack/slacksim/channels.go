package slacksim

import (
	"net/url"
	"slices"
	"strings"
)

func (s *System) channel(id string) *channel {
	for _, c := range s.mem.Channels {
		if c.ID == id && !c.Hidden {
			return c
		}
	}
	return nil
}

func (c *channel) shown() map[string]any {
	nobody := map[string]any{"value": "", "creator": "", "last_set": 0}
	return map[string]any{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !c.Private, "is_group": c.Private, "is_im": false, "is_mpim": false,
		"is_private": c.Private, "created": 1, "creator": app, "is_archived": c.Archived, "is_general": c.General, "is_shared": false,
		"is_org_shared": false, "is_member": slices.Contains(c.Members, app), "topic": nobody, "purpose": nobody,
	}
}

// channelsList shows private channels only where the app is in.
func (s *System) channelsList(q url.Values) map[string]any {
	var all []map[string]any
	for _, c := range s.mem.Channels {
		if c.Hidden || c.Private && !slices.Contains(c.Members, app) || c.Archived && q.Get("exclude_archived") == "true" {
			continue
		}
		all = append(all, c.shown())
	}
	return page(s, q, "channels", all)
}

func (s *System) channelsMembers(q url.Values) map[string]any {
	c := s.channel(q.Get("channel"))
	if c == nil {
		return no("channel_not_found")
	}
	return page(s, q, "members", c.Members)
}

// channelsInvite lets all in or nobody.
func (s *System) channelsInvite(q url.Values) map[string]any {
	c := s.channel(q.Get("channel"))
	ids := strings.Split(q.Get("users"), ",")
	switch {
	case c == nil:
		return no("channel_not_found")
	case !slices.Contains(c.Members, app):
		return no("not_in_channel")
	case c.Archived:
		return no("is_archived")
	case len(ids) > 1000:
		return no("too_many_users")
	}
	for _, id := range ids {
		switch u := s.user(id); {
		case u == nil || u.Deleted:
			return no("user_not_found")
		case slices.Contains(c.Members, id):
			return no("already_in_channel")
		}
	}
	c.Members = append(c.Members, ids...)
	return yes("channel", c.shown())
}

func (s *System) channelsKick(q url.Values) map[string]any {
	c, id := s.channel(q.Get("channel")), q.Get("user")
	switch {
	case c == nil:
		return no("channel_not_found")
	case c.General:
		return no("cant_kick_from_general")
	case id == app:
		return no("cant_kick_self")
	case s.user(id) == nil:
		return no("user_not_found")
	case !slices.Contains(c.Members, id):
		return no("not_in_channel")
	}
	c.Members = slices.DeleteFunc(c.Members, func(m string) bool { return m == id })
	return yes()
}
