package console_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/api/backing"
	"birthright/console"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/hub"
	"birthright/internal/ids"
	"birthright/rules"
	"birthright/scim/inspect"
	"birthright/signin"
	sessions "birthright/signin/backing"
	"birthright/store"
	"birthright/tokens"
	"birthright/tokens/holder"
)

const policy = `
groups:
  - name: prod
    owners: ["user:olga", "user:otto"]
    access: ["app:role/prod"]
    request: {durations: {max: 8h}, approve: [{by: owners}]}
  - name: prod-logs
    owners: ["user:otto"]
    access: ["app:role/logs"]
rules:
  - {name: logs, when: user.userName == "ada", groups: [prod-logs]}
`

// site is the console over an office, reached by HTTPS.
type site struct {
	*desktest.Office
	url      string
	trusting http.RoundTripper // of the site's certificate
	log      bytes.Buffer
	provider console.Provider
	files    []rules.File // of the policy, for those who edit it
}

func open(t *testing.T) *site {
	s := &site{Office: desktest.Open(t, policy)}
	s.Join("ada", "olga", "otto", "eve")
	s.Full()
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.mount(mux, server.URL)
	s.trusting = server.Client().Transport
	return s
}

func (s *site) mount(mux *http.ServeMux, public string) {
	console.New(console.Options{
		Hub: hub.New(hub.Options{
			Store: s.DB, Desk: s.Desk, Engine: s.Desk.Engine, Runner: s.Run, Reporter: &reporter{now: s.Now}, Now: s.Now, Targets: []string{"app"}, RunSync: s.Run.Sync,
			Sources: []hub.SourceSetting{{Name: "okta", Kind: "scim", Pushes: true, Inspect: 10}}, Talk: talk{},
			Policy: func() hub.InForce { return hub.InForce{Engine: s.Desk.Engine(), Files: s.files} },
		}),
		Desk: s.Desk, Reviews: s.reviews(), SignIn: s.signIn(), Provider: s.provider, PublicURL: public, Rand: rand.Reader, Now: s.Now, NewID: ids.New,
		Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	}).Mount(mux)
}

// signIn is who lets people in to the office.
func (s *site) signIn() *signin.Service {
	book := sessions.New(s.DB)
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	return signin.New(signin.Options{
		Book: book, Links: book, Provided: book, People: s.Desk, Tokens: holder.Check{Keeper: backing.New(s.DB), Now: s.Now, Log: log},
		Admins: []string{"user:root", "claim:groups=admins"}, Auditors: []string{"group:audit", "claim:groups=audit"},
		Life: 8 * time.Hour, Idle: time.Hour, Rand: rand.Reader, Now: s.Now, Log: log,
	})
}

// talk is what a source said once.
type talk struct{}

func (talk) Conversations(_ context.Context, q store.ConversationQuery) ([]inspect.Conversation, error) {
	return []inspect.Conversation{{ID: "c1", Source: q.Source, At: desktest.Noon, Method: "PATCH", URL: "/scim/v2/Users/1", Request: `{"op":"<b>x"}`, Status: 400}}, nil
}

// token makes a token; n is 0 for a program.
func (s *site) token(scope string, n int64) (plain, id string) {
	s.Helper()
	plain, t, err := tokens.New(rand.Reader, "", scope, s.Now(), 0)
	s.Must(err)
	t.UserN = n
	s.Must(s.DB.Update(s.Context(), func(tx *store.Tx) error { return tx.SaveToken(s.Context(), store.TokenRow(t)) }))
	return plain, t.ID
}

func (s *site) revoke(id string) {
	s.Helper()
	s.Must(s.DB.Update(s.Context(), func(tx *store.Tx) error {
		t, err := tx.TokenByID(s.Context(), id)
		t.RevokedAt = tx.Now()
		return firstOf(err, tx.SaveToken(s.Context(), t))
	}))
}

func firstOf(faults ...error) error {
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// browser is somebody's browser, at a page.
type browser struct {
	*site
	http.Client
	status   int
	at, text string
	header   http.Header
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	s.Must(err)
	return &browser{site: s, Client: http.Client{Jar: jar, Transport: s.trusting}}
}

func (b *browser) took(r *http.Response, err error) *browser {
	b.Helper()
	b.Must(err)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	b.Must(err)
	b.status, b.at, b.text, b.header = r.StatusCode, r.Request.URL.RequestURI(), string(text), r.Header
	return b
}

func (b *browser) visit(path string) *browser { b.Helper(); return b.took(b.Get(b.url + path)) }

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// send sends the last form of the page to a path, with what was typed.
func (b *browser) send(path string, typed ...string) *browser {
	b.Helper()
	_, form, _ := strings.Cut(b.text, `action="`+path+`"`)
	form, _, _ = strings.Cut(form, "</form>")
	values := url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(form, -1) {
		values.Set(field[1], field[2])
	}
	for i := 0; i < len(typed); i += 2 {
		values.Set(typed[i], typed[i+1])
	}
	return b.took(b.PostForm(b.url+path, values))
}

// user is the browser of somebody who is logged in.
func (s *site) user(name string) *browser {
	s.Helper()
	plain, _ := s.token(tokens.ScopeAPI, s.As(name).UserN)
	return s.browser().visit("/login").send("/login", "token", plain)
}

func (b *browser) is(status int, texts ...string) {
	b.Helper()
	if b.status != status {
		b.Fatalf("%s: %d, want %d:\n%s\n%s", b.at, b.status, status, b.text, b.log.String())
	}
	for _, text := range texts {
		want, says := strings.CutPrefix(text, "!")
		if strings.Contains(b.text, want) == says {
			b.Errorf("%s: %q in the page: %v\n%s", b.at, want, !says, b.text)
		}
	}
}

func (s *site) ask(who string) (id, path string) {
	s.Helper()
	made, err := s.Ask(s.Context(), s.As(who), desk.Wish{Groups: []string{"prod"}, For: 2 * time.Hour, Reason: "the <b>disk</b> is full", Ticket: "OPS-7"})
	s.Must(err)
	return made[0].ID, "/requests/" + made[0].ID
}

// From the link to the decision: log in, see what helps, click.
func TestFromTheLinkToTheDecision(t *testing.T) {
	s := open(t)
	s.Work()
	_, path := s.ask("ada")
	plain, _ := s.token(tokens.ScopeAPI, s.As("olga").UserN)
	b := s.browser().visit(path)
	b.is(200, "Log in")
	if b.at != "/login?next="+url.QueryEscape(path) {
		t.Errorf("at %s", b.at)
	}
	b.send("/login", "token", "br_nonsense").is(403, "opens nothing here")
	b.send("/login", "token", " "+plain+"\n")
	if b.at != path {
		t.Errorf("after the login at %s", b.at)
	}
	b.is(200, "ada asks for prod", "the &lt;b&gt;disk&lt;/b&gt; is full", "OPS-7", "2h", "prod-logs", "olga, otto", "Approve", "Deny", ">olga<", "!<script>")
	b.send(path, "decision", "deny").is(422, "a denial needs a reason")
	b.send(path, "decision", "approve", "reason", "go on").is(200, "Approved. ada gets prod.", "go on", "!value=\"approve\"")
	s.Work()
	if got := s.Office.Holds("role/prod"); len(got) != 1 || got[0] != "ada" {
		t.Errorf("holds: %v", got)
	}
	if css := s.browser().visit("/assets/console.css"); css.status != 200 || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %v", css.status, css.header)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "Cache-Control": "no-store",
	} {
		if got := b.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if strings.Contains(s.log.String(), plain) {
		t.Error("the token is in the log")
	}
}

// A second click, one that comes too late, and one of somebody who may not, say so.
func TestEveryClickIsAnswered(t *testing.T) {
	s := open(t)
	_, path := s.ask("ada")
	olga, again, otto, ada, eve := s.user("olga").visit(path), s.user("olga").visit(path), s.user("otto").visit(path), s.user("ada").visit(path), s.user("eve").visit(path)
	ada.is(200, "nobody decides on what they ask for", "!value=\"approve\"")
	eve.is(403, "You may not", "!disk")
	olga.send(path, "decision", "approve").is(200, "Approved.")
	again.send(path, "decision", "approve").is(200, "Nothing changed: it was approved already.")
	otto.send(path, "decision", "deny", "reason", "no").is(409, "was approved at", "by user:olga", "badge approved")
	s.user("otto").visit("/requests/r99").is(404, "there is no such request")
}

// What was changed after the page was shown is not decided on by its buttons.
func TestAnOldPageDecidesNothing(t *testing.T) {
	s := open(t)
	id, path := s.ask("ada")
	b := s.user("olga").visit(path)
	_, err := s.Amend(t.Context(), s.As("ada"), id, desk.Amendment{For: 8 * time.Hour})
	s.Must(err)
	b.send(path, "decision", "approve").is(409, "was changed since you looked at it", "8h", "value=\"approve\"")
	b.send(path, "decision", "approve").is(200, "Approved.")
}

// A form of another site, of another page, or without its token, does nothing.
func TestForgedForms(t *testing.T) {
	s := open(t)
	id, path := s.ask("ada")
	b := s.user("olga").visit(path)
	good := b.text
	b.send(path, "decision", "approve", "form", "").is(403, "too old")
	other, _ := s.Ask(t.Context(), s.As("eve"), desk.Wish{Groups: []string{"prod"}})
	b.text = strings.ReplaceAll(good, path, "/requests/"+other[0].ID)
	b.send("/requests/"+other[0].ID, "decision", "approve").is(403, "too old")
	foreign := hidden.FindAllStringSubmatch(good, -1)
	values := url.Values{"decision": {"approve"}}
	for _, f := range foreign {
		values.Set(f[1], f[2])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(values.Encode()))
	s.Must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	b.took(b.Do(r)).is(403)
	b.send("/login", "token", "x", "form", "y").is(403)
	seen, err := s.Request(t.Context(), s.As("olga"), id)
	s.Must(err)
	if seen.State != "pending" {
		t.Errorf("a forged form decided: %s", seen.State)
	}
}

// A session ends with its token, with its person, for good when either comes back, when
// nobody uses it, after eight hours, and when the user logs out.
func TestSessionsEnd(t *testing.T) {
	s := open(t)
	_, path := s.ask("ada")
	plain, id := s.token(tokens.ScopeAPI, s.As("olga").UserN)
	b := s.browser().visit("/login").send("/login", "token", plain).visit(path)
	b.is(200, "Approve")
	s.revoke(id)
	b.send(path, "decision", "approve").is(200, "Log in")
	b.visit(path).is(200, "Log in")

	s.user("olga").visit(path).send("/logout").visit(path).is(200, "Log in")

	b = s.user("olga").visit(path)
	s.Suspend("olga")
	s.Resume("olga")
	b.send(path, "decision", "approve").is(200, "Log in", "!disk")
	s.Suspend("olga")
	b.visit("/login").send("/login", "token", s.fresh("olga")).is(403, "You cannot log in: you are suspended.")
	s.Resume("olga")

	b = s.user("olga").visit(path)
	b.is(200, "Approve")
	s.Pass(59 * time.Minute)
	b.visit(path).is(200, "Approve")
	s.Pass(59 * time.Minute)
	b.visit(path).is(200, "Approve")
	s.Pass(time.Hour)
	b.visit(path).is(200, "Log in")

	b = s.user("olga").visit(path)
	for range 10 {
		s.Pass(45 * time.Minute)
		b.visit(path).is(200, "Approve")
	}
	s.Pass(30 * time.Minute)
	b.visit(path).is(200, "Log in")
	want := []string{signin.EndToken, signin.EndLogout, signin.EndPerson, signin.EndIdle, signin.EndLife}
	if diff := cmp.Diff(want, s.said("session.ended", "why")); diff != "" {
		t.Errorf("ends in the audit log:\n%s", diff)
	}
	if got := s.said("login.refused", "why"); !cmp.Equal(got, []string{"you are suspended"}) {
		t.Errorf("refused logins in the audit log: %q", got)
	}
}

// said lists what the audit log has of an action, as far as one detail goes.
func (s *site) said(action, detail string) []string {
	s.Helper()
	out := []string{}
	s.Must(s.DB.View(s.Context(), func(tx *store.Tx) error {
		for r, err := range tx.AuditRecords(s.Context(), store.AuditQuery{Action: action}) {
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(r.Detail[detail]))
		}
		return nil
	}))
	return out
}

// fresh is a new personal token of somebody.
func (s *site) fresh(name string) string {
	s.Helper()
	plain, _ := s.token(tokens.ScopeAPI, s.As(name).UserN)
	return plain
}

// The cookie is for this host and HTTPS alone; over plain HTTP only the machine itself
// logs in; a login leads nowhere else.
func TestCookiesAndWhereALoginLeads(t *testing.T) {
	s := open(t)
	plain, _ := s.token(tokens.ScopeAPI, s.As("olga").UserN)
	program, _ := s.token(tokens.ScopeAdmin, 0)
	scim, _ := s.token(tokens.ScopeSCIM, 0)
	b := s.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.visit("/login").send("/login", "token", program).is(403, "a program&#39;s")
	b.send("/login", "token", scim).is(403, "opens nothing here")
	b.send("/login", "token", plain).is(303)
	if got := b.header.Get("Set-Cookie"); !regexp.MustCompile(`^__Host-birthright=[\w-]{43}; Path=/; Max-Age=28800; HttpOnly; Secure; SameSite=Lax$`).MatchString(got) {
		t.Errorf("cookie: %s", got)
	}
	for next, want := range map[string]string{
		"/requests/r1": "/requests/r1", "": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "javascript:alert(1)": "/",
		"/a\nb": "/", "requests/r1": "/", "///evil.example": "/",
	} {
		b.visit("/login?next="+url.QueryEscape(next)).send("/login", "token", plain).is(303)
		if got := b.header.Get("Location"); got != want {
			t.Errorf("next %q leads to %q", next, got)
		}
	}
	for public, want := range map[string]int{"http://127.0.0.1:80": 303, "http://hub.example": 403} {
		mux := http.NewServeMux()
		server := httptest.NewServer(mux)
		s.mount(mux, public)
		s.url = server.URL
		b := s.browser()
		b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		b.visit("/login")
		if want == 403 {
			b.is(200, "plain HTTP", "!Personal token")
		}
		b.send("/login", "token", plain)
		if b.status != want {
			t.Errorf("%s: %d", public, b.status)
		}
		if cookie := b.header.Get("Set-Cookie"); want == 303 && (!strings.HasPrefix(cookie, "birthright=") || strings.Contains(cookie, "Secure")) {
			t.Errorf("cookie: %s", cookie)
		}
		server.Close()
	}
}
