package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

const users = "/Users"

// account turns a user resource into an account.
func (t *Target) account(r resource) targets.Account {
	a := targets.Account{ID: text(r, "id"), Name: text(r, "userName"), Active: isActive(r), Attributes: identity.Attributes{}}
	for _, f := range t.fields {
		a.Attributes.Set(f.hub, f.get(r))
	}
	a.LastUsed = t.lastUsed(r)
	return a
}

// isActive takes a user as active unless the server says otherwise; some say it
// with a string.
func isActive(r resource) bool {
	switch v, _ := member(r, "active"); v := v.(type) {
	case bool:
		return v
	case string:
		return !strings.EqualFold(v, "false")
	}
	return true
}

func parseUser(raw json.RawMessage) (resource, error) {
	var r resource
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, notSCIM(users, err)
	}
	if text(r, "id") == "" || text(r, "userName") == "" {
		return nil, notSCIM(users, errors.New("a user without id or userName"))
	}
	return r, nil
}

// errNoAccount says that a named account is not there.
var errNoAccount = errors.New("no such account")

// find returns the user that a names, by id or else by name; errNoAccount where
// there is none.
func (t *Target) find(ctx context.Context, a targets.Account) (resource, error) {
	if a.ID == "" {
		return t.findByName(ctx, a.Name)
	}
	r, _, err := t.get(ctx, place(users, a.ID), nil)
	if isMissing(err) {
		return nil, errNoAccount
	}
	return r, err
}

// findByName looks a user up by userName, with a filter where the server has
// filters. What comes back is compared here once more: a server that ignores
// the filter sends everybody.
func (t *Target) findByName(ctx context.Context, name string) (resource, error) {
	var found []resource
	take := func(raw json.RawMessage) (string, error) {
		r, err := parseUser(raw)
		if err == nil && strings.EqualFold(text(r, "userName"), name) {
			found = append(found, r)
		}
		return text(r, "id"), err
	}
	if err := t.filtered(ctx, users, "userName eq "+quote(name), nil, take, func() { found = nil }); err != nil {
		return nil, err
	}
	return chosenOf(found, name)
}

// chosenOf is the user called name among those that are but for letter case.
func chosenOf(found []resource, name string) (resource, error) {
	switch len(found) {
	case 0:
		return nil, errNoAccount
	case 1:
		return found[0], nil
	}
	for _, r := range found {
		if text(r, "userName") == name {
			return r, nil
		}
	}
	return nil, &identity.Error{Kind: identity.Conflict, Op: "find account", Object: name,
		Err: errors.New("several users have this name but for letter case")}
}

// filtered lists what filter selects, or everything where the server refuses
// filters; reset is called before the second try.
func (t *Target) filtered(ctx context.Context, endpoint, filter string, q url.Values, take taker, reset func()) error {
	if !t.knows().noFilter {
		with := url.Values{"filter": {filter}}
		for name, values := range q {
			with[name] = values
		}
		err := t.search(ctx, endpoint, with, take)
		if !badFilter(err) {
			return err
		}
		t.note(func(s *server) { s.noFilter = true })
		t.log.Info("the server refuses filters; lists are searched here", "target", t.name, "error", err)
		reset()
	}
	return t.search(ctx, endpoint, q, take)
}

// body renders a wanted account as a resource to create.
func (t *Target) body(a targets.Account) resource {
	r := resource{"schemas": []any{schemaUser}, "userName": a.Name, "active": a.Active}
	if t.habits.ExternalID == fromName {
		r["externalId"] = a.Name
	}
	if t.entitled != "" {
		r["entitlements"] = []resource{{"value": t.entitled}}
	}
	for _, f := range t.fields {
		if value := a.Attributes.First(f.hub); value != "" {
			f.set(r, value)
		}
	}
	return r
}
