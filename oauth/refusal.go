package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"birthright/identity"
	"birthright/tokens"
)

const invalidRequest = "invalid_request"

// refusal is what a client is told (RFC 6749 section 5.2), and what the log is
// told beside it. The text is ASCII without quotation marks: the RFC wants it so.
type refusal struct {
	status     int
	code, text string
	shown      credentials
	reason     error // for the log; nil where the text says it all
}

// Error implements error.
func (r *refusal) Error() string { return r.code + ": " + r.text }

func badRequest(text string) error {
	return &refusal{status: http.StatusBadRequest, code: invalidRequest, text: text}
}

// tooLong tells why a body was not read to its end.
func tooLong(err error) error {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return &refusal{
			status: http.StatusRequestEntityTooLarge, code: invalidRequest, text: "The form is longer than " + strconv.FormatInt(limit.Limit, 10) + " bytes.",
		}
	}
	return badRequest("The form could not be read to its end.")
}

// unknownClient refuses a client in the one way that there is.
func unknownClient(shown credentials, reason error) error {
	return &refusal{
		status: http.StatusUnauthorized, code: "invalid_client", shown: shown, reason: reason,
		text: "The client is unknown, expired or revoked, or its secret or assertion is wrong. Make one with: birthright client create --source NAME",
	}
}

// refuse answers a request that is not granted, and logs why.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var told *refusal
	if !errors.As(err, &told) {
		told = h.general(r, err)
	} else {
		h.log(r, told)
	}
	switch told.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="birthright", charset="UTF-8"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "60")
	}
	write(w, told.status, map[string]string{"error": told.code, "error_description": told.text})
}

// log tells why a client was refused. What it called itself is written only if
// it is the name of a client: a secret may stand in the wrong place.
func (h *handler) log(r *http.Request, told *refusal) {
	client, reason := told.shown.client, told.reason
	if !tokens.IsClientID(client) {
		client = ""
	}
	if reason == nil {
		reason = told
	}
	h.o.Log.Warn("oauth: request refused", "client", client, "reason", reason, "by", told.shown.method, "remote", r.RemoteAddr)
}

// general says in general words what is not for the client to know.
func (h *handler) general(r *http.Request, err error) *refusal {
	told := &refusal{status: http.StatusInternalServerError, code: "server_error", text: "The request could not be carried out; the reason is in the log of the hub."}
	if kind := identity.KindOf(err); kind == identity.Unavailable || kind == identity.Throttled || errors.Is(err, context.DeadlineExceeded) {
		told = &refusal{status: http.StatusServiceUnavailable, code: "temporarily_unavailable", text: "The hub cannot answer now; try again in a minute."}
	}
	level := h.o.Log.Error
	if errors.Is(err, context.Canceled) {
		level = h.o.Log.Warn // the client has gone
	}
	level("oauth: request failed", "error", err, "remote", r.RemoteAddr)
	return told
}

// write sends an answer, which nobody may keep.
func write(w http.ResponseWriter, status int, body any) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(body) // texts and numbers: there is always a form for them
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Pragma", "no-cache")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // the client may be gone; there is nobody to tell
}
