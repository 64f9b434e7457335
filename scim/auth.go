package scim

import (
	"errors"
	"net/http"
	"time"

	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/scim/fault"
	"birthright/tokens"
)

// touchEvery is how often the use of a token is noted at most.
const touchEvery = time.Minute

// authenticate returns the source that the request's token speaks for. The
// client is told that a token was refused; why is in the log.
func (h *handler) authenticate(c *call) (*Source, error) {
	plain, err := tokens.Bearer(c.Header.Values("Authorization"))
	if err != nil {
		return nil, h.refuse(c, "", err)
	}
	id, err := tokens.Parse(plain)
	if err != nil {
		return nil, h.refuse(c, "", err)
	}
	token, err := h.o.Tokens.Token(c.Context(), id)
	if identity.KindOf(err) == identity.NotFound {
		_ = tokens.Token{}.Verify(plain, time.Time{}) // takes the time that a wrong secret takes
		return nil, h.refuse(c, id, err)
	}
	if err != nil {
		return nil, err
	}
	now := h.o.Now()
	err = token.Verify(plain, now)
	if !errors.Is(err, tokens.ErrMismatch) { // it is the source that speaks, perhaps with a token of former times
		c.talk.Source, c.talk.Token = token.Source, id
		tracing.Current(c.Context()).Source(token.Source)
	}
	if err != nil {
		c.talk.Notes.Add("token %s was refused: %s", id, err)
		return nil, h.refuse(c, id, err)
	}
	source := h.sources[token.Source]
	if source == nil {
		return nil, h.refuse(c, id, errors.New("its source is not configured to push: "+token.Source))
	}
	if token.Scope != tokens.ScopeSCIM {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="scim", error="insufficient_scope", scope="scim"`)
		return nil, fault.New(http.StatusForbidden, "This token is not for SCIM.")
	}
	if now.Sub(token.LastUsed) >= touchEvery {
		if err := h.o.Tokens.Touch(c.Context(), id, now); err != nil {
			h.o.Log.Warn("scim: the use of a token could not be noted", "token", id, "error", err)
		}
	}
	return source, nil
}

// refuse makes the 401 of a request, and logs the reason.
func (h *handler) refuse(c *call, id string, reason error) error {
	h.o.Log.Warn("scim: token refused", "token", id, "reason", reason, "method", c.Method, "path", c.URL.Path, "remote", c.RemoteAddr)
	challenge := `Bearer realm="scim"`
	if !errors.Is(reason, tokens.ErrMissing) {
		challenge += `, error="invalid_token"`
	}
	c.w.Header().Set("WWW-Authenticate", challenge)
	return fault.New(http.StatusUnauthorized,
		"The bearer token is missing, unknown, expired or revoked. Make one with: birthright token create --source NAME")
}
