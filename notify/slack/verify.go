package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// fresh is how far the time of a request may be from ours, once for how long its
	// signature is remembered: longer than it can be fresh.
	fresh = 5 * time.Minute
	once  = 2 * fresh
	// mostBody bounds a request.
	mostBody = 1 << 20
)

// Mount adds what Slack calls.
func (a *App) Mount(mux *http.ServeMux) {
	mux.HandleFunc("POST /slack/commands", a.verified(a.command))
	mux.HandleFunc("POST /slack/interactions", a.verified(a.interaction))
}

// verified lets a request through if Slack signed it, lately, and nobody has seen it.
func (a *App) verified(next func(w http.ResponseWriter, r *http.Request, form url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
		if err != nil {
			http.Error(w, "the request cannot be read", http.StatusBadRequest)
			return
		}
		secret, err := a.o.SigningSecret(r.Context())
		if err != nil {
			a.o.Log.Error("slack", "doing", "read signing_secret", "error", err)
			http.Error(w, "the hub cannot check the signature", http.StatusServiceUnavailable)
			return
		}
		if err := signed(r.Header, body, secret, a.o.Now()); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		before, err := a.o.Register.Seen(r.Context(), strings.ToLower(r.Header.Get("X-Slack-Signature")), once)
		if err != nil {
			a.o.Log.Error("slack", "doing", "remember a signature", "error", err)
			http.Error(w, "the hub cannot answer now", http.StatusServiceUnavailable)
			return
		}
		if before {
			http.Error(w, "the request was taken before", http.StatusConflict)
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			http.Error(w, "the request is no form", http.StatusBadRequest)
			return
		}
		next(w, r, form)
	}
}

// signed checks the signature v0 of a request and its age.
func signed(h http.Header, body []byte, secret string, now time.Time) error {
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errors.New("the request has no time")
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > fresh {
		return errors.New("the request is not of now: see that the clocks are right")
	}
	text, marked := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	given, err := hex.DecodeString(text)
	if err != nil || !marked || secret == "" {
		return errors.New("the request is not signed")
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil), given) {
		return errors.New("the signature is not Slack's: see that signing_secret is the app's")
	}
	return nil
}
