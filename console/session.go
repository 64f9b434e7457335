package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"birthright/signin"
	"birthright/tokens/holder"
)

// visitor is somebody who is logged in.
type visitor struct {
	holder.Holder
	id    string // of the session, "" for nobody
	key   []byte // of the tokens in the session's forms
	visit signin.Visit
}

// known serves those who are logged in, and has others log in first.
func (c *Console) known(serve func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := c.visitor(r)
		if refusal := (*holder.Refusal)(nil); errors.As(err, &refusal) {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(comeBack(r)), http.StatusSeeOther)
			return
		}
		if err != nil {
			c.Log.Error("console: a session could not be looked up", "error", err)
			c.unanswered(w, "Try again in a moment.")
			return
		}
		serve(w, r, v)
	}
}

// unanswered is the page of a hub that cannot answer.
func (c *Console) unanswered(w http.ResponseWriter, said string) {
	status := http.StatusServiceUnavailable
	c.show(w, frame{view: view{Page: "trouble.html", Title: troubleTitles[status], Status: status, Body: trouble{status, said}}})
}

// comeBack is where somebody is to be who has logged in.
func comeBack(r *http.Request) string {
	if r.Method == http.MethodGet {
		return r.URL.RequestURI()
	}
	return r.URL.Path
}

// visitor is whoever a request comes from, if their session is still good.
func (c *Console) visitor(r *http.Request) (visitor, error) {
	cookie, err := r.Cookie(c.cookieName())
	if err != nil {
		return visitor{}, &holder.Refusal{Why: err}
	}
	look := c.SignIn.Visit
	if r.Method == http.MethodHead {
		look = c.SignIn.Glance
	}
	visit, err := look(r.Context(), cookie.Value)
	return visitor{Holder: visit.Holder, id: visit.Session.ID, key: visit.Key, visit: visit}, err
}

// random returns 32 random bytes as text, "" where there is no randomness.
func (c *Console) random() string {
	var b [32]byte
	if _, err := io.ReadFull(c.Rand, b[:]); err != nil {
		c.Log.Error("console: there is no randomness", "error", err)
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// formToken is what a form must bring that is sent to a path: another site cannot know it.
func formToken(key []byte, path string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(path))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// fits reports whether a form brought its token.
func fits(key []byte, r *http.Request) bool {
	return key != nil && hmac.Equal([]byte(r.PostFormValue("form")), []byte(formToken(key, r.URL.Path)))
}

// cookieName is that of the session's cookie. Browsers take the first only over HTTPS,
// from this very host.
func (c *Console) cookieName() string {
	if c.secure {
		return "__Host-birthright"
	}
	return "birthright"
}

// cookie is one that lives so long; none for a negative life.
func (c *Console) cookie(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second), Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
