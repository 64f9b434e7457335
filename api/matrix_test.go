package api_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/api"
	"birthright/grants"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews"
	reviewdesk "birthright/reviews/desk"
	"birthright/store"
	"birthright/tokens"
)

// Who there is. ben gets what rita asks for; anna decides first, dora in her place, lars
// after her; olga owns the group, mona is ben's manager, root an administrator, sven
// nobody in particular. admin and auditor are programs.
const (
	people   = "ben rita anna dora lars olga mona root sven"
	programs = "admin auditor"
	// outside have no token of the API.
	outside = "nobody scim revoked"
	// readers see what rita asks for ben and what comes of it.
	readers = "ben rita anna dora lars olga mona root admin auditor"
)

// row says who may do something. Who is in none of its lists may not.
type row struct {
	route string
	// on is what it is done to: a request that is pending, one whose grant is active or
	// ended, a broken glass, a delegation of anna's; "" for nothing.
	on    string
	who   string // stands for {user} in the route
	query string
	body  string // {room} is a group that nobody asked for yet, {soon} an instant ahead
	// yes may; late may, and comes too late; bad is understood and has to say more.
	yes, late, bad string
	// list says that everybody who may do anything gets a list, and yes see the thing in it.
	list bool
}

const (
	forBen    = `{"groups":["{room}"],"user":"ben","reason":"x"}`
	because   = `{"reason":"x"}`
	everybody = people + " " + programs
)

// matrix is who may do what, written down by hand: nothing here comes from the program.
var matrix = []row{
	{route: "GET /audit", yes: "root admin auditor"},
	{route: "GET /audit/export", yes: "root admin auditor"},
	{route: "GET /audit/verify", yes: "root admin auditor"},

	{route: "GET /status", yes: "root admin auditor"},
	{route: "GET /version", yes: everybody},

	{route: "GET /tokens", yes: everybody},
	{route: "POST /tokens", body: `{"role":"auditor"}`, yes: "root admin"},
	{route: "POST /tokens", body: `{"user":"ben"}`, yes: "ben root admin"},
	{route: "POST /tokens/revoke", on: "token", body: `{"ids":["{token}"]}`, yes: "ben root admin"},

	{route: "GET /users", yes: "root admin auditor"},
	{route: "GET /users/{user}", who: "ben", yes: "ben mona root admin auditor"},
	{route: "GET /me", yes: everybody},
	{route: "GET /users/{user}/then", who: "ben", query: "?at={now}", yes: "ben mona root admin auditor"},
	{route: "GET /users/{user}/difference", who: "ben", query: "?at={now}&compare={now}", yes: "ben mona root admin auditor"},
	{route: "GET /users/{user}/explain", who: "ben", yes: "ben mona root admin auditor"},
	{route: "GET /users/{user}/explain", who: "ben", query: "?group=club&lose=true", yes: "ben mona root admin auditor"},
	{route: "GET /users/{user}/timeline", who: "ben", yes: "ben mona root admin auditor"},

	{route: "GET /groups", yes: everybody},
	{route: "GET /groups/{group}", yes: everybody},
	{route: "GET /groups/{group}/members", yes: "olga root admin auditor"},
	{route: "GET /groups/{group}/members/then", query: "?at={now}", yes: "olga root admin auditor"},

	{route: "GET /policy", yes: "root admin auditor"},
	{route: "GET /policy/versions", yes: "root admin auditor"},
	{route: "GET /policy/versions/{version}", yes: "root admin auditor"},
	{route: "GET /policy/explain", query: "?rule=club", yes: "root admin auditor"},
	{route: "GET /policy/explain", query: "?when=true", yes: "root admin auditor"},
	{route: "GET /policy/graph", yes: "root admin auditor"},
	{route: "GET /policy/rules", yes: "root admin auditor"},
	{route: "GET /policy/rules/{rule}/members", yes: "root admin auditor"},
	{route: "POST /policy/check", body: `{}`, yes: "root admin auditor"},
	{route: "POST /policy/test", body: `{}`, yes: "root admin auditor"},
	{route: "POST /policy/diff", body: `{}`, yes: "root admin auditor"},
	{route: "POST /policy/simulate", body: `{"person":{"name":"x"}}`, yes: "root admin auditor"},

	{route: "GET /targets", yes: "root admin auditor"},
	{route: "GET /targets/{target}", yes: "root admin auditor"},
	{route: "GET /targets/{target}/entitlements", yes: "root admin auditor"},
	{route: "POST /targets/check", body: `{}`, yes: "root admin"},
	{route: "POST /targets/catalog", body: `{}`, yes: "root admin"},
	{route: "GET /sources", yes: "root admin auditor"},
	{route: "GET /sources/{source}", yes: "root admin auditor"},
	{route: "GET /sources/{source}/conversations", yes: "root admin auditor"},
	{route: "POST /sources/check", body: `{}`, yes: "root admin"},
	{route: "GET /facts", yes: "root admin auditor"},
	{route: "POST /plans", body: `{}`, yes: "root admin auditor"},
	{route: "POST /runs", query: "?wait=true", body: `{"user":"ben"}`, yes: "root admin"},
	{route: "POST /imports", query: "?wait=true", body: `{}`, yes: "root admin"},
	{route: "GET /runs", yes: "root admin auditor"},
	{route: "GET /runs/{run}", on: "run", yes: "root admin auditor"},
	{route: "GET /runs/{run}/changes", on: "run", yes: "root admin auditor"},
	{route: "GET /runs/{run}/report", on: "run", yes: "root admin auditor"},
	{route: "GET /runs/{run}/events", on: "run", yes: "root admin auditor"},
	{route: "GET /events", yes: "root admin auditor"},
	{route: "GET /held", yes: "root admin auditor"},
	{route: "GET /held/{held}", on: "held", yes: "root admin auditor"},
	{route: "POST /held/{held}/release", on: "held", body: because, yes: "root admin"},
	{route: "POST /held/{held}/refuse", on: "held", body: because, yes: "root admin"},
	{route: "POST /held/release", on: "held", body: `{"all":true,"reason":"x"}`, yes: "root admin"},
	{route: "POST /held/refuse", on: "held", body: `{"ids":["{held}"],"reason":"x"}`, yes: "root admin"},

	{route: "GET /catalog", yes: everybody},
	{route: "GET /catalog", query: "?user=ben", yes: "ben root admin auditor"},

	{route: "POST /requests", body: `{"groups":["self"],"reason":"x"}`, yes: people, bad: programs},
	{route: "POST /requests", body: forBen, yes: "ben rita root admin"},
	{route: "GET /requests", on: "pending", query: "?user=ben", list: true, yes: readers},
	{route: "GET /requests", on: "ended", query: "?limit=200", list: true, yes: "ben rita root admin auditor"},
	{route: "GET /requests", on: "pending", query: "?format=csv&user=ben", list: true, yes: readers},
	{route: "GET /requests", on: "pending", query: "?mine=true", list: true, yes: "anna dora"},
	{route: "GET /requests/{id}", on: "pending", yes: readers},
	{route: "GET /requests/{id}", on: "active", yes: readers},
	{route: "GET /requests/{id}", on: "ended", yes: readers},
	{route: "GET /requests/{id}/look", on: "pending", yes: readers},
	{route: "PATCH /requests/{id}", on: "pending", body: `{"reason":"y"}`, yes: "rita"},
	{route: "PATCH /requests/{id}", on: "active", body: `{"reason":"y"}`, late: "rita"},
	{route: "PATCH /requests/{id}", on: "ended", body: `{"reason":"y"}`, late: "rita"},
	{route: "POST /requests/{id}/approve", on: "pending", yes: "anna dora"},
	{route: "POST /requests/{id}/approve", on: "active", yes: "anna dora lars"}, // nothing changes
	{route: "POST /requests/{id}/approve", on: "ended", yes: "anna dora lars"},  // nothing changes
	{route: "POST /requests/{id}/deny", on: "pending", body: because, yes: "anna dora"},
	{route: "POST /requests/{id}/deny", on: "active", body: because, late: "anna dora lars"},
	{route: "POST /requests/{id}/deny", on: "ended", body: because, late: "anna dora lars"},
	{route: "POST /requests/{id}/cancel", on: "pending", yes: "ben rita root admin"},
	{route: "POST /requests/{id}/cancel", on: "active", late: "ben rita root admin"},
	{route: "POST /requests/{id}/cancel", on: "ended", yes: "ben rita root admin"}, // nothing changes

	{route: "GET /grants", on: "active", query: "?user=ben", list: true, yes: readers},
	{route: "GET /grants", on: "ended", query: "?limit=200", list: true, yes: "ben root admin auditor"},
	{route: "GET /grants", on: "active", query: "?format=csv&user=ben", list: true, yes: readers},
	{route: "GET /grants", on: "active", query: "?open=true&user=ben", list: true, yes: readers},
	{route: "GET /grants/overdue", yes: "root admin auditor"},
	{route: "GET /grants/{id}", on: "active", yes: readers},
	{route: "GET /grants/{id}", on: "ended", yes: readers},
	{route: "POST /grants/{id}/extend", on: "active", body: `{"for":"5m","reason":"x"}`, yes: "ben rita root admin"},
	{route: "POST /grants/{id}/extend", on: "ended", body: `{"for":"5m","reason":"x"}`, late: "ben rita root admin"},
	{route: "POST /grants/{id}/return", on: "active", yes: "ben"},
	{route: "POST /grants/{id}/return", on: "ended", yes: "ben"}, // nothing changes
	{route: "POST /grants/{id}/revoke", on: "active", body: because, yes: "olga mona root admin"},
	{route: "POST /grants/{id}/revoke", on: "ended", body: because, yes: "olga mona root admin"}, // nothing changes

	{route: "POST /break-glass", body: `{"group":"self","reason":"x"}`, yes: people, bad: programs},
	{route: "POST /break-glass", body: `{"group":"{room}","user":"ben","reason":"x"}`, yes: "ben root admin"},
	{route: "GET /break-glass", on: "glass", list: true, yes: "ben anna dora lars olga mona root admin auditor"},
	{route: "GET /break-glass", on: "glass", query: "?all=true", list: true, yes: "ben anna dora lars olga mona root admin auditor"},
	{route: "POST /requests/{id}/review", on: "glass", body: `{"verdict":"abuse"}`, yes: "olga root admin"},
	{route: "POST /requests/{id}/review", on: "pending", body: `{"verdict":"abuse"}`, late: "olga root admin"},

	{route: "GET /delegations", on: "delegation", list: true, yes: "anna dora root admin auditor"},
	{route: "POST /delegations", body: `{"to":"otto","until":"{soon}"}`, yes: people, bad: programs},
	{route: "POST /delegations", body: `{"from":"anna","to":"otto","until":"{soon}"}`, yes: "anna root admin"},
	{route: "DELETE /delegations/{id}", on: "delegation", yes: "anna root admin"},

	{route: "POST /reviews", body: `{"name":"x","groups":["club"]}`, yes: "root admin"},
	{route: "POST /reviews/preview", body: `{"name":"x","groups":["club"]}`, yes: "root admin"},
	{route: "GET /reviews", on: "campaign", list: true, yes: "olga root admin auditor"},
	{route: "GET /reviews/{id}", on: "campaign", yes: "olga root admin auditor"},
	{route: "GET /reviews/{id}/items", on: "campaign", yes: "olga root admin auditor"},
	{route: "GET /reviews/{id}/report", on: "campaign", yes: "root admin auditor"},
	{route: "GET /reviews/{id}/reviewers", on: "campaign", yes: "root admin auditor"},
	{route: "GET /reports", yes: "root admin auditor"},
	{route: "GET /reports/{kind}", who: "creep", yes: "root admin auditor"},
	{route: "GET /reports/{kind}", who: "orphans", query: "?format=csv", yes: "root admin auditor"},
	{route: "GET /reports/{kind}/trend", who: "creep", yes: "root admin auditor"},
	{route: "POST /reports", yes: "root admin"},
	{route: "POST /reports/creep/plan", body: `{}`, yes: "root admin auditor"},
	{route: "POST /reports/creep/apply", body: because, yes: "root admin"},
	{route: "POST /evidence", body: `{"from":"2020-01-01T00:00:00Z"}`, yes: "root admin"},
	{route: "GET /revocations", yes: "root admin auditor"},
	{route: "GET /orders", yes: "root admin auditor"},
	{route: "POST /revocations/lift", body: `{"ids":["{revocation}"],"reason":"x"}`, on: "revocation", yes: "root admin"},
	{route: "POST /orders/withdraw", body: `{"ids":["{order}"],"reason":"x"}`, on: "order", yes: "root admin"},
	{route: "GET /review-items/{id}", on: "campaign", yes: "olga root admin auditor"},
	{route: "GET /review-items", on: "campaign", list: true, yes: "olga", bad: programs},
	{route: "POST /reviews/{id}/decisions", on: "campaign", body: `{"decision":"keep","items":["{item}"]}`, yes: "olga"},
	{route: "POST /reviews/{id}/decisions", on: "closed", body: `{"decision":"keep","items":["{item}"]}`, late: everybody},
	{route: "POST /reviews/{id}/close", on: "campaign", body: because, yes: "root admin"},
}

// rooms is how many groups there are to ask for, each once.
const rooms = 400

func matrixPolicy() string {
	var b strings.Builder
	b.WriteString("rules:\n  - {name: club, when: 'user.userName == \"ben\"', groups: [club]}\n")
	b.WriteString("groups:\n  - {name: club, owners: ['user:olga'], access: ['app:role/club']}\n  - {name: self, owners: ['user:otto', 'user:olga'], access: ['app:role/self'], request: {approve: [{by: owners}], break_glass: {max: 1h}}}\n")
	for i := range rooms {
		fmt.Fprintf(&b, "  - {name: room-%d, owners: ['user:olga'], access: ['app:role/%d'], request: {for_others: ['user:rita'], "+
			"approve: [{by: 'user:anna'}, {by: 'user:lars'}], extend: {approve: false}, break_glass: {max: 1h}}}\n", i, i)
	}
	return b.String()
}

// play is the hub in which every cell of the matrix is tried.
type play struct {
	*site
	room, cells int
	revoked     string
}

func newPlay(t *testing.T) *play {
	p := &play{site: around(desktest.Open(t, matrixPolicy()), api.Pace{PerSecond: 1e6, Burst: 1e6})}
	for _, name := range append(strings.Fields(people), "otto") {
		if name == "ben" {
			name = "ben manager=mona"
		}
		p.Join(name)
	}
	p.Full()
	for _, who := range strings.Fields(everybody + " scim") {
		p.token(who)
	}
	other := around(p.Office, api.Pace{})
	p.revoked = other.token("root")
	p.revoke(p.revoked)
	p.make("delegation")
	p.Must(p.DB.Update(p.Context(), func(tx *store.Tx) error {
		return tx.KeepPolicy(p.Context(), &store.PolicyRow{Hash: p.Desk.Engine().Policy().Hash, LoadedBy: "operator:test"})
	}))
	return p
}

func (p *play) bearer(who string) string {
	switch who {
	case "nobody":
		return ""
	case "revoked":
		return p.revoked
	}
	return p.token(who)
}

func (p *play) nextRoom() string {
	p.room++
	if p.room > rooms {
		p.Fatal("there are too few rooms")
	}
	return fmt.Sprintf("room-%d", p.room-1)
}

// thing is what something is done to.
type thing struct {
	kind           string
	request, grant string
	delegation     string
	campaign, item string
	revocation     string
	order          string
	token          string
	run, held      string
}

// make makes a thing in the state that a row wants.
func (p *play) make(kind string) thing {
	p.Helper()
	x := thing{kind: kind}
	switch kind {
	case "":
		return x
	case "held":
		rows := []store.HeldRow{{Kind: store.HeldRemoval, Target: "app", Subject: "ben", Action: "remove", Entitlement: "app:role/club", Reason: "too many"}}
		p.Must(p.DB.Update(p.Context(), func(tx *store.Tx) error { return tx.SaveHeld(p.Context(), rows) }))
		x.held = rows[0].ID
		return x
	case "run":
		_, err := p.Hub.Sync(p.Context(), p.As("root"), hub.Scope{User: "ben"})
		p.Must(err)
		runs, err := p.Hub.Runs(p.Context(), p.As("root"), hub.RunQuery{Limit: 1})
		p.Must(err)
		x.run = runs.Items[0].ID
		return x
	case "glass":
		made, err := p.BreakGlass(p.Context(), p.As("ben"), desk.Wish{Groups: []string{p.nextRoom()}, Reason: "fire"})
		p.Must(err)
		x.request, x.grant = made.ID, made.Grant
		return x
	case "campaign", "closed":
		c, err := p.Reviews.Start(p.Context(), p.As("root"), reviewdesk.Wish{Name: "Club", Scope: reviews.Scope{Groups: []string{"club"}}})
		p.Must(err)
		x.campaign = c.ID
		items, err := p.Reviews.Items(p.Context(), p.As("root"), reviewdesk.ItemQuery{Campaign: c.ID})
		p.Must(err)
		x.item = items[0].ID
		if kind == "closed" {
			_, err = p.Reviews.Close(p.Context(), p.As("root"), c.ID, "done")
			p.Must(err)
		}
		return x
	case "revocation":
		row := store.RevocationRow{UserN: p.As("sven").UserN, User: "sven", Group: "self", By: "user:root", Reason: "x"}
		p.Must(p.DB.Update(p.Context(), func(tx *store.Tx) error { return tx.AddRevocations(p.Context(), []*store.RevocationRow{&row}) }))
		x.revocation = row.ID
		return x
	case "order":
		row := store.OrderRow{Holder: p.As("sven").UserN, Account: "sven", Entitlement: identity.Entitlement{Target: "app", Kind: "role", ID: "odd"}, By: "user:root", Reason: "x"}
		p.Must(p.DB.Update(p.Context(), func(tx *store.Tx) error { return tx.AddOrders(p.Context(), []*store.OrderRow{&row}) }))
		x.order = row.ID
		return x
	case "token":
		plain, t, err := tokens.New(rand.Reader, "", tokens.ScopeAPI, p.Now(), 0)
		p.Must(err)
		_, t.UserN = plain, p.As("ben").UserN
		p.Must(p.DB.Update(p.Context(), func(tx *store.Tx) error { return tx.SaveToken(p.Context(), store.TokenRow(t)) }))
		x.token = t.ID
		return x
	case "delegation":
		d, err := p.Delegate(p.Context(), p.As("anna"), desk.Delegation{To: "dora", End: p.Now().Add(24 * time.Hour)})
		p.Must(err)
		x.delegation = d.ID
		return x
	}
	made, err := p.Ask(p.Context(), p.As("rita"), desk.Wish{User: "ben", Groups: []string{p.nextRoom()}, For: time.Hour, Reason: "x"})
	p.Must(err)
	x.request = made[0].ID
	if kind == "pending" {
		return x
	}
	for _, who := range []string{"anna", "lars"} {
		answer, err := p.Approve(p.Context(), p.As(who), x.request, "")
		p.Must(err)
		x.grant = answer.Request.Grant
	}
	p.Work()
	if kind == "ended" {
		_, err := p.Return(p.Context(), p.As("ben"), x.grant)
		p.Must(err)
		p.Work()
	}
	return x
}

// id is what stands for {id} in a route.
func (x thing) id(route string) string {
	switch {
	case strings.Contains(route, "/grants"):
		return x.grant
	case strings.Contains(route, "/delegations"):
		return x.delegation
	case strings.Contains(route, "/review-items"):
		return x.item
	case strings.Contains(route, "/reviews"):
		return x.campaign
	case strings.Contains(route, "/tokens"):
		return x.token
	}
	return x.request
}

// looks is how the thing looks to the operator of the machine.
func (p *play) looks(x thing) string {
	p.Helper()
	operator := desk.Operator("operator:test")
	out := ""
	if x.request != "" {
		r, err := p.Request(p.Context(), operator, x.request)
		p.Must(err)
		out += fmt.Sprint(r.State, r.Revision, r.Reason, r.Seconds, len(r.Votes), r.Review != nil && r.Review.At != nil)
	}
	if x.grant != "" {
		g, err := p.Grant(p.Context(), operator, x.grant)
		p.Must(err)
		out += fmt.Sprint(g.State, g.Seconds, g.Ended)
	}
	if x.campaign != "" {
		c, err := p.Reviews.Campaign(p.Context(), operator, x.campaign)
		p.Must(err)
		out += fmt.Sprint(c.State, c.Progress)
	}
	if x.token != "" {
		t, err := p.DB.Token(p.Context(), x.token)
		p.Must(err)
		out += fmt.Sprint(t.RevokedAt)
	}
	if x.held != "" {
		h, err := p.Hub.HeldChange(p.Context(), operator, x.held)
		p.Must(err)
		out += fmt.Sprint(h.Open(), h.ReleasedBy, h.RefusedBy)
	}
	all, err := p.Delegations(p.Context(), operator)
	p.Must(err)
	return out + fmt.Sprint(len(all), slices.ContainsFunc(all, func(d grants.Delegation) bool { return d.ID == x.delegation && !d.RevokedAt.IsZero() }))
}

// try has somebody do what a row says, and returns the verdict.
func (p *play) try(r row, x thing, who string) (verdict string, answer reply) {
	p.Helper()
	p.cells++
	method, path, _ := strings.Cut(strings.ReplaceAll(r.route, "{id}", x.id(r.route)), " ")
	path = strings.NewReplacer(
		"{user}", r.who, "{kind}", r.who, "{version}", "1", "{rule}", "club", "{group}", "club", "{target}", "app", "{source}", "okta", "{run}", x.run, "{held}", x.held,
	).Replace(path)
	body := strings.ReplaceAll(r.body, "{held}", x.held)
	if strings.Contains(body, "{room}") {
		body = strings.ReplaceAll(body, "{room}", p.nextRoom())
	}
	body = strings.NewReplacer("{item}", x.item, "{revocation}", x.revocation, "{order}", x.order).Replace(body)
	body = strings.ReplaceAll(body, "{item}", x.item)
	body = strings.ReplaceAll(body, "{token}", x.token)
	body = strings.ReplaceAll(body, "{soon}", later(p.Office, time.Hour))
	query := strings.ReplaceAll(r.query, "{now}", p.Now().Format(time.RFC3339Nano))
	answer = p.call(p.bearer(who), method, path+query, body)
	switch {
	case answer.status == 401, answer.status == 403:
		return "no", answer
	case answer.status == 409:
		return "late", answer
	case answer.status == 422:
		return "bad", answer
	case answer.status < 300 && r.list && !contains(answer.text, x.id(r.route)):
		return "no", answer
	case answer.status < 300:
		return "yes", answer
	}
	return fmt.Sprint(answer.status), answer
}

// contains reports whether an id is among the words of an answer.
func contains(text, id string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("\",\n :{}[]", c) }), id)
}

func (r row) want(who string) string {
	for verdict, list := range map[string]string{"yes": r.yes, "late": r.late, "bad": r.bad} {
		if slices.Contains(strings.Fields(list), who) {
			return verdict
		}
	}
	return "no"
}

func (r row) String() string {
	return strings.TrimSpace(r.route + r.query + " on " + r.on + " " + r.body)
}

// changes reports whether the route is one that changes something.
func (r row) changes() bool { return !strings.HasPrefix(r.route, "GET") }

// Every route of the API has a row, and every row a route.
func TestTheMatrixHasEveryRoute(t *testing.T) {
	h := open(t)
	var document struct{ Paths map[string]map[string]any }
	h.Must(json.Unmarshal([]byte(h.call("", "GET", "/openapi.json", "").text), &document))
	var routes, rows []string
	for path, methods := range document.Paths {
		for method := range methods {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	for _, r := range matrix {
		rows = append(rows, r.route)
	}
	slices.Sort(routes)
	slices.Sort(rows)
	same(t, "rows", slices.Compact(rows), routes)
	if len(routes) < 20 {
		t.Errorf("only %d routes", len(routes))
	}
}

// Each cell is a call: who may, does; whoever may not leaves everything as it was.
func TestTheMatrix(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	for _, r := range matrix {
		x := p.make(r.on)
		for _, who := range strings.Fields(everybody + " " + outside) {
			before := p.looks(x)
			got, answer := p.try(r, x, who)
			if want := r.want(who); got != want {
				t.Errorf("%s: %s: %s, want %s: %d %s", who, r, got, want, answer.status, answer.text)
			}
			if slices.Contains(strings.Fields(outside), who) && answer.status != 401 && answer.status != 403 {
				t.Errorf("%s: %s: %d", who, r, answer.status)
			}
			if after := p.looks(x); (got != "yes" || !r.changes()) && after != before {
				t.Errorf("%s: %s: it was %s and is %s", who, r, before, after)
			}
			if got == "yes" && r.changes() {
				x = p.make(r.on)
			}
		}
	}
	t.Logf("%d cells with %d rooms", p.cells, p.room)
}

// Whoever is away may nothing, of whatever they might do otherwise.
func TestTheMatrixForThoseWhoAreAway(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	things := map[string]thing{}
	for _, r := range matrix {
		if _, made := things[r.on]; !made {
			things[r.on] = p.make(r.on)
		}
	}
	everyone := func(do func(name string)) {
		for _, name := range strings.Fields(people) {
			do(name)
		}
	}
	for _, away := range []struct {
		words      string
		goes, back func(name string)
	}{
		{"you are suspended", p.Suspend, p.Resume},
		{"you are on leave", func(n string) { p.Change(n, identity.AttrOnLeave, "true") }, func(n string) { p.Change(n, identity.AttrOnLeave, "false") }},
		{"you have left", p.Leave, func(string) {}},
	} {
		everyone(away.goes)
		for _, r := range matrix {
			x := things[r.on]
			r.body = strings.ReplaceAll(r.body, "{room}", "room-399")
			before := p.looks(x)
			everyone(func(who string) {
				_, answer := p.try(r, x, who)
				if answer.status != 403 || !strings.Contains(answer.text, away.words) {
					t.Errorf("%s, %s: %s: %d %s", who, away.words, r, answer.status, answer.text)
				}
			})
			if after := p.looks(x); after != before {
				t.Errorf("%s: %s: it was %s and is %s", away.words, r, before, after)
			}
		}
		everyone(away.back)
	}
	t.Logf("%d cells", p.cells)
}
