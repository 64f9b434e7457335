package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"birthright/identity"
	"birthright/store"
	"birthright/tokens"
)

// touchEvery is how often the use of a token is noted at most.
const touchEvery = time.Minute

// The kinds of refusal at the door.
var (
	errRefused = errors.New("the token was refused") // why is in the log alone
	errScope   = errors.New("this token is not for this receiver's signals")
)

// authenticate returns the receiver that the path names, if the request's token
// is that receiver's. The client is told that a token was refused; why is in the
// log. That a receiver does not exist is told only to who may ask.
func (t *Transmitter) authenticate(w http.ResponseWriter, q *http.Request) (Receiver, error) {
	row, err := t.verify(q)
	if err != nil {
		return Receiver{}, t.challenge(w, q, err)
	}
	name := q.PathValue("receiver")
	i := slices.IndexFunc(t.Receivers, func(r Receiver) bool { return r.Name == name && r.Endpoint == nil })
	if row.Scope != tokens.ScopeSignals || row.Source != name || i < 0 {
		w.Header().Set("WWW-Authenticate", `Bearer realm="signals", error="insufficient_scope", scope="signals"`)
		return Receiver{}, &identity.Error{Kind: identity.Denied, Err: errScope}
	}
	t.touch(q.Context(), row)
	return t.Receivers[i], nil
}

// verify returns the stored token of a request.
func (t *Transmitter) verify(q *http.Request) (row store.TokenRow, err error) {
	plain, err := tokens.Bearer(q.Header.Values("Authorization"))
	if err != nil {
		return row, err
	}
	id, err := tokens.Parse(plain)
	if err != nil {
		return row, err
	}
	err = t.Store.View(q.Context(), func(tx *store.Tx) error {
		row, err = tx.TokenByID(q.Context(), id)
		return err
	})
	if err != nil {
		return row, err
	}
	return row, tokens.Token(row).Verify(plain, t.Now())
}

// challenge makes the 401 of a request and logs the reason. A database that does
// not answer is no verdict on a token.
func (t *Transmitter) challenge(w http.ResponseWriter, q *http.Request, reason error) error {
	var fault *identity.Error
	if errors.As(reason, &fault) && fault.Kind != identity.NotFound || q.Context().Err() != nil {
		return reason
	}
	t.Log.Warn("signals: token refused", "reason", reason, "path", q.URL.Path, "remote", q.RemoteAddr)
	challenge := `Bearer realm="signals"`
	if !errors.Is(reason, tokens.ErrMissing) {
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	return errRefused
}

func (t *Transmitter) touch(ctx context.Context, row store.TokenRow) {
	now := t.Now()
	if now.Sub(row.LastUsed) < touchEvery {
		return
	}
	err := t.Store.Update(ctx, func(tx *store.Tx) error { return tx.TouchToken(ctx, row.ID, now) })
	if err != nil {
		t.Log.Warn("signals: the use of a token could not be noted", "token", row.ID, "error", err)
	}
}

// fail answers with an error in the form of RFC 8935 section 2.3. What is our own
// fault is told to the log alone.
func (t *Transmitter) fail(w http.ResponseWriter, q *http.Request, err error) {
	status, code, text := http.StatusInternalServerError, "internal_error", "The hub cannot answer now. Its log says why."
	switch {
	case errors.Is(err, errRefused):
		status, code = http.StatusUnauthorized, "authentication_failed"
		text = "The bearer token is missing, unknown, expired or revoked. Make one with: birthright token create --receiver NAME"
	case errors.Is(err, errScope):
		status, code, text = http.StatusForbidden, "access_denied", "This token is not for this receiver's signals."
	case identity.KindOf(err) == identity.Invalid:
		status, code, text = http.StatusBadRequest, "invalid_request", err.Error()
	case identity.KindOf(err) == identity.Throttled:
		w.Header().Set("Retry-After", "5")
		status, code, text = http.StatusTooManyRequests, "too_many_requests", err.Error()
	case q.Context().Err() != nil:
		return // nobody listens any more
	default:
		t.Log.Error("signals", "path", q.URL.Path, "error", err)
	}
	w.Header().Set("Content-Language", "en")
	respond(w, status, map[string]string{"err": code, "description": text})
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody is there to hear of a failure
}
