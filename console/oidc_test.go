package console_test

import (
	"crypto/rand"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"birthright/console"
	"birthright/grants/desk/desktest"
	"birthright/internal/optest"
	"birthright/internal/secret"
	"birthright/signin"
	"birthright/signin/provider"
)

const oidcPolicy = policy + `
  - {name: audit, when: user.title == "Auditor", groups: [audit]}
`

// company is an office whose people log in by a real provider.
type company struct {
	*site
	op *optest.Provider
}

// withProvider is a company. Its clock shows the time of day: the provider has no other.
func withProvider(t *testing.T) *company {
	s := &site{Office: desktest.Open(t, strings.Replace(oidcPolicy, "rules:", "  - {name: audit}\nrules:", 1))}
	s.Pass(time.Since(desktest.Noon))
	s.Desk.Auditors = []string{"group:audit"}
	s.Join("ada", "olga email=olga@example.com", "eve title=Auditor", "twin1 email=twin@example.com", "twin2 email=twin@example.com", "root")
	s.Full()
	s.Work()
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	s.url, s.trusting = server.URL, server.Client().Transport
	op := optest.Start(t, optest.Settings{
		ClientID: "hub", Secret: "quite secret", Callback: s.url + console.CallbackPath, Home: s.url + "/login",
		People: []optest.Person{
			{Name: "ada", Mail: "ada@example.com", Verified: true, Groups: []string{"staff", "admins"}},
			{Name: "Eve", Mail: "eve@example.com", Verified: true},
			{Name: "olga.at.the.provider", Mail: "Olga@Example.com", Verified: true},
			{Name: "mallory", Mail: "olga@example.com"},
			{Name: "twin", Mail: "twin@example.com", Verified: true},
			{Name: "root", Mail: "root@example.com"},
		},
	})
	s.use(op.Issuer)
	s.mount(mux, s.url)
	return &company{s, op}
}

// use makes a provider the site's.
func (s *site) use(issuer string) {
	s.Helper()
	var err error
	s.provider, err = provider.New(provider.Options{
		Issuer: issuer, ClientID: "hub", Secret: secret.Value("quite secret"), Scopes: []string{"profile", "email"}, Needs: s.signIn().Needs(),
		Callback: s.url + console.CallbackPath, Home: s.url + "/login", Rand: rand.Reader, Now: s.Now, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	s.Must(err)
}

var authRequest = regexp.MustCompile(`name="id" value="([^"]*)"`)

// begin goes to the provider's login page.
func (b *browser) begin(next string) *browser {
	b.Helper()
	return b.took(b.Get(b.url + "/login/oidc?next=" + url.QueryEscape(next)))
}

// as logs in there, and comes back.
func (b *browser) as(issuer, name string) *browser {
	b.Helper()
	found := authRequest.FindStringSubmatch(b.text)
	if found == nil {
		b.Fatalf("no login page of the provider: %d %s", b.status, b.text)
	}
	return b.took(b.PostForm(issuer+"/login/username", url.Values{"id": {found[1]}, "username": {name}, "password": {name}}))
}

// logIn is the browser of somebody who logged in by the provider.
func (c *company) logIn(name, next string) *browser {
	c.Helper()
	return c.browser().begin(next).as(c.op.Issuer, name)
}

// stopped is a browser that stays at the provider's answer instead of bringing it to the
// hub: at is where it would go.
func (c *company) stopped(name string) (b *browser, callback string) {
	c.Helper()
	b = c.browser().begin("/people")
	b.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == console.CallbackPath {
			callback = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.as(c.op.Issuer, name)
	b.CheckRedirect = nil
	return b, callback
}

// One provider for all of it: starting it is what costs.
func TestOpenIDConnect(t *testing.T) {
	c := withProvider(t)
	_, path := c.ask("ada")

	t.Run("in and out", func(t *testing.T) {
		b := c.browser().visit(path)
		b.is(200, "Log in with 127.0.0.1:")
		b.begin(path).as(c.op.Issuer, "Eve").is(200, "ada asks for prod", ">eve<")
		if b.at != path {
			t.Errorf("after the login at %s", b.at)
		}
		b.send("/logout")
		b.is(200, "You are logged out here", "still knows you")
		to, _ := strings.CutPrefix(b.header.Get("Refresh"), "0; url=")
		b.took(b.Get(to))
		if b.at != "/login" {
			t.Errorf("the provider sends back to %s, %d: %s", b.at, b.status, b.text)
		}
		b.visit(path).is(200, "Log in with")
	})

	t.Run("roles by claim and by group", func(t *testing.T) {
		if who := c.logIn("ada", "/people"); who.at != "/people" || who.status != 200 { // an administrator by claim sees everybody
			t.Errorf("ada at %s: %d", who.at, who.status)
		}
		eve := c.logIn("Eve", "/people")
		eve.is(200, "twin1") // an auditor by a group of the hub
		c.Change("eve", "title", "Baker")
		c.Work()
		eve.visit("/people").is(200, "Log in with")
		c.logIn("Eve", "/people").is(403)
		c.logIn("root", "/people").is(200, "twin1") // an administrator by name
	})

	t.Run("who is who", func(t *testing.T) {
		c.logIn("olga.at.the.provider", "/people").is(403, ">olga<")
		c.logIn("mallory", "/").is(403, "knows you as mallory, and the hub knows nobody of that name")
		c.logIn("twin", "/").is(403, "Several people here have the address twin@example.com")
	})

	t.Run("suspended", func(t *testing.T) {
		b := c.logIn("ada", path)
		b.is(200, "ada asks for prod")
		c.Suspend("ada")
		b.visit(path).is(200, "Log in with")
		b.begin(path).as(c.op.Issuer, "ada").is(403, "You cannot log in: you are suspended")
		c.Resume("ada")
	})

	t.Run("an answer that is not this browser's", func(t *testing.T) {
		_, callback := c.stopped("ada")
		c.browser().visit(callback).is(403, "begun elsewhere")
		b, callback := c.stopped("ada")
		other, _ := c.stopped("ada")
		other.visit(callback).is(403, "begun elsewhere")
		b.visit(strings.Replace(callback, "state=", "state=x", 1)).is(403, "begun elsewhere")
	})

	t.Run("an answer that is brought twice", func(t *testing.T) {
		b, callback := c.stopped("ada")
		kept := b.cookies()
		b.visit(callback).is(200)
		b.visit(callback).is(403, "begun elsewhere")
		thief := c.browser()
		thief.Jar.SetCookies(thief.base(), kept)
		thief.visit(callback).is(403, "did not believe it") // the provider knows the code no more
	})

	t.Run("a code without its verifier", func(t *testing.T) {
		_, callback := c.stopped("ada")
		u, err := url.Parse(callback)
		c.Must(err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.op.Issuer+"/oauth/token", strings.NewReader(url.Values{
			"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {c.url + console.CallbackPath},
		}.Encode()))
		c.Must(err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("hub:quite+secret")))
		answer, err := http.DefaultClient.Do(r)
		c.Must(err)
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(text), "invalid_grant") && !strings.Contains(string(text), "code_verifier") && !strings.Contains(string(text), "code_challenge") {
			t.Errorf("the provider gives tokens for a code without its verifier: %d %s", answer.StatusCode, text)
		}
	})

	t.Run("too late", func(t *testing.T) {
		b, callback := c.stopped("ada")
		c.Pass(2 * time.Hour)
		b.visit(callback).is(403, "did not believe it")
		c.Pass(-2 * time.Hour)
	})

	t.Run("what the logs say", func(t *testing.T) {
		for _, secret := range []string{"quite secret", "eyJ"} {
			if strings.Contains(c.log.String(), secret) {
				t.Errorf("%q is in the log", secret)
			}
		}
		for _, why := range []string{"the answer's state is not that of this browser", "you are suspended", "there is no user mallory", "several users have the address twin@example.com"} {
			if said := strings.Join(c.said("login.refused", "why"), "\n"); !strings.Contains(said, why) {
				t.Errorf("%q is not in the audit log: %s", why, said)
			}
		}
		if ways := c.said("session.opened", "way"); len(ways) < 6 || ways[0] != signin.ByOIDC {
			t.Errorf("logins in the audit log: %q", ways)
		}
	})

	t.Run("the provider goes down", func(t *testing.T) {
		inside := c.logIn("ada", path)
		b, callback := c.stopped("ada")
		c.op.Stop()
		b.visit(callback).is(503, "does not answer at present")
		b.visit("/login").is(200, "does not answer at present", "Personal token", "!Log in with")
		b.visit("/login/oidc").is(503, "does not answer at present")
		inside.visit(path).is(200, "ada asks for prod")
		plain, _ := c.token("api", c.As("olga").UserN)
		b.visit("/login").send("/login", "token", plain).visit(path).is(200, "Approve")
	})
}

func (b *browser) base() *url.URL {
	u, err := url.Parse(b.url)
	b.Must(err)
	return u
}

func (b *browser) cookies() []*http.Cookie { return b.Jar.Cookies(b.base()) }
