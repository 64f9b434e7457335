package httpkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/peertext"
	"birthright/internal/trust"
)

// Failure is a request that was not answered with success.
type Failure struct {
	// Request is method and path, without query: that may hold personal data.
	Request string
	// Sent is true where the request may have arrived; false means it surely
	// had no effect.
	Sent bool
	// Status is the HTTP status, 0 where no answer came.
	Status int
	// Type is the SCIM error type or a similar word of the answer, if any.
	Type string
	// RetryAt is when the system asked to come back; zero if it did not say.
	RetryAt time.Time
	// Body is the answer's, for adapters to look at: it is in no message.
	Body []byte
	// Err is the cause, free of secrets.
	Err error
	// Hint is what a person can do.
	Hint string
	// own is true where Err is a finished message about our own secrets.
	own bool
	// limited is true where our own limiter held the request back.
	limited bool
	// throttled is true where the answer's body says to come back later.
	throttled bool
}

// Error returns the request, the cause and the hint.
func (f *Failure) Error() string {
	if f.own {
		return f.Err.Error()
	}
	text := f.Request + ": " + f.Err.Error()
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return text
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Kind says what the failure means to a program.
func (f *Failure) Kind() identity.Kind {
	if f.throttled {
		return identity.Throttled
	}
	switch f.Status {
	case 0:
		if f.limited {
			return identity.Throttled
		}
		if f.own {
			return identity.KindOf(f.Err)
		}
		return identity.Unavailable
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return identity.Denied
	case http.StatusNotFound, http.StatusGone:
		return identity.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return identity.Conflict
	case http.StatusTooManyRequests:
		return identity.Throttled
	}
	switch {
	case f.Status == http.StatusServiceUnavailable && !f.RetryAt.IsZero():
		return identity.Throttled
	case f.Status >= 500 && f.Status != http.StatusNotImplemented:
		return identity.Unavailable
	case f.Status/100 == 2:
		return identity.Incomplete
	}
	return identity.Invalid
}

// AsFailure returns the *Failure in err's chain, nil if there is none.
func AsFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// transportFailure classifies an error of net/http.
func (c *Client) transportFailure(r Request, err error, sent bool, creds *credentials) *Failure {
	f := &Failure{Request: r.name(), Sent: sent}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // drops the URL with its query
	}
	f.Hint = transportHint(err, sent)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	}
	f.Err = redacted{creds.redact(err.Error()), err}
	return f
}

// redacted is an error whose text is cleaned while programs still see the cause.
type redacted struct {
	text  string
	cause error
}

func (r redacted) Error() string { return r.text }
func (r redacted) Unwrap() error { return r.cause }

func transportHint(err error, sent bool) string {
	var dns *net.DNSError
	var elsewhere *deniedAddress
	remedy := trust.Remedy(err)
	switch {
	case errors.As(err, &elsewhere):
		return "check url and who answers for its name, or add the address to allow_networks"
	case errors.As(err, &dns):
		return "check the host name in url"
	case remedy != "":
		return remedy
	case sent:
		return ""
	}
	return "check that the system is up and url is right"
}

// refusal makes a failure of an answer that is not 2xx.
func (c *Client) refusal(r Request, resp *http.Response, body []byte, creds *credentials) *Failure {
	f := &Failure{Request: r.name(), Sent: true, Status: resp.StatusCode, Body: body, throttled: c.throttles(resp, body)}
	f.RetryAt = RetryAfter(resp.Header.Get("Retry-After"), c.opt.Now())
	detail, kind := explain(resp.Header.Get("Content-Type"), body)
	f.Type = peertext.Clip(creds.redact(kind), 40)
	text := fmt.Sprintf("HTTP %d", resp.StatusCode)
	if words := http.StatusText(resp.StatusCode); words != "" {
		text += " " + words
	}
	if f.Type != "" {
		text += ", " + f.Type
	}
	if detail != "" {
		text += ": " + peertext.Clip(creds.redact(detail), 300)
	}
	if id := requestID(resp.Header); id != "" {
		text += ", request " + peertext.Clip(creds.redact(id), 80) // what the system's support asks for
	}
	f.Err = errors.New(text)
	switch {
	case f.throttled:
	case resp.StatusCode/100 == 3:
		f.Hint = "the server sends us elsewhere, and credentials are not taken along: put the final address into url"
	case resp.StatusCode == http.StatusUnauthorized:
		f.Hint = "the token is missing, wrong or expired: check token"
	case resp.StatusCode == http.StatusForbidden:
		f.Hint = "the token does not have the right to do this"
	}
	return f
}

// requestIDs are the headers by which systems name a request.
var requestIDs = []string{
	"X-Request-Id", "Request-Id", "X-Github-Request-Id", "X-Okta-Request-Id", "X-Amzn-Requestid", "X-Slack-Req-Id", "Atl-Traceid",
}

func requestID(h http.Header) string {
	for _, name := range requestIDs {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// explain takes what a JSON error body says: SCIM's detail and scimType, RFC
// 9457's title and detail, RFC 8935's description and err, or what vendors write,
// in an object, in one named error, or in a list of them.
func explain(contentType string, body []byte) (detail, kind string) {
	var in any
	if !strings.Contains(contentType, "json") || json.Unmarshal(body, &in) != nil {
		return "", ""
	}
	for _, o := range objects(in) {
		detail = first(o, detail, "detail", "message", "errorSummary", "error_description", "description", "title", "error")
		kind = first(o, kind, "scimType", "err", "errorCode", "code", "__type")
	}
	return detail, kind
}

// objects returns the objects of an error body, the innermost first.
func objects(in any) []map[string]any {
	switch v := in.(type) {
	case []any:
		if len(v) > 0 {
			return objects(v[0])
		}
	case map[string]any:
		var out []map[string]any
		for _, name := range []string{"error", "errors"} {
			out = append(out, objects(v[name])...)
		}
		if texts, ok := v["errorMessages"].([]any); ok && len(texts) > 0 {
			out = append(out, map[string]any{"message": texts[0]})
		}
		return append(out, v)
	}
	return nil
}

// first returns known, or the first of the named fields that has a text.
func first(o map[string]any, known string, names ...string) string {
	for _, name := range names {
		if text, ok := o[name].(string); ok && known == "" {
			known = text
		}
	}
	return known
}
