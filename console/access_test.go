package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
)

const shop = `
groups:
  - name: prod
    title: Production
    description: The shop itself
    risk: high
    owners: ["user:olga", "user:otto"]
    access: ["app:role/prod"]
    request: {durations: {default: 1h, max: 8h}, require: [reason, ticket], extend: {approve: false, max: 12h}, break_glass: {max: 30m}}
  - name: wiki
    title: Wiki
    owners: ["user:olga"]
    access: ["app:role/wiki"]
    request: {durations: {max: 2h}}
  - name: base
    access: ["app:role/base"]
rules:
  - {name: everybody, when: user.userName != "", groups: [base]}
`

func openShop(t *testing.T) *site {
	s := &site{Office: desktest.Open(t, shop)}
	s.Join("ada displayName=Ada title=Engineer department=Engineering team=Shop manager=olga", "bea department=Engineering team=Shop",
		"cid department=Engineering team=Shop", "olga", "otto", "eve", "root")
	s.Full()
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	s.url, s.trusting = server.URL, server.Client().Transport
	s.mount(mux, server.URL)
	return s
}

// sendAll sends a form with several values of one field.
func (b *browser) sendAll(path string, typed url.Values) *browser {
	b.Helper()
	_, form, _ := strings.Cut(b.text, `action="`+path+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	for _, field := range hidden.FindAllStringSubmatch(form, -1) {
		typed.Add(field[1], field[2])
	}
	return b.took(b.PostForm(b.url+path, typed))
}

// The whole way on pages: found, asked for, decided on, used, made longer, given back.
func TestFromTheCatalogToTheEnd(t *testing.T) {
	s := openShop(t)
	ada := s.user("ada").visit("/")
	ada.is(200, "because of who you are: rule everybody", "Nothing of yours waits")
	ada.visit("/request?q=shop+itself").is(200, "Production", "high risk", "app:role/prod", "8h", "Decided by", "!Wiki")
	ada.visit("/request?q=nonsense").is(200, "Nothing is like that")

	// A link fills the form; what is missing is said where it is missing, and what was typed is kept.
	ada.visit("/request?group=prod&for=2h&reason=look+%3Cb%3E").is(200, "The policy wants a reason and a ticket", `value="2h"`, "look &lt;b&gt;</textarea>", `value="prod" checked`)
	ada.send("/request", "group", "prod", "for", "9h", "reason", "look", "ticket", "").is(422,
		"said next to the field", "prod needs a ticket.", "can be had for 8h at most, not for 9h.", `value="9h"`, "look</textarea>")
	ada.send("/request", "group", "prod", "for", "soon", "reason", "look", "ticket", "T-1").is(422, "&#34;soon&#34; is not a duration")
	ada.send("/request", "group", "nothing", "reason", "x", "ticket", "T-1").is(422, "there is no group &#34;nothing&#34;")
	form := ada.text
	ada.send("/request", "group", "prod", "for", "2h", "reason", "look", "ticket", "T-1").is(200, "prod: asked for; r1 waits for olga, otto.", "Take back")
	ada.text = form
	ada.send("/request", "group", "prod", "for", "2h", "reason", "look", "ticket", "T-1").is(409, "r1 already asks for prod for ada")

	olga := s.user("olga").visit("/decide")
	olga.is(200, "ada asks for prod", "Engineer", "Engineering / Shop", "manager olga", "0 of 2 others", "never asked for it", "T-1", "high risk")
	olga.send("/decide", "one", "approve r1:1").is(200, "r1, ada and prod: Approved. ada gets prod.", "Nothing waits for you")
	s.Work()
	ada.visit("/").is(200, "given for a time", `href="/grants/g1"`, "in 1 h", "Give back", `<span class="badge ok">app</span>`, "Nobody is asked.")
	ada.send("/grants/g1/extend", "for", "1h", "reason", "").is(422, "prod needs a reason.")
	ada.send("/grants/g1/extend", "for", "1h", "reason", "not done", "from", "/").is(200, "prod is longer now: it ends in ")
	s.user("olga").visit("/grants/g1").is(200, "asked for 2h", "approved", "it is on every target", "longer by 1h", "Take it away", "!Give back")
	s.user("eve").visit("/grants/g1").is(403, "You may not")
	ada.visit("/grants/g1").send("/grants/g1/return").is(200, "Given back. prod is being removed")
	s.Work()
	ada.visit("/grants/g1").is(200, "nothing of it is left on any target", "nowhere any more", "!Give back</button>")
	ada.visit("/").is(200, "!/grants/g1", "Answered lately")
}

// What is alike is decided at once, each by itself; what comes late or twice is told in words.
func TestDecideTogether(t *testing.T) {
	s := openShop(t)
	for _, who := range []string{"ada", "bea", "cid"} {
		_, err := s.Ask(t.Context(), s.As(who), desk.Wish{Groups: []string{"wiki"}, Reason: "read"})
		s.Must(err)
	}
	_, err := s.Ask(t.Context(), s.As("eve"), desk.Wish{Groups: []string{"prod"}, Reason: "x", Ticket: "T"})
	s.Must(err)
	olga := s.user("olga").visit("/decide")
	olga.is(200, "3 for wiki", `value="r4:1"`)
	olga.sendAll("/decide", url.Values{"on": {"r1:1", "r4:1"}, "decision": {"approve"}, "reason": {"ok"}}).is(422, "those are not alike: 2 people and 2 groups", "ok</textarea>", `value="r1:1" aria-label="Mark r1: ada, wiki" checked`)
	olga.sendAll("/decide", url.Values{"on": {"r1:1"}, "decision": {"deny"}}).is(422, "a denial needs a reason")
	olga.sendAll("/decide", url.Values{"decision": {"approve"}}).is(422, "nothing was chosen")
	stale := olga.visit("/decide?group=wiki")
	stale.is(200, "Only group", "!r4:1")
	_, err = s.Amend(t.Context(), s.As("cid"), "r3", desk.Amendment{For: 2 * time.Hour})
	s.Must(err)
	_, err = s.Approve(t.Context(), s.As("olga"), "r2", "")
	s.Must(err)
	stale.sendAll("/decide?group=wiki", url.Values{"on": {"r1:1", "r2:1", "r3:1"}, "decision": {"approve"}}).is(200,
		"r1, ada and wiki: Approved.", "r2, bea and wiki: Nothing changed: it was approved already.", "r3: r3 was changed since you looked at it")
	s.user("ada").visit("/decide").is(200, "Nothing waits for you")
}

// An emergency is loud, needs a yes, and is looked at by somebody else.
func TestEmergency(t *testing.T) {
	s := openShop(t)
	ada := s.user("ada").visit("/request?group=prod")
	ada.is(200, "break the glass")
	ada.visit("/break-glass?group=prod").is(200, "This is for emergencies", "olga, ")
	ada.send("/break-glass", "reason", "it burns").is(422, "say that it is an emergency")
	ada.send("/break-glass", "reason", "", "sure", "yes").is(422, "breaking the glass needs a reason")
	ada.send("/break-glass", "reason", "it burns", "sure", "yes").is(200, "The glass is broken", "broke the glass for 30m")
	ada.visit("/requests/r1").is(200, "nobody has looked at it yet", "!Was it an emergency?")
	olga := s.user("olga").visit("/decide")
	olga.is(200, "Emergencies to look at", "it burns")
	olga.visit("/requests/r1").is(200, "Was it an emergency?")
	olga.send("/requests/r1/review", "verdict", "justified", "reason", "it did").is(200, "Noted: justified.")
	olga.visit("/grants/g1").send("/grants/g1/revoke", "why", "").is(422, "say why")
	olga.send("/grants/g1/revoke", "why", "over").is(200, "Taken away.", "looked at: justified")
}

// A request is changed and taken back by who asked; a delegate decides meanwhile.
func TestChangeCancelDelegate(t *testing.T) {
	s := openShop(t)
	_, err := s.Ask(t.Context(), s.As("ada"), desk.Wish{Groups: []string{"wiki"}})
	s.Must(err)
	ada := s.user("ada").visit("/requests/r1")
	ada.is(200, "Change it", "Take it back", "!To decide well")
	ada.send("/requests/r1/amend", "for", "9h").is(422, "can be had for 2h at most", `value="9h"`)
	ada.send("/requests/r1/amend", "for", "30m").is(200, "Changed.", "30m")
	olga := s.user("olga").visit("/delegations")
	olga.send("/delegations", "to", "nobody", "until", "2099-01-01").is(422, "there is no user &#34;nobody&#34;", `value="nobody"`)
	olga.send("/delegations", "to", "eve", "until", "never").is(422, "write a date such as")
	olga.send("/delegations", "to", "eve", "until", "2026-12-24").is(200, "eve decides in your place until 25 December 2026, 00:00 UTC", "End it")
	s.user("eve").visit("/decide").is(200, "ada asks for wiki")
	olga.send("/delegations/d1/end").is(200, "eve does not decide for you any more", "!End it")
	s.user("eve").visit("/decide").is(200, "Nothing waits for you")
	ada.visit("/").send("/requests/r1/cancel", "from", "/").is(200, "r1 is taken back.", "Nothing of yours waits")
}
