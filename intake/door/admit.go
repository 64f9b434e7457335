package door

import (
	"errors"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/tokens"
)

// touchEvery is how often the use of a token is noted at most.
const touchEvery = time.Minute

// admit lets the token of a source tell of that source, and nobody else. Why somebody is
// turned away is in the log; that a source does not exist is told to nobody.
func (d *Door) admit(w http.ResponseWriter, r *http.Request, name string) bool {
	token, reason, err := d.verify(r)
	if err != nil {
		d.fail(w, name, err)
		return false
	}
	if reason != nil {
		d.Log.Warn("facts: token refused", "source", name, "token", token.ID, "reason", reason, "remote", r.RemoteAddr)
		w.Header().Set("WWW-Authenticate", `Bearer realm="facts"`)
		refuse(w, http.StatusUnauthorized, "the bearer token is missing, unknown, expired or revoked; make one with: birthright token create --source NAME")
		return false
	}
	if d.Takers[name] == nil || token.Source != name || token.Scope != tokens.ScopeSCIM {
		d.Log.Warn("facts: token of somebody else", "source", name, "token", token.ID, "remote", r.RemoteAddr)
		w.Header().Set("WWW-Authenticate", `Bearer realm="facts", error="insufficient_scope"`)
		refuse(w, http.StatusForbidden, "this token does not speak for this source")
		return false
	}
	d.touch(r, token)
	return true
}

// verify returns the stored token of a request, with the reason to refuse it; err is
// that nobody can tell.
func (d *Door) verify(r *http.Request) (token tokens.Token, reason, err error) {
	plain, reason := tokens.Bearer(r.Header.Values("Authorization"))
	if reason != nil {
		return token, reason, nil
	}
	id, reason := tokens.Parse(plain)
	if reason != nil {
		return token, reason, nil
	}
	token, err = d.Tokens.Token(r.Context(), id)
	if identity.KindOf(err) == identity.NotFound {
		_ = tokens.Token{}.Verify(plain, time.Time{}) // takes the time that a wrong secret takes
		return tokens.Token{ID: id}, errUnknown, nil
	}
	if err != nil {
		return token, nil, err
	}
	return token, token.Verify(plain, d.Now()), nil
}

var errUnknown = errors.New("there is no such token")

func (d *Door) touch(r *http.Request, token tokens.Token) {
	now := d.Now()
	if now.Sub(token.LastUsed) < touchEvery {
		return
	}
	if err := d.Tokens.Touch(r.Context(), token.ID, now); err != nil {
		d.Log.Warn("facts: the use of a token could not be noted", "token", token.ID, "error", err)
	}
}
