package console

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"birthright/identity"
	"birthright/signin"
)

// Where the provider sends people and messages back to, below the hub's address.
const (
	CallbackPath    = "/login/callback"
	BackchannelPath = "/login/backchannel"
)

// Provider is the company's OpenID Connect provider.
type Provider interface {
	// Name is how people know it.
	Name() string
	// Ready says why nobody can log in by it at present, nil where they can.
	Ready(ctx context.Context) error
	// Begin starts a login, which goes on at address.
	Begin(ctx context.Context) (a signin.Attempt, address string, err error)
	// Finish takes what the provider answered to an attempt. The error is a
	// *signin.Refusal, or of kind Unavailable.
	Finish(ctx context.Context, a signin.Attempt, answer url.Values) (signin.Identity, error)
	// LeaveURL is where whose ID token this is logs out there, "" for nowhere.
	LeaveURL(hint string) string
	// LoggedOut reads the provider's message that somebody logged out there.
	LoggedOut(ctx context.Context, token string) (signin.LoggedOut, error)
}

// attemptLife is how long somebody may take to log in at the provider.
const attemptLife = 15 * time.Minute

// attempt is what the browser keeps of a login that goes on elsewhere.
type attempt struct {
	signin.Attempt
	Next string `json:"next"`
}

// attemptCookie is the name of the cookie of one attempt: two tabs do not disturb each
// other.
func (c *Console) attemptCookie(state string) string {
	return c.cookieName() + "-oidc-" + state[:min(len(state), 8)]
}

// goToProvider sends somebody to the provider. It is a link and no form, since browsers
// that keep form-action do not follow a form to another host.
func (c *Console) goToProvider(w http.ResponseWriter, r *http.Request) {
	next := local(r.URL.Query().Get("next"))
	if c.closed() {
		c.showLogin(w, r, http.StatusForbidden, next, "")
		return
	}
	a, address, err := c.Provider.Begin(r.Context())
	if err != nil {
		c.notLetIn(w, r, next, err)
		return
	}
	kept, err := json.Marshal(attempt{a, next})
	if err != nil {
		c.notLetIn(w, r, next, err)
		return
	}
	http.SetCookie(w, c.cookie(c.attemptCookie(a.State), base64.RawURLEncoding.EncodeToString(kept), attemptLife))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// backFromProvider takes what the provider sends somebody back with.
func (c *Console) backFromProvider(w http.ResponseWriter, r *http.Request) {
	a := c.attempted(w, r)
	id, err := c.Provider.Finish(r.Context(), a.Attempt, r.URL.Query())
	var refusal *signin.Refusal
	if errors.As(err, &refusal) {
		err = c.SignIn.Refuse(r.Context(), refusal)
	}
	if err != nil {
		c.notLetIn(w, r, a.Next, err)
		return
	}
	entry, err := c.SignIn.ByProvider(r.Context(), id)
	if err != nil {
		c.notLetIn(w, r, a.Next, err)
		return
	}
	c.letIn(w, r, entry, a.Next)
}

// attempted returns the attempt that this browser began, and lets it forget it; an empty
// one, which nothing fits, where it began none.
func (c *Console) attempted(w http.ResponseWriter, r *http.Request) (a attempt) {
	a.Next = "/"
	name := c.attemptCookie(r.URL.Query().Get("state"))
	cookie, err := r.Cookie(name)
	if err != nil {
		return a
	}
	http.SetCookie(w, c.cookie(name, "", -time.Second))
	kept, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || json.Unmarshal(kept, &a) != nil {
		return attempt{Next: "/"}
	}
	a.Next = local(a.Next)
	return a
}

// leaveURL is where a visitor logs out at the provider, "" for nowhere.
func (c *Console) leaveURL(v visitor) string {
	if c.Provider == nil {
		return ""
	}
	return c.Provider.LeaveURL(v.visit.Session.Hint)
}

// leadOut shows that the session here is over, and leads on to the provider. It is no
// redirect, since browsers that keep form-action do not follow a form to another host.
func (c *Console) leadOut(w http.ResponseWriter, there string) {
	w.Header().Set("Refresh", "0; url="+there)
	c.show(w, frame{view: view{Page: "leave.html", Title: "You are logged out here", Body: struct{ There, Provider string }{there, c.Provider.Name()}}})
}

// loggedOutThere is told by the provider that somebody logged out there (OpenID Connect
// Back-Channel Logout 1.0, 2.5 to 2.8).
func (c *Console) loggedOutThere(w http.ResponseWriter, r *http.Request) {
	out, err := c.Provider.LoggedOut(r.Context(), r.PostFormValue("logout_token"))
	if err == nil {
		_, err = c.SignIn.LoggedOut(r.Context(), out)
		if err != nil {
			c.Log.Error("console: sessions could not be ended", "error", err)
			http.Error(w, "the hub cannot answer at present", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
		return
	}
	c.Log.Warn("console: a logout token was refused", "error", err, "remote", r.RemoteAddr)
	status := http.StatusBadRequest
	if identity.KindOf(err) == identity.Unavailable {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"error":"invalid_request"}` + "\n"))
}
