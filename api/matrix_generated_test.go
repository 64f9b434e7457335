package api_test

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/api"
	"birthright/grants/desk/desktest/verdicts"
	"birthright/store"
	"birthright/tokens"
)

// The calls of the matrix as routes: {id} is the request or grant, {user} who gets it, or
// is to.
var calls = map[verdicts.Call]struct{ route, body string }{
	verdicts.AskSelf:     {"POST /requests", `{"groups":["{group}"],"reason":"x"}`},
	verdicts.AskBen:      {"POST /requests", `{"groups":["{group}"],"user":"{user}","reason":"x"}`},
	verdicts.GlassSelf:   {"POST /break-glass", `{"group":"{group}","reason":"x"}`},
	verdicts.GlassBen:    {"POST /break-glass", `{"group":"{group}","user":"{user}","reason":"x"}`},
	verdicts.Deputise:    {"POST /delegations", `{"to":"dave","until":"{until}"}`},
	verdicts.DeputiseFor: {"POST /delegations", `{"from":"anna","to":"dave","until":"{until}"}`},
	verdicts.Undelegate:  {"DELETE /delegations/{id}", ""},
	verdicts.Deputies:    {"GET /delegations", ""},
	verdicts.Catalog:     {"GET /catalog", ""},
	verdicts.CatalogBen:  {"GET /catalog?user={user}", ""},
	verdicts.Overdue:     {"GET /grants/overdue", ""},

	verdicts.Read:      {"GET /requests/{id}", ""},
	verdicts.Look:      {"GET /requests/{id}/look", ""},
	verdicts.List:      {"GET /requests?user={user}&group={room}", ""},
	verdicts.ListGlass: {"GET /break-glass?all=true", ""},
	verdicts.Approve:   {"POST /requests/{id}/approve", ""},
	verdicts.Deny:      {"POST /requests/{id}/deny", `{"reason":"x"}`},
	verdicts.Cancel:    {"POST /requests/{id}/cancel", ""},
	verdicts.Amend:     {"PATCH /requests/{id}", `{"reason":"y"}`},
	verdicts.Examine:   {"POST /requests/{id}/review", `{"verdict":"abuse"}`},
	verdicts.ReadGrant: {"GET /grants/{id}", ""},
	verdicts.ListGrant: {"GET /grants?user={user}&group={room}", ""},
	verdicts.Extend:    {"POST /grants/{id}/extend", `{"for":"5m","reason":"x"}`},
	verdicts.Return:    {"POST /grants/{id}/return", ""},
	verdicts.Revoke:    {"POST /grants/{id}/revoke", `{"reason":"x"}`},
}

// Every call has a route, and every route of that part of the API is a call.
func TestTheGeneratedMatrixHasEveryRoute(t *testing.T) {
	h := open(t)
	var document struct{ Paths map[string]map[string]any }
	h.Must(json.Unmarshal([]byte(h.call("", "GET", "/openapi.json", "").text), &document))
	var routes, covered []string
	for path, methods := range document.Paths {
		noun, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		for method := range methods {
			if slices.Contains([]string{"requests", "grants", "break-glass", "delegations", "catalog"}, noun) {
				routes = append(routes, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for _, call := range verdicts.Calls() {
		route, _, _ := strings.Cut(calls[call].route, "?")
		covered = append(covered, route)
	}
	slices.Sort(routes)
	slices.Sort(covered)
	same(t, "calls", slices.Compact(covered), routes)
}

// front is the API as a door.
type front struct {
	*site
	town *verdicts.Town
}

func anybody(string, verdicts.Call) bool { return true }

func enter(t *testing.T, away verdicts.Away) *front {
	town := verdicts.Open(t, away, anybody)
	f := &front{around(town.Office, api.Pace{PerSecond: 1e6, Burst: 1e6}), town}
	for _, who := range town.Callers() {
		f.bearer(who)
	}
	return f
}

// bearer is the token of a caller.
func (f *front) bearer(who string) string {
	name, only, narrowed := strings.Cut(who, ":")
	switch {
	case who == "nobody":
		return ""
	case who == "revoked", who == "expired", narrowed:
		return f.special(who, name, only)
	}
	return f.token(who)
}

// special is a token that is narrowed, or root's that is good for nothing any more.
func (f *front) special(who, name, only string) string {
	if plain, known := f.tokens[who]; known {
		return plain
	}
	life := time.Duration(0)
	if who == "expired" {
		life = time.Microsecond
	}
	person := map[string]string{"revoked": "root", "expired": "root"}[who]
	plain, t, err := tokens.New(rand.Reader, "", tokens.Narrowed(tokens.ScopeAPI, strings.Fields(only)), f.Now(), life)
	f.Must(err)
	t.UserN = f.As(cmp.Or(person, name)).UserN
	f.Must(f.DB.Update(f.Context(), func(tx *store.Tx) error { return tx.SaveToken(f.Context(), store.TokenRow(t)) }))
	if f.tokens[who] = plain; who == "revoked" {
		f.revoke(plain)
	}
	return plain
}

func (f *front) Try(who string, c verdicts.Call, x *verdicts.Thing) (verdicts.Verdict, string) {
	group, user := f.town.Aim(who, c)
	id, room := f.town.Delegation(), ""
	if x != nil {
		if id, user, room = x.Request, x.User, x.Room; strings.Contains(calls[c].route, "/grants") {
			id = x.Grant
		}
	}
	method, path, _ := strings.Cut(strings.NewReplacer("{id}", id, "{user}", user, "{room}", room).Replace(calls[c].route), " ")
	body := strings.NewReplacer("{group}", group, "{user}", user, "{until}", f.town.Until().Format(time.RFC3339)).Replace(calls[c].body)
	r := f.call(f.bearer(who), method, path, body)
	said := fmt.Sprint(method, " ", path, ": ", r.status, " ", r.text)
	switch {
	case r.status == 401, r.status == 403:
		return verdicts.No, said
	case r.status == 409:
		return verdicts.Late, said
	case r.status == 422:
		return verdicts.Bad, said
	case r.status >= 300:
		return verdicts.Verdict(fmt.Sprint(r.status)), said
	case slices.Contains([]verdicts.Call{verdicts.List, verdicts.ListGlass, verdicts.ListGrant}, c) && !contains(r.text, id):
		return verdicts.No, said
	}
	return verdicts.Yes, said
}

func TestTheGeneratedMatrix(t *testing.T) {
	for name, away := range verdicts.Worlds {
		if len(away) == 0 && !wholeMatrix {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enter(t, away)
			f.town.Depart()
			f.town.Run(f)
			t.Logf("%d cells", f.town.Tried())
		})
	}
}

func TestTheGeneratedMatrixForThoseWhoAreAway(t *testing.T) {
	t.Parallel()
	f := enter(t, nil)
	f.town.RunAway(f)
	t.Logf("%d cells", f.town.Tried())
}
