package httpkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birthright/internal/secret"
	"birthright/internal/trust"
)

// The limits that hold where Options say nothing.
const (
	defaultTimeout   = 30 * time.Second
	defaultMaxAnswer = 64 << 20
)

// Options make a Client.
type Options struct {
	// Base is the URL that request paths are appended to; see CheckURL.
	Base string
	// Token is sent as a bearer token; the zero value sends none.
	Token secret.Ref
	// Scheme stands before the token; "" means "Bearer ".
	Scheme string
	// Headers are sent with every request.
	Headers []Header
	// Dir is where relative secret files start.
	Dir string
	TLS trust.TLS
	// UserAgent names the program; "" means "birthright".
	UserAgent string
	// Timeout bounds one request with its answer; 0 means 30 seconds.
	Timeout time.Duration
	// MaxAnswer bounds an answer in bytes; 0 means 64 MiB.
	MaxAnswer int64
	// Now tells the time, for Retry-After; nil means time.Now.
	Now func() time.Time
}

// Header is one header of every request; the value may be a secret.
type Header struct {
	Name  string     `yaml:"name"`
	Value secret.Ref `yaml:"value"`
}

// Client sends requests to one system. It is safe for concurrent use.
type Client struct {
	opt  Options
	base string
	http *http.Client

	mu     sync.Mutex
	secret *credentials // nil until needed, and after a 401
}

// Request is one request. Path starts with a slash and is escaped already.
type Request struct {
	Method, Path string
	Query        url.Values
	// Body is sent as ContentType; nil sends none.
	Body                []byte
	ContentType, Accept string
	// IfMatch makes the request conditional; "" does not.
	IfMatch string
	// Header is what only this request is sent with.
	Header map[string]string
}

// Response is an answer with a 2xx status.
type Response struct {
	Request string // method and path, for messages
	Status  int
	Header  http.Header
	Body    []byte
}

// New makes a client without connecting.
func New(opt Options) (*Client, error) {
	if opt.Timeout <= 0 {
		opt.Timeout = defaultTimeout
	}
	if opt.MaxAnswer <= 0 {
		opt.MaxAnswer = defaultMaxAnswer
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "birthright"
	}
	if opt.Scheme == "" {
		opt.Scheme = "Bearer "
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	tlsConfig, err := opt.TLS.Config(opt.Dir, "")
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: min(opt.Timeout, 10*time.Second)}).DialContext,
		TLSClientConfig:       tlsConfig,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{
		opt: opt, base: strings.TrimRight(opt.Base, "/"),
		http: &http.Client{Transport: transport, CheckRedirect: stay},
	}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do sends r and reads the answer whole. Every error is a *Failure.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	creds, err := c.credentials(ctx)
	if err != nil {
		return nil, &Failure{Request: r.name(), Err: err, own: true}
	}
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	var sent atomic.Bool
	req, err := c.build(traced(ctx, &sent), r, creds)
	if err != nil {
		return nil, &Failure{Request: r.name(), Err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.transportFailure(r, err, sent.Load(), creds)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opt.MaxAnswer+1))
	if resp.StatusCode/100 != 2 {
		if resp.StatusCode == http.StatusUnauthorized {
			c.forget(creds)
		}
		return nil, c.refusal(r, resp, body, creds)
	}
	switch {
	case err != nil:
		return nil, c.transportFailure(r, err, true, creds)
	case int64(len(body)) > c.opt.MaxAnswer:
		return nil, &Failure{Request: r.name(), Sent: true, Status: resp.StatusCode,
			Err: fmt.Errorf("the answer is larger than %d MiB", c.opt.MaxAnswer>>20)}
	}
	return &Response{Request: r.name(), Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// traced notes in sent whether the request got a connection. From then on it
// may have arrived. A new attempt on another connection, which net/http makes
// only while nothing was written, starts anew.
func traced(ctx context.Context, sent *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { sent.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
}

func (c *Client) build(ctx context.Context, r Request, creds *credentials) (*http.Request, error) {
	target := c.base + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, target, bytes.NewReader(r.Body))
	if err != nil {
		return nil, errors.New("the request cannot be built: check the url")
	}
	if r.Body == nil {
		req.Body, req.GetBody, req.ContentLength = http.NoBody, nil, 0
	} else {
		req.Header.Set("Content-Type", r.ContentType)
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("User-Agent", c.opt.UserAgent)
	set("Accept", r.Accept)
	set("If-Match", r.IfMatch)
	for name, value := range r.Header {
		set(name, value)
	}
	for name, value := range creds.headers {
		set(name, value)
	}
	return req, nil
}

func (r Request) name() string { return r.Method + " " + r.Path }
