package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"birthright/identity"
)

// inList is what to leave out of a list of groups.
func (r *reader) inList() url.Values {
	if r.t.habits.MembersRead == inGroups {
		return r.t.bare()
	}
	return nil
}

// allGroups lists every group, with members where lists have them, and keeps those of
// the names; nil for all.
func (r *reader) allGroups(ctx context.Context, only map[string]bool) error {
	var names []string
	err := r.t.each(ctx, groups, r.inList(), func(raw json.RawMessage) (string, error) {
		g, err := parseGroup(raw)
		if err != nil {
			return g.id, err
		}
		names = append(names, g.name)
		if only == nil || only[g.name] {
			r.keep(g)
		} else {
			r.byID[g.id] = g // it may be inside another
		}
		return g.id, nil
	})
	if err == nil {
		r.t.saw(names)
	}
	return err
}

// members gets the members that the lists do not have.
func (r *reader) members(ctx context.Context) error {
	switch r.t.habits.MembersRead {
	case inGroups:
		return r.eachGroup(ctx)
	case byAccount:
		return r.eachAccount(ctx)
	}
	return nil
}

// eachGroup reads every group by itself. One that is gone meanwhile is left out.
func (r *reader) eachGroup(ctx context.Context) error {
	listed := r.wanted
	r.wanted = nil
	for _, g := range listed {
		whole, there, err := r.fetch(ctx, g.id)
		if err != nil {
			return err
		}
		if there {
			r.wanted = append(r.wanted, whole)
		}
	}
	return nil
}

// eachAccount asks for the groups of every account.
func (r *reader) eachAccount(ctx context.Context) error {
	place := make(map[string]int, len(r.wanted))
	for i, g := range r.wanted {
		place[g.id] = i
		r.wanted[i].members = nil
	}
	if len(place) == 0 {
		return nil
	}
	for _, id := range r.order {
		in, err := r.t.groupsOf(ctx, id)
		if errors.Is(err, errNoAccount) {
			return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: users, Err: err,
				Hint: "an account went while it was read; the next run reads again"}
		}
		if err != nil {
			return err
		}
		for g := range in {
			if i, asked := place[g]; asked {
				r.wanted[i].members = append(r.wanted[i].members, id)
			}
		}
	}
	for _, g := range r.wanted {
		r.byID[g.id] = g
	}
	return nil
}
