package delivery

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
)

const (
	// pushTimeout bounds one push with its answer.
	pushTimeout = 10 * time.Second
	// mostAnswer bounds an answer: it has two short texts at most.
	mostAnswer = 64 << 10
)

// EndpointSettings make an Endpoint.
type EndpointSettings struct {
	URL     string
	Token   secret.Ref
	Headers []httpkit.Header
	TLS     trust.TLS
	Dir     string // where relative files start
	Now     func() time.Time
	Timeout time.Duration // 0 means 10 seconds
}

// Endpoint is where a receiver takes pushed events.
type Endpoint struct {
	client *httpkit.Client
	path   string
}

// NewEndpoint makes an endpoint without connecting.
func NewEndpoint(s EndpointSettings) (*Endpoint, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if s.Timeout == 0 {
		s.Timeout = pushTimeout
	}
	client, err := httpkit.New(httpkit.Options{
		Base: u.Scheme + "://" + u.Host, Auth: httpkit.Bearer(s.Token), Headers: s.Headers, Dir: s.Dir, TLS: s.TLS,
		Timeout: s.Timeout, MaxAnswer: mostAnswer, Now: s.Now,
	})
	if err != nil {
		return nil, err
	}
	return &Endpoint{client: client, path: path}, nil
}

// Close lets go of idle connections.
func (e *Endpoint) Close() error {
	e.client.Close()
	return nil
}

// verdict is what came of one push.
type verdict struct {
	err     error     // nil: the receiver has it
	refused bool      // the receiver looked at it and will not take it
	retryAt time.Time // when the receiver asked to come back; zero if it did not
}

// failed reports whether it is to be tried again.
func (v verdict) failed() bool { return v.err != nil && !v.refused }

// push sends one token (RFC 8935 section 2). Only 202 says that the receiver has
// it: another success may be that of a login page.
func (e *Endpoint) push(ctx context.Context, token string) verdict {
	answer, err := e.client.Do(ctx, httpkit.Request{
		Method: http.MethodPost, Path: e.path, Body: []byte(token), ContentType: "application/secevent+jwt", Accept: "application/json",
	})
	switch f := httpkit.AsFailure(err); {
	case f != nil:
		return verdict{err: err, refused: refuses(f), retryAt: f.RetryAt}
	case err != nil:
		return verdict{err: err}
	case answer.Status != http.StatusAccepted:
		return verdict{err: fmt.Errorf("%s: HTTP %d where 202 says that the event was taken (check url)", answer.Request, answer.Status)}
	}
	return verdict{}
}

// refuses reports whether the receiver looked at the event and will not take it,
// however often it is sent: 400 with an error code (RFC 8935 section 2.3). Codes
// about who we are, and a 400 without a code, as of a proxy, say nothing about the
// event.
func refuses(f *httpkit.Failure) bool {
	switch f.Type {
	case "", "authentication_failed", "access_denied":
		return false
	}
	return f.Status == http.StatusBadRequest
}
