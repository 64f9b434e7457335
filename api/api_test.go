package api_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/api"
)

// The whole way over HTTP: found, asked for, approved, active, longer, given back.
func TestTheWholeWay(t *testing.T) {
	h := open(t)
	same(t, "offers", h.as("ada", 200, "GET", "/catalog?q=prod", "").at("items.0.name"), "prod")
	id := h.ask("ada", "prod")
	waiting := h.as("olga", 200, "GET", "/requests?approver=olga&state=pending", "")
	same(t, "waits for olga", waiting.at("items.0.id"), id)
	same(t, "revision", waiting.at("items.0.revision"), "1")
	h.as("ada", 200, "PATCH", "/requests/"+id, `{"for":"2h"}`)
	changed := h.as("olga", 409, "POST", "/requests/"+id+"/approve", `{"revision":1}`)
	same(t, "type", changed.header.Get("Content-Type"), "application/problem+json")
	approved := h.as("olga", 200, "POST", "/requests/"+id+"/approve", `{"revision":2,"note":"ok"}`)
	same(t, "state", approved.at("state"), "approved")
	same(t, "already", approved.at("already"), "false")
	same(t, "again", h.as("olga", 200, "POST", "/requests/"+id+"/approve", "").at("already"), "true")
	h.Work()
	grant := approved.at("grant")
	same(t, "grant", h.as("ada", 200, "GET", "/grants/"+grant, "").at("state"), "active")
	same(t, "longer", h.as("ada", 200, "POST", "/grants/"+grant+"/extend", `{"for":"1h","reason":"more"}`).at("grant.seconds"), "10800")
	h.as("ada", 200, "POST", "/grants/"+grant+"/return", "")
	h.Work()
	same(t, "returned", h.as("otto", 200, "GET", "/grants?state=ended&group=prod", "").at("items.0.ended"), "returned")
	same(t, "nothing is active", h.as("ada", 200, "GET", "/grants?state=active", "").at("items.len"), "0")
}

// Several are asked for at once: all or none, and everything that is wrong is told.
func TestSeveralAtOnce(t *testing.T) {
	h := open(t)
	wrong := h.as("ada", 422, "POST", "/requests", `{"groups":["ops","prod","nothing"]}`)
	var places []string
	for i := range 4 {
		places = append(places, wrong.at(fmt.Sprintf("errors.%d.location", i)))
	}
	same(t, "places", places, []string{"body.reason", "body.ticket", "body.reason", "body.groups"})
	same(t, "none was made", h.as("ada", 200, "GET", "/requests", "").at("items.len"), "0")
	both := h.as("ada", 201, "POST", "/requests", `{"groups":["starter"],"reason":"first day"}`)
	same(t, "made", both.at("items.len"), "2")
	same(t, "batch", both.at("items.1.batch"), both.at("items.0.id"))
}

// Errors are told as problems that name the field and nothing of the inside.
func TestProblemsNameTheField(t *testing.T) {
	h := open(t)
	for _, c := range []struct {
		who, method, path, body string
		status                  int
		field                   string
	}{
		{"ada", "POST", "/requests", `{"groups":["prod"],"reason":"x","for":"soon"}`, 422, "body.for"},
		{"ada", "POST", "/requests", `{"groups":["prod"],"reason":"x","for":"9h"}`, 422, "body.for"},
		{"ada", "POST", "/requests", `{"groups":["prod"],"reason":"x","for":"-1h"}`, 422, "body.for"},
		{"ada", "POST", "/requests", `{"groups":["prod"]}`, 422, "body.reason"},
		{"ada", "POST", "/requests", `{"groups":["ops"],"reason":"x"}`, 422, "body.ticket"},
		{"ada", "POST", "/requests", `{"groups":["prod"],"reason":"x","start":"2020-01-01T00:00:00Z"}`, 422, "body.start"},
		{"ada", "POST", "/requests", `{"groups":[]}`, 422, "body.groups"},
		{"ada", "POST", "/requests", `{"groups":["none"]}`, 404, "body.groups"},
		{"ada", "POST", "/requests", `{"groups":["prod"],"user":"nobody"}`, 404, "body.user"},
		{"ada", "POST", "/requests", `{"groups":["prod"],"reasn":"x"}`, 422, "body.reasn"},
		{"ada", "POST", "/requests", `{"groups":"prod"}`, 422, "body.groups"},
		{"ada", "POST", "/requests", `{"groups":`, 400, "body"},
		{"ada", "GET", "/requests?limit=201", "", 422, "query.limit"},
		{"ada", "GET", "/requests?limit=0", "", 422, "query.limit"},
		{"ada", "GET", "/requests?state=open", "", 422, "query.state[0]"},
		{"ada", "GET", "/requests?since=yesterday", "", 422, "query.since"},
		{"ada", "GET", "/requests?sinse=2020-01-01T00:00:00Z", "", 422, "query.sinse"},
		{"ada", "GET", "/requests?cursor=AAAA", "", 422, "query.cursor"},
		{"ada", "GET", "/requests?user=nobody", "", 404, "query.user"},
		{"ada", "GET", "/requests?approver=nobody", "", 404, "query.approver"},
		{"ada", "POST", "/delegations", `{"to":"bob","until":"2020-01-01T00:00:00Z"}`, 422, "body.until"},
		{"ada", "POST", "/delegations", `{"to":"nobody","until":"2030-01-01T00:00:00Z"}`, 404, "body.to"},
		{"ada", "POST", "/break-glass", `{"group":"prod","reason":"fire","for":"31m"}`, 422, "body.for"},
	} {
		got := h.as(c.who, c.status, c.method, c.path, c.body)
		same(t, c.path+" "+c.body, got.at("errors.0.location"), c.field)
		same(t, c.path+" type", got.header.Get("Content-Type"), "application/problem+json")
		same(t, c.path+" status", got.at("status"), fmt.Sprint(c.status))
		if strings.Contains(got.text, "`birthright") || strings.Contains(got.text, "--") {
			t.Errorf("%s speaks of the command line: %s", c.path, got.text)
		}
	}
}

// What is not there, or not in this way, is said so, and too much is refused.
func TestTheEdges(t *testing.T) {
	h := open(t)
	h.as("ada", 404, "GET", "/nothing", "")
	same(t, "allowed", h.as("ada", 405, "DELETE", "/requests", "").header.Get("Allow"), "GET, POST")
	h.as("ada", 404, "GET", "/requests/r99", "")
	h.as("ada", 404, "POST", "/grants/g99/return", "")
	h.as("ada", 413, "POST", "/requests", `{"groups":["prod"],"reason":"`+strings.Repeat("x", 65<<10)+`"}`)
	h.as("ada", 413, "POST", "/requests", `{"groups":["prod"],"reason":"`+strings.Repeat("x", 65<<10)+`"}`, "Idempotency-Key", "k")
	h.as("ada", 422, "POST", "/requests", `{"groups":["prod"],"reason":"`+strings.Repeat("x", 4001)+`"}`)
	h.as("ada", 415, "POST", "/requests", `groups=prod`, "Content-Type", "x")
}

// Nobody gets in without a token of the API that is valid, and one that was revoked is
// none at once.
func TestOnlyTokensOfTheAPIOpen(t *testing.T) {
	h := open(t)
	none := h.call("", "GET", "/requests", "")
	same(t, "without", none.status, 401)
	same(t, "challenge", none.header.Get("WWW-Authenticate"), `Bearer realm="api"`)
	same(t, "nonsense", h.call("nonsense", "GET", "/requests", "").status, 401)
	same(t, "a letter more", h.call(h.token("ada")+"A", "GET", "/requests", "").status, 401)
	same(t, "two", h.call(h.token("ada"), "GET", "/requests", "", "Authorization", "Bearer "+h.token("bob")).status, 401)
	same(t, "of SCIM", h.call(h.token("scim"), "GET", "/requests", "").status, 403)
	h.as("ada", 200, "GET", "/requests", "")
	h.revoke(h.token("ada"))
	same(t, "revoked", h.call(h.token("ada"), "GET", "/requests", "").status, 401)
	same(t, "the description is public", h.call("", "GET", "/openapi.json", "").status, 200)
	for _, plain := range h.tokens {
		if strings.Contains(h.log.String(), plain) {
			t.Error("a token is in the log")
		}
	}
}

// Whoever sends too much waits, and keeps nobody else waiting.
func TestPace(t *testing.T) {
	h := open(t)
	h = around(h.Office, api.Pace{PerSecond: 0.5, Burst: 3})
	for range 3 {
		h.as("ada", 200, "GET", "/requests", "")
	}
	same(t, "wait", h.as("ada", 429, "GET", "/requests", "").header.Get("Retry-After"), "2")
	h.as("bob", 200, "GET", "/requests", "")
	h.Pass(2 * time.Second)
	h.as("ada", 200, "GET", "/requests", "")
	h.as("ada", 429, "GET", "/requests", "")
}

// The same key gets the same answer; another body under it gets none.
func TestRepeatedRequests(t *testing.T) {
	h := open(t)
	const body, key = `{"groups":["prod"],"reason":"look"}`, "Idempotency-Key"
	wrong := h.as("ada", 422, "POST", "/requests", `{"groups":["prod"]}`, key, "k1")
	same(t, "wrong", wrong.at("errors.0.location"), "body.reason")
	first := h.as("ada", 201, "POST", "/requests", body, key, "k1") // what was refused changed nothing
	again := h.as("ada", 201, "POST", "/requests", body, key, "k1")
	same(t, "answer", again.text, first.text)
	same(t, "type", again.header.Get("Content-Type"), first.header.Get("Content-Type"))
	same(t, "replayed", again.header.Get("Idempotency-Replayed"), "true")
	h.as("ada", 422, "POST", "/requests", `{"groups":["wiki"]}`, key, "k1")
	h.as("ada", 422, "POST", "/break-glass", body, key, "k1")
	h.as("ada", 422, "POST", "/requests", body, key, "with space")
	h.as("ada", 422, "POST", "/requests", body, key, "")
	h.as("ada", 422, "POST", "/requests", body, key, "a", key, "b")
	h.as("bob", 201, "POST", "/requests", body, key, "k1")
	h.as("ada", 409, "POST", "/requests", body, key, "k2")
	same(t, "ada's", h.as("ada", 200, "GET", "/requests", "").at("items.len"), "1")
	h.as("ada", 200, "POST", "/requests/"+first.at("items.0.id")+"/cancel", "")
	h.Pass(api.KeepAnswers + time.Minute)
	next := h.as("ada", 201, "POST", "/requests", body, key, "k1")
	if next.text == first.text {
		t.Error("the answer of the day before was given")
	}
}

// Pages are whole: nothing twice, nothing missing, whatever is asked for meanwhile.
func TestPages(t *testing.T) {
	h := open(t)
	var want []string
	for _, who := range []string{"ada", "bob", "eve", "olga"} {
		for _, group := range []string{"prod", "wiki"} {
			want = append([]string{h.ask(who, group)}, want...)
		}
	}
	var got []string
	path, pages := "/requests?limit=3&state=pending", 0
	for next := ""; ; pages++ {
		page := h.as("admin", 200, "GET", path+next, "")
		for i := range 3 {
			if id := page.at(fmt.Sprintf("items.%d.id", i)); id != "null" {
				got = append(got, id)
			}
		}
		if pages == 0 {
			h.ask("root", "wiki")
			h.as("admin", 422, "GET", "/requests?limit=3&cursor="+page.at("next"), "") // of another question
			h.as("admin", 422, "GET", "/grants?limit=3&state=active&cursor="+page.at("next"), "")
		}
		if page.at("next") == "" {
			break
		}
		if !strings.Contains(page.header.Get("Link"), page.at("next")) {
			t.Errorf("no link to the next page: %v", page.header)
		}
		next = "&cursor=" + page.at("next")
	}
	same(t, "entries", got, want)
	same(t, "pages", pages, 2)
	same(t, "of one", h.as("admin", 200, "GET", "/requests?user=bob&group=wiki", "").at("items.len"), "1")
	same(t, "found", h.as("admin", 200, "GET", "/requests?q=WIKI", "").at("items.len"), "5")
	same(t, "since", h.as("admin", 200, "GET", "/requests?since="+later(h.Office, time.Hour), "").at("items.len"), "0")
	same(t, "until", h.as("admin", 200, "GET", "/requests?until="+later(h.Office, time.Hour), "").at("items.len"), "9")
}

// The history as a file has everything, and nothing that a spreadsheet would run.
func TestExport(t *testing.T) {
	h := open(t)
	for range 205 {
		id := h.as("ada", 201, "POST", "/requests", `{"groups":["wiki"],"reason":"=1+1"}`).at("items.0.id")
		h.as("ada", 200, "POST", "/requests/"+id+"/cancel", "")
	}
	for _, want := range []reply{
		h.as("auditor", 200, "GET", "/requests?format=csv", ""),
		h.as("auditor", 200, "GET", "/requests", "", "Accept", "text/csv"),
	} {
		same(t, "type", want.header.Get("Content-Type"), "text/csv; charset=utf-8")
		rows, err := csv.NewReader(strings.NewReader(want.text)).ReadAll()
		h.Must(err)
		same(t, "rows", len(rows), 206)
		same(t, "reason", []string{rows[0][7], rows[1][7]}, []string{"reason", "'=1+1"})
	}
	grants := h.as("auditor", 200, "GET", "/grants?format=csv", "").text
	same(t, "grants", strings.Count(grants, "\n"), 1)
	h.as("ada", 422, "GET", "/requests?format=csv&since=x", "")
}

// Emergencies are seen by owners and administrators until somebody looked at them.
func TestBrokenGlass(t *testing.T) {
	h := open(t)
	glass := h.as("ada", 201, "POST", "/break-glass", `{"group":"prod","reason":"fire"}`)
	same(t, "state", glass.at("state"), "approved")
	same(t, "owed", h.as("olga", 200, "GET", "/break-glass", "").at("items.0.id"), glass.at("id"))
	h.as("ada", 403, "POST", "/requests/"+glass.at("id")+"/review", `{"verdict":"justified"}`)
	h.as("olga", 422, "POST", "/requests/"+glass.at("id")+"/review", `{"verdict":"fine"}`)
	h.as("olga", 200, "POST", "/requests/"+glass.at("id")+"/review", `{"verdict":"justified","note":"it burnt"}`)
	same(t, "owed", h.as("olga", 200, "GET", "/break-glass", "").at("items.len"), "0")
}

// Somebody decides in another's place, until that is taken back.
func TestDelegations(t *testing.T) {
	h := open(t)
	id := h.ask("ada", "prod")
	d := h.as("olga", 201, "POST", "/delegations", `{"to":"eve","until":"`+later(h.Office, time.Hour)+`","reason":"holidays"}`)
	same(t, "seen by eve", h.as("eve", 200, "GET", "/delegations", "").at("items.0.from"), "olga")
	same(t, "not by bob", h.as("bob", 200, "GET", "/delegations", "").at("items.len"), "0")
	h.as("eve", 403, "DELETE", "/delegations/"+d.at("id"), "")
	answer := h.as("eve", 200, "POST", "/requests/"+id+"/approve", "")
	same(t, "for", answer.at("votes.0.for"), "olga")
	h.as("olga", 200, "DELETE", "/delegations/"+d.at("id"), "")
	h.as("eve", 403, "POST", "/requests/"+h.ask("bob", "prod")+"/approve", "")
}

// A fault of ours is an id for the sender and a line in the log for us.
func TestFaultsTellNothing(t *testing.T) {
	h := open(t)
	h.token("ada")
	h.Must(h.DB.Close())
	got := h.call(h.token("ada"), "GET", "/requests", "")
	if got.status != 503 && got.status != 500 || strings.Contains(got.text, "sql") || strings.Contains(got.text, "database") {
		t.Errorf("%d %s", got.status, got.text)
	}
	if got.status == 500 && !strings.Contains(h.log.String(), strings.TrimPrefix(got.at("instance"), "urn:uuid:")) {
		t.Errorf("%s is not in the log", got.at("instance"))
	}
}
