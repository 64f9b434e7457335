package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/identity"
	"birthright/signin"
)

// loginForm is the body of the login page.
type loginForm struct {
	Next, Form string
	// Provider is what the company's provider is called, "" where there is none; Away
	// that it does not answer.
	Provider string
	Away     bool
	Closed   bool // nobody is let in
}

// mountLogin adds the ways in and out.
func (c *Console) mountLogin(d door) {
	d.open("GET /login", c.askLogin)
	d.open("POST /login", c.login)
	d.open("GET "+signin.LinkPath, c.askOnce)
	d.open("POST "+signin.LinkPath, c.once)
	d.open("POST /logout", c.logout)
	if c.Provider != nil {
		d.open("GET /login/oidc", c.goToProvider)
		d.open("GET "+CallbackPath, c.backFromProvider)
		d.open("POST "+BackchannelPath, c.loggedOutThere)
	}
}

// loginCookie ties the login form to the browser that asked for it.
func (c *Console) loginCookie() string { return c.cookieName() + "-login" }

const loginLife = time.Hour

// closed reports whether nobody is let in: over plain HTTP what opens the hub could be
// read on its way.
func (c *Console) closed() bool { return !c.secure && !c.near }

// form returns the token of a form of nobody who is logged in, and ties it to the browser;
// "" where there is no randomness.
func (c *Console) form(w http.ResponseWriter, path string) string {
	value := c.random()
	if value == "" {
		return ""
	}
	http.SetCookie(w, c.cookie(c.loginCookie(), value, loginLife))
	return formToken(signin.Key(value), path)
}

// ours reports whether a form of nobody who is logged in is from a page of this browser.
func (c *Console) ours(r *http.Request) bool {
	cookie, err := r.Cookie(c.loginCookie())
	return err == nil && cookie.Value != "" && fits(signin.Key(cookie.Value), r)
}

func (c *Console) askLogin(w http.ResponseWriter, r *http.Request) {
	c.showLogin(w, r, http.StatusOK, r.URL.Query().Get("next"), "")
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, next, said string) {
	body := loginForm{Next: local(next), Closed: c.closed(), Form: c.form(w, "/login")}
	if c.Provider != nil && !body.Closed {
		body.Provider, body.Away = c.Provider.Name(), c.Provider.Ready(r.Context()) != nil
	}
	c.show(w, frame{view: view{Page: "login.html", Title: "Log in", Status: status, Wrong: said, Body: body}})
}

func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	next := local(r.PostFormValue("next"))
	switch {
	case !c.ours(r):
		c.showLogin(w, r, http.StatusForbidden, next, "The form was too old. Send it again.")
		return
	case c.closed():
		c.showLogin(w, r, http.StatusForbidden, next, "")
		return
	}
	entry, err := c.SignIn.ByToken(r.Context(), r.PostFormValue("token"))
	if err != nil {
		c.notLetIn(w, r, next, err)
		return
	}
	c.letIn(w, r, entry, next)
}

// letIn hands a session out. A session that the browser had before ends: what somebody
// else may have planted there opens nothing.
func (c *Console) letIn(w http.ResponseWriter, r *http.Request, e signin.Entry, next string) {
	if old, err := c.visitor(r); err == nil {
		if err := c.SignIn.Leave(r.Context(), old.visit, signin.EndAgain); err != nil {
			c.Log.Error("console: a session could not be ended", "session", old.id, "error", err)
		}
	}
	http.SetCookie(w, c.cookie(c.cookieName(), e.Cookie, e.Session.Expires.Sub(e.Session.Created)))
	http.SetCookie(w, c.cookie(c.loginCookie(), "", -time.Second))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// notLetIn shows the login page with the reason.
func (c *Console) notLetIn(w http.ResponseWriter, r *http.Request, next string, err error) {
	var refusal *signin.Refusal
	switch {
	case errors.As(err, &refusal):
		c.showLogin(w, r, http.StatusForbidden, next, refusal.Said)
	case identity.KindOf(err) == identity.Unavailable && c.Provider != nil:
		c.showLogin(w, r, http.StatusServiceUnavailable, next, c.Provider.Name()+" does not answer at present. Try again in a moment.")
	default:
		c.Log.Error("console: nobody can log in", "error", err)
		c.showLogin(w, r, http.StatusServiceUnavailable, next, "The hub cannot answer at present. Try again in a moment.")
	}
}

// logout ends the session here, and leads on to the provider where that ends its own.
func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	v, err := c.visitor(r)
	if err != nil || !fits(v.key, r) {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	}
	if err := c.SignIn.Leave(r.Context(), v.visit, signin.EndLogout); err != nil {
		c.Log.Error("console: a session could not be ended", "session", v.id, "error", err)
		c.unanswered(w, "You are still logged in: the hub cannot end your session at present. Try again in a moment.")
		return
	}
	http.SetCookie(w, c.cookie(c.cookieName(), "", -time.Second))
	if there := c.leaveURL(v); there != "" {
		c.leadOut(w, there)
		return
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// local is a path of this hub; whatever leads elsewhere is the front page.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }) {
		return "/"
	}
	return next
}
