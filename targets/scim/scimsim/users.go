package scimsim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

func userHandlers(a *App) handlers {
	return handlers{
		list: a.listUsers, get: a.getUser, create: a.createUser,
		replace: a.replaceUser, patch: a.patchUser, remove: a.deleteUser, version: a.userVersion,
	}
}

func (a *App) listUsers(q listQuery) ([]byte, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	ids, f := a.matchUsers(q.filter)
	if f != nil {
		return nil, f
	}
	return page(q, ids, func(id string) []byte { return a.tables.users[id].raw }), nil
}

// matchUsers returns the ids that filter selects; userName and id are indexed.
func (a *App) matchUsers(filter []term) ([]string, *fault) {
	if len(filter) == 0 {
		return a.tables.userOrder, nil
	}
	if f := a.filterable("Users", filter); f != nil {
		return nil, f
	}
	for _, t := range filter {
		if !slices.Contains([]string{"id", "username", "externalid", "displayname", "active"}, t.attr) {
			return nil, bad(invalidFilter, "users cannot be filtered by %s", t.attr)
		}
	}
	candidates := a.tables.userOrder
	for _, t := range filter {
		wanted, _ := t.value.(string)
		switch t.attr {
		case "id":
			candidates = present(a.tables.users[wanted])
		case "username":
			candidates = present(a.tables.userNames[fold(wanted)])
		}
	}
	var out []string
	for _, id := range candidates {
		if a.tables.users[id].matches(filter) {
			out = append(out, id)
		}
	}
	return out, nil
}

func present(u *user) []string {
	if u == nil {
		return nil
	}
	return []string{u.id}
}

func (u *user) matches(filter []term) bool {
	for _, t := range filter {
		switch wanted, _ := t.value.(string); t.attr {
		case "id":
			if u.id != wanted {
				return false
			}
		case "active":
			if u.attrs["active"] != t.value {
				return false
			}
		case "externalid": // the one that is compared with letter case
			if u.attrs["externalId"] != t.value {
				return false
			}
		default:
			a, _ := find(texts("userName", "displayName"), t.attr)
			if held, ok := u.attrs[a.name].(string); !ok || !strings.EqualFold(held, wanted) {
				return false
			}
		}
	}
	return true
}

func (a *App) getUser(id string, _ bool) ([]byte, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if u := a.tables.users[id]; u != nil {
		return u.raw, nil
	}
	return nil, missing("user", id)
}

// checkUser turns a client's resource into attributes to store.
func (a *App) checkUser(in object) (object, *fault) {
	if f := checkSchemas(in, schemaUser); f != nil {
		return nil, f
	}
	attrs, f := normalise(in, a.users)
	if f != nil {
		return nil, f
	}
	delete(attrs, "password") // taken, never kept
	if _, ok := attrs["active"]; !ok {
		attrs["active"] = true
	}
	return attrs, nil
}

// checkName wants a userName that nobody else has.
func (a *App) checkName(attrs object, self *user) *fault {
	name, _ := attrs["userName"].(string)
	if strings.TrimSpace(name) == "" {
		return bad(invalidValue, "userName is required")
	}
	if other := a.tables.userNames[fold(name)]; other != nil && other != self {
		return &fault{status: http.StatusConflict, scimType: uniqueness, detail: "userName " + name + " is taken"}
	}
	return nil
}

func (a *App) createUser(in object) (string, []byte, error) {
	attrs, f := a.checkUser(in)
	if f == nil {
		f = a.checkNew(attrs)
	}
	if f != nil {
		return "", nil, f
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if f := a.checkName(attrs, nil); f != nil {
		return "", nil, f
	}
	now := a.opt.Now().UTC()
	u := &user{id: a.tables.newID("u-"), attrs: attrs, created: now, modified: now, groups: map[*group]struct{}{}}
	a.render(u)
	a.tables.addUser(u)
	return location("Users", u.id), u.raw, nil
}

func (a *App) replaceUser(id string, in object) ([]byte, error) {
	attrs, f := a.checkUser(in)
	if f != nil {
		return nil, f
	}
	return a.change(id, func(*user) (object, *fault) { return attrs, nil })
}

func (a *App) patchUser(id string, ops []patchOp) ([]byte, error) {
	return a.change(id, func(u *user) (object, *fault) {
		attrs := copyValue(u.attrs).(object)
		for _, op := range ops {
			if f := op.applyTo(attrs, a.users); f != nil {
				return nil, f
			}
		}
		delete(attrs, "password")
		return attrs, nil
	})
}

// change stores what edit makes of the user, or nothing at all.
func (a *App) change(id string, edit func(*user) (object, *fault)) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.tables.users[id]
	if u == nil {
		return nil, missing("user", id)
	}
	attrs, f := edit(u)
	if f == nil {
		f = a.checkName(attrs, u)
	}
	if f != nil {
		return nil, f
	}
	delete(a.tables.userNames, fold(u.name()))
	u.attrs, u.modified = attrs, a.opt.Now().UTC()
	a.tables.userNames[fold(u.name())] = u
	u.version++
	a.render(u)
	return u.raw, nil
}

func (a *App) deleteUser(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.tables.users[id]
	if u == nil {
		return missing("user", id)
	}
	switch {
	case a.opt.NoDelete:
		return &fault{status: http.StatusMethodNotAllowed, detail: "users are deactivated here, not deleted"}
	case a.opt.DeleteDeactivates:
		u.attrs["active"] = false
		u.version++
		a.render(u)
		return nil
	}
	a.tables.dropUser(u)
	return nil
}

// render makes raw from the attributes.
func (a *App) render(u *user) {
	schemas := []any{schemaUser}
	if u.attrs[schemaEnterprise] != nil {
		schemas = append(schemas, schemaEnterprise)
	}
	out := maps.Clone(u.attrs)
	maps.Copy(out, object{"schemas": schemas, "id": u.id, "meta": a.meta("User", u.id, u.created, u.modified, u.version)})
	u.raw = encode(out)
}

func (a *App) meta(kind, id string, created, modified time.Time, version int) object {
	out := object{"resourceType": kind, "created": created, "lastModified": modified, "location": location(kind+"s", id)}
	if a.opt.Versions {
		out["version"] = etag(version)
	}
	return out
}

func location(kind, id string) string { return Base + "/" + kind + "/" + id }

// copyValue copies a JSON value all the way down.
func copyValue(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for name, value := range v {
			out[name] = copyValue(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copyValue(v[i])
		}
		return out
	}
	return v
}
