package oauth

import (
	"net/http"
	"strings"
	"time"

	"birthright/identity"
)

const grantClientCredentials = "client_credentials"

// grant is the answer to a request that is granted (RFC 6749 section 5.1).
type grant struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// token answers one request for a token.
func (h *handler) token(w http.ResponseWriter, r *http.Request) {
	g, err := h.grant(w, r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	write(w, http.StatusOK, g)
}

// grant carries out one request. What is wrong with its form is told before
// anything is looked up.
func (h *handler) grant(w http.ResponseWriter, r *http.Request) (grant, error) {
	f, err := readForm(w, r)
	if err != nil {
		return grant{}, err
	}
	switch f["grant_type"] {
	case grantClientCredentials:
	case "":
		return grant{}, badRequest("The parameter grant_type is missing.")
	default:
		return grant{}, &refusal{status: http.StatusBadRequest, code: "unsupported_grant_type", text: "Only the grant type client_credentials is supported."}
	}
	shown, err := f.credentials(r)
	if err != nil {
		return grant{}, err
	}
	now := h.o.Now()
	client, proof, err := h.identify(r.Context(), shown, now)
	if err != nil {
		return grant{}, err
	}
	if err := covered(f["scope"], client.Scope); err != nil {
		return grant{}, err
	}
	plain, token, err := client.Issue(h.o.Rand, now, h.o.Lifetime)
	if err != nil {
		return grant{}, err
	}
	if err := h.o.Clients.Keep(r.Context(), token, proof); err != nil {
		return grant{}, notKept(shown, err)
	}
	h.o.Log.Info("oauth: token issued", "client", client.ID, "source", client.Source, "token", token.ID)
	return grant{AccessToken: plain, TokenType: "Bearer", ExpiresIn: int64(token.ExpiresAt.Sub(now) / time.Second), Scope: token.Scope}, nil
}

// covered refuses a scope beyond what the client has. Asking for none is asking
// for all of that.
func covered(asked, has string) error {
	for _, scope := range strings.Fields(asked) {
		if scope != has {
			return &refusal{status: http.StatusBadRequest, code: "invalid_scope", text: "This client may ask for the scope " + has + " only, or for none."}
		}
	}
	return nil
}

// notKept tells why a token that was made is not given.
func notKept(shown credentials, err error) error {
	switch identity.KindOf(err) {
	case identity.Denied, identity.Conflict:
		return unknownClient(shown, err)
	case identity.Throttled:
		return &refusal{status: http.StatusTooManyRequests, code: "slow_down", text: "Too many assertions. Use each token until it expires.", shown: shown, reason: err}
	}
	return err
}
