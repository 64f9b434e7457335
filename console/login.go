package console

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/tokens/holder"
)

// visitor is somebody who is logged in.
type visitor struct {
	holder.Holder
	session
	id string
}

// loginForm is the body of the login page.
type loginForm struct {
	Next, Form string
	Closed     bool // it takes no tokens
}

// known serves those who are logged in, and has others log in first.
func (c *Console) known(serve func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := c.visitor(r)
		if refusal := (*holder.Refusal)(nil); errors.As(err, &refusal) {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
			return
		}
		if err != nil {
			c.Log.Error("console: a token could not be looked up", "error", err)
			status := http.StatusServiceUnavailable
			c.show(w, frame{view: view{Page: "trouble.html", Title: troubleTitles[status], Status: status, Body: trouble{status, "Try again in a moment."}}})
			return
		}
		serve(w, r, v)
	}
}

// visitor is whoever a request comes from, if its token is still good.
func (c *Console) visitor(r *http.Request) (visitor, error) {
	cookie, err := r.Cookie(c.cookieName())
	if err != nil {
		return visitor{}, &holder.Refusal{Why: err}
	}
	one, known := c.sessions.find(cookie.Value, c.Now())
	if !known {
		return visitor{}, &holder.Refusal{Why: errors.New("there is no such session")}
	}
	who, err := c.check.Again(r.Context(), one.token)
	return visitor{Holder: who, session: one, id: cookie.Value}, err
}

// loginCookie ties the login form to the browser that asked for it.
func (c *Console) loginCookie() string { return c.cookieName() + "-login" }

const loginLife = time.Hour

func (c *Console) mountLogin(d door) {
	d.open("GET /login", c.askLogin)
	d.open("POST /login", c.login)
	d.open("POST /logout", c.logout)
}

func (c *Console) askLogin(w http.ResponseWriter, r *http.Request) {
	c.showLogin(w, r, http.StatusOK, r.URL.Query().Get("next"), "")
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, next, said string) {
	form := loginForm{Next: local(next), Closed: !c.secure && !c.near}
	if nonce := c.sessions.random(); nonce != nil {
		value := base64.RawURLEncoding.EncodeToString(nonce)
		http.SetCookie(w, c.cookie(c.loginCookie(), value, loginLife))
		form.Form = formToken(append(c.loginKey[:len(c.loginKey):len(c.loginKey)], value...), "/login")
	}
	c.show(w, frame{view: view{Page: "login.html", Title: "Log in", Status: status, Wrong: said, Body: form}})
}

func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	next := local(r.PostFormValue("next"))
	cookie, err := r.Cookie(c.loginCookie())
	if err != nil || c.loginKey == nil || !fits(append(c.loginKey[:len(c.loginKey):len(c.loginKey)], cookie.Value...), r) {
		c.showLogin(w, r, http.StatusForbidden, next, "The form was too old. Send it again.")
		return
	}
	if !c.secure && !c.near {
		c.showLogin(w, r, http.StatusForbidden, next, "")
		return
	}
	who, err := c.check.Plain(r.Context(), strings.TrimSpace(r.PostFormValue("token")))
	refusal := (*holder.Refusal)(nil)
	switch {
	case err != nil && !errors.As(err, &refusal):
		c.Log.Error("console: a token could not be looked up", "error", err)
		c.showLogin(w, r, http.StatusServiceUnavailable, next, "The hub cannot answer at present. Try again in a moment.")
		return
	case err != nil:
		c.Log.Warn("console: token refused", "token", refusal.Token, "reason", refusal.Why, "remote", r.RemoteAddr)
		c.showLogin(w, r, http.StatusForbidden, next, "This token opens nothing here: it is unknown, expired, revoked, or not a person's.")
		return
	case who.UserN == 0:
		c.showLogin(w, r, http.StatusForbidden, next, "This token is a program's. Pages are for people: take a personal one.")
		return
	}
	id, ok := c.sessions.begin(who.Token, c.Now())
	if !ok {
		c.showLogin(w, r, http.StatusServiceUnavailable, next, "The hub has no randomness at present. Try again in a moment.")
		return
	}
	http.SetCookie(w, c.cookie(c.cookieName(), id, sessionLife))
	http.SetCookie(w, c.cookie(c.loginCookie(), "", -time.Second))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	if v, err := c.visitor(r); err == nil && fits(v.key, r) {
		c.sessions.end(v.id)
		http.SetCookie(w, c.cookie(c.cookieName(), "", -time.Second))
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
