package httpkit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"birthright/identity"
)

// Through is what a vendor's SDK says of the requests that it sends through a Client.
type Through struct {
	// Describe returns what a request draws on: its Scope, Cost, Removes and Reads,
	// and, where method and path do not tell, a better name for it in Method and
	// Path. The rest is not looked at. nil knows only the "" budget, and that GET reads.
	Describe func(req *http.Request, body []byte) Request
	// Throttled reports whether an answer that is no success says to come back later;
	// nil knows 429, and 503 with Retry-After.
	Throttled func(resp *http.Response, body []byte) bool
}

// RoundTripper returns what a vendor's SDK sends with: it keeps to the limits, counts,
// records, and reaches only what Client.Do would, but adds no credentials, for the SDK
// signs what it sends. The SDK's own retries belong off: what only reads is asked again
// here when told to wait, all else is the engine's to repeat.
//
// An answer comes whole and as the system gave it. Held back by a limit, not sent, cut
// off, too large and redirected is a *Failure, which AsFailure finds in the SDK's error.
func (c *Client) RoundTripper(through Through) http.RoundTripper {
	return &roundTripper{c, through}
}

type roundTripper struct {
	c       *Client
	through Through
}

// RoundTrip sends req in its turn.
func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := takeBody(req)
	if err != nil {
		return nil, &Failure{Request: req.Method + " " + req.URL.Path, Err: err}
	}
	r := t.describe(req, body)
	for tries := 0; ; tries++ {
		if f := t.c.await(req.Context(), r); f != nil {
			return nil, f
		}
		resp, again, err := t.once(req, body, r)
		if err != nil {
			return nil, err
		}
		if !again || !t.c.opt.Patient || !r.reads() || tries == mostTries {
			return resp, nil
		}
	}
}

func (t *roundTripper) describe(req *http.Request, body []byte) Request {
	var r Request
	if t.through.Describe != nil {
		r = t.through.Describe(req, body)
	}
	if r.Method == "" {
		r.Method = req.Method
	}
	if r.Path == "" {
		r.Path = req.URL.Path
	}
	return r
}

// once sends req and reads the answer whole. again is true where that says to wait.
func (t *roundTripper) once(req *http.Request, body []byte, r Request) (resp *http.Response, again bool, err error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.c.opt.Timeout)
	defer cancel()
	var sent atomic.Bool
	resp, err = t.c.wire.RoundTrip(withBody(req.Clone(traced(ctx, &sent)), body))
	if err != nil {
		return nil, false, t.c.transportFailure(r, err, sent.Load(), t.known())
	}
	defer resp.Body.Close()
	t.c.observe(r, resp)
	answer, err := io.ReadAll(io.LimitReader(resp.Body, t.c.opt.MaxAnswer+1))
	switch {
	case err != nil:
		return nil, false, t.c.transportFailure(r, err, true, t.known())
	case int64(len(answer)) > t.c.opt.MaxAnswer:
		return nil, false, &Failure{Request: r.name(), Sent: true, Status: resp.StatusCode,
			Err: fmt.Errorf("the answer is larger than %d MiB", t.c.opt.MaxAnswer>>20)}
	}
	resp.Body, resp.Request = io.NopCloser(bytes.NewReader(answer)), req
	if resp.StatusCode/100 == 2 {
		return resp, false, nil
	}
	f := t.refusal(r, resp, answer)
	t.c.told(r, f)
	if resp.StatusCode/100 == 3 {
		return nil, false, f // http.Client would follow it
	}
	return resp, f.Kind() == identity.Throttled, nil
}

// refusal is what an answer comes to that is no success.
func (t *roundTripper) refusal(r Request, resp *http.Response, answer []byte) *Failure {
	f := t.c.refusal(r, resp, answer, t.known())
	if t.through.Throttled != nil && t.through.Throttled(resp, answer) {
		f.Status = http.StatusTooManyRequests
	}
	return f
}

// known is the secrets that messages must not hold: the client's own, if it has any.
func (t *roundTripper) known() *credentials {
	if creds := t.c.secret.Load(); creds != nil {
		return creds
	}
	return &credentials{}
}

// takeBody reads what is to be sent, for it may be sent more than once.
func takeBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}

func withBody(req *http.Request, body []byte) *http.Request {
	if body == nil {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
		return req
	}
	get := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, _ = get()
	req.GetBody, req.ContentLength = get, int64(len(body))
	return req
}

// CloseIdleConnections lets go of idle connections.
func (t *roundTripper) CloseIdleConnections() { t.c.http.CloseIdleConnections() }
