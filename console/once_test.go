package console_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"birthright/audit"
	"birthright/console"
	sessions "birthright/signin/backing"

	"birthright/signin"
)

// link makes a one-time link, for a local administrator where userN is 0.
func (s *site) link(userN int64, name string) (path string) {
	s.Helper()
	address, l, err := signin.NewLink(rand.Reader, s.url, userN, name, s.Now())
	s.Must(err)
	s.Must(sessions.New(s.DB).AddLink(s.Context(), l, audit.Event{Actor: "operator:test", Action: "loginlink.made", Subject: name}))
	return strings.TrimPrefix(address, s.url)
}

// A link lets in once, after the click and not by being looked at, and for a while; its
// session is new even where the browser had one.
func TestOnceLinks(t *testing.T) {
	s := open(t)
	_, path := s.ask("ada")
	once := s.link(0, "operator:olive")
	s.browser().visit(once).is(200, "The button uses it up")
	b := s.user("eve")
	eves := b.Jar.Cookies(b.base())
	b.visit(once).send("/login/once")
	b.visit("/people").is(200, "operator:olive", ">otto<")
	b.visit(path).is(200, "ada asks for prod", "!value=\"approve\"") // administrators decide on nothing that is for others
	thief := s.browser()
	thief.Jar.SetCookies(thief.base(), eves)
	thief.visit("/people").is(200, "Log in", "!otto")
	s.browser().visit(once).send("/login/once").is(403, "the link was used before")

	b = s.browser().visit(s.link(s.As("olga").UserN, "")).send("/login/once")
	b.visit(path).is(200, "value=\"approve\"", ">olga<")

	late, forged := s.link(0, "operator:olive"), s.browser().visit(s.link(0, "operator:olive"))
	forged.text = strings.ReplaceAll(forged.text, `name="form" value="`, `name="form" value="x`)
	forged.send("/login/once").is(403, "too old")
	s.Pass(signin.LinkLife)
	s.browser().visit(late).send("/login/once").is(403, "the link was too old")
	s.browser().visit("/login/once?code=x").send("/login/once").is(403, "there is no such link")
}

// spoken is a provider whose logout tokens are plain.
type spoken struct{ console.Provider }

func (spoken) Name() string                { return "spoken" }
func (spoken) Ready(context.Context) error { return nil }
func (spoken) LeaveURL(string) string      { return "" }
func (spoken) Begin(context.Context) (signin.Attempt, string, error) {
	return signin.Attempt{State: "12345678"}, "/back", nil
}

func (spoken) Finish(_ context.Context, _ signin.Attempt, answer url.Values) (signin.Identity, error) {
	name := answer.Get("code")
	return signin.Identity{Claims: signin.Claims{"preferred_username": name}, Subject: "sub-" + name, SID: answer.Get("sid")}, nil
}

func (spoken) LoggedOut(_ context.Context, token string) (signin.LoggedOut, error) {
	parts := strings.Split(token, " ") // ID, sub, sid
	if len(parts) != 3 {
		return signin.LoggedOut{}, errors.New("no such token")
	}
	return signin.LoggedOut{ID: parts[0], Subject: parts[1], SID: parts[2], Expires: time.Now().AddDate(1, 0, 0)}, nil
}

// A logout at the provider ends that session, or all of the person's; a token that is
// played again ends nothing.
func TestLoggedOutAtTheProvider(t *testing.T) {
	s := open(t)
	_, path := s.ask("ada")
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	s.provider, s.url, s.trusting = spoken{}, server.URL, server.Client().Transport
	s.mount(mux, s.url)
	in := func(sid string) *browser {
		t.Helper()
		b := s.browser()
		b.visit("/login/callback?code=olga&sid=" + sid)
		b.visit(path).is(200, "Approve")
		return b
	}
	out := func(token string, status int) {
		t.Helper()
		b := s.browser()
		b.took(b.PostForm(s.url+console.BackchannelPath, url.Values{"logout_token": {token}})).is(status)
	}
	one, two, three := in("1"), in("2"), in("3")
	out("nonsense", 400)
	out("j1 sub-olga 1", 200)
	one.visit(path).is(200, "Log in")
	two.visit(path).is(200, "Approve")
	out("j2 sub-olga ", 200)
	two.visit(path).is(200, "Log in")
	three.visit(path).is(200, "Log in")
	again := in("4")
	out("j2 sub-olga ", 200)
	again.visit(path).is(200, "Approve")
	if got := s.said("session.ended", "why"); len(got) != 3 || got[0] != signin.EndProvider {
		t.Errorf("ends in the audit log: %q", got)
	}
}
