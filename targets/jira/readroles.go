package jira

import (
	"errors"
	"net/http"
	"slices"

	"birthright/targets"
)

// readRoles notes the roles of projects and who is in them.
func (r *reading) readRoles() error {
	keys, err := r.projectsOf()
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := r.readProject(key); err != nil {
			return err
		}
	}
	return nil
}

// projectsOf returns the keys of the projects that the query is about.
func (r *reading) projectsOf() ([]string, error) {
	var keys []string
	switch {
	case !r.t.has(kindRole):
		return nil, nil
	case r.q.Entitlements == nil:
		all, err := list[project](r.ctx, r.t, "/rest/api/3/project/search", nil)
		for _, p := range all {
			keys = append(keys, p.Key)
		}
		return slices.DeleteFunc(keys, func(k string) bool { return !r.t.looksAt(k) }), err
	}
	for _, e := range r.q.Entitlements {
		key, _, ok := splitRole(e.ID)
		if ok && e.Target == r.t.name && e.Kind == kindRole && r.t.looksAt(key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// readProject notes the roles of one project; one that is gone has none.
func (r *reading) readProject(key string) error {
	roles := map[string]string{}
	err := r.t.get(r.ctx, rolesPath(key), nil, &roles)
	if status(err) == http.StatusNotFound && r.q.Entitlements != nil {
		return nil
	}
	if err != nil {
		return err
	}
	for name, address := range roles {
		e := r.t.role(key, name)
		if !r.asked(e) {
			continue
		}
		r.found = append(r.found, targets.Entitlement{Address: e, Title: name + " in " + key})
		if err := r.readRole(key, name, roleID(address)); err != nil {
			return err
		}
	}
	return nil
}

// readRole notes who is in a role: themselves, or else through a group.
func (r *reading) readRole(key, name, id string) error {
	var in actors
	if err := r.t.get(r.ctx, rolesPath(key)+"/"+id, nil, &in); err != nil {
		return err
	}
	e, noted := r.t.role(key, name), map[string]bool{}
	for _, a := range in.Actors {
		if a.User != nil {
			u, err := r.actor(*a.User)
			if err != nil {
				return err
			}
			noted[u.AccountID] = true
			r.holds(u, e, false)
		}
	}
	for _, a := range in.Actors {
		if a.Group == nil {
			continue
		}
		members, err := r.members(*a.Group)
		if err != nil {
			return err
		}
		for _, m := range members {
			if !noted[m.AccountID] {
				noted[m.AccountID] = true
				r.holds(m, e, true)
			}
		}
	}
	return nil
}

// actor returns who an actor is. One whom the list of users did not have came since,
// or is an app.
func (r *reading) actor(u user) (user, error) {
	if known, ok := r.people[u.AccountID]; ok || r.q.Accounts != nil {
		return known, nil
	}
	if known, ok := r.others[u.AccountID]; ok {
		return known, nil
	}
	known, err := r.t.user(r.ctx, u.AccountID)
	if errors.Is(err, errNobody) {
		known, err = user{AccountID: u.AccountID, Type: "app"}, nil
	}
	if err == nil {
		r.others[u.AccountID] = known
	}
	return known, err
}

func rolesPath(key string) string { return "/rest/api/3/project/" + key + "/role" }
