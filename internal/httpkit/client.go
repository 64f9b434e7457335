package httpkit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
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
	// Auth authorises requests; nil sends none.
	Auth Auth
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
	// Now tells the time, for Retry-After and limits; nil means time.Now.
	Now func() time.Time
	// Networks are allowed although nothing of a company should be there.
	Networks []netip.Prefix
	// Limits are the system's budgets by scope. A request draws on that of its own
	// scope and on that of "".
	Limits []ratelimit.Limit
	// Budgets is where the buckets are kept that targets with one credential share;
	// nil makes buckets for this client alone.
	Budgets *ratelimit.Budgets
	// Readings tells what an answer says of the budgets, by scope; nil reads the
	// usual headers for the request's own.
	Readings func(Request, http.Header) map[string]ratelimit.Reading
	// Throttled tells of an answer whose status does not say so that it means: not
	// done, come back later. nil knows of none.
	Throttled func(status int, body []byte) bool
	// Patient has what only reads wait for its turn, and ask again when the system said
	// to wait: for those who would otherwise begin a long list anew.
	Patient bool
	// Record, if not nil, writes down what is sent and answered.
	Record *Recording
	// Transport stands in for the network: a simulator's. nil is the network.
	Transport http.RoundTripper

	onClose func() error
}

// Header is one header of every request; the value may be a secret.
type Header struct {
	Name  string     `yaml:"name"`
	Value secret.Ref `yaml:"value"`
}

// Client sends requests to one system. It is safe for concurrent use.
type Client struct {
	opt   Options
	base  string
	wire  http.RoundTripper // counts and records; adds no credentials
	http  *http.Client
	calls atomic.Int64
	pace  pace

	mu     sync.Mutex                  // held while credentials are got
	secret atomic.Pointer[credentials] // nil until needed, and after a 401
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
	// Scope is the budget that the request is charged to besides that of "", and
	// Cost what it costs there; 0 means 1.
	Scope string
	Cost  int
	// Removes is true where access is taken away: that does not wait behind others.
	Removes bool
	// Reads is true where asking again does no harm although the method is no GET.
	Reads bool
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
	if opt.Now == nil {
		opt.Now = time.Now
	}
	tlsConfig, err := opt.TLS.Config(opt.Dir, "")
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer(opt.Base, opt.Networks, opt.Timeout).DialContext,
		TLSClientConfig:       tlsConfig,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	var network http.RoundTripper = transport
	if opt.Transport != nil {
		network = opt.Transport
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{opt: opt, base: strings.TrimRight(opt.Base, "/"), pace: newPace(opt)}
	c.wire = recorded{network, c}
	c.http = &http.Client{Transport: c.wire, CheckRedirect: stay}
	return c, nil
}

// Calls returns how many requests were sent so far, those for tokens included.
func (c *Client) Calls() int64 { return c.calls.Load() }

// Close lets go of idle connections and of what a recording writes to.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	if c.opt.onClose != nil {
		_ = c.opt.onClose() // every line was written when it came
	}
}

// Do sends r and reads the answer whole. Every error is a *Failure. It keeps to the
// system's limits: what would have to wait long is not sent and comes back as
// throttled. What only reads is asked again when the system said to wait.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	for tries := 0; ; tries++ {
		if f := c.await(ctx, r); f != nil {
			return nil, f
		}
		resp, err := c.once(ctx, r)
		if err == nil || !c.opt.Patient || !r.reads() || tries == mostTries || AsFailure(err).Kind() != identity.Throttled {
			return resp, err
		}
	}
}

// once sends r.
func (c *Client) once(ctx context.Context, r Request) (*Response, error) {
	creds, err := c.credentials(ctx)
	if err != nil {
		f := &Failure{Request: r.name(), Err: err, own: true}
		var wait toldToWait
		if errors.As(err, &wait) {
			f.RetryAt = wait.until
		}
		c.told(r, f)
		return nil, f
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
	c.observe(r, resp)
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.opt.MaxAnswer+1))
	if resp.StatusCode/100 != 2 {
		if resp.StatusCode == http.StatusUnauthorized {
			c.forget(creds)
		}
		f := c.refusal(r, resp, body, creds)
		c.told(r, f)
		return nil, f
	}
	switch {
	case err != nil:
		return nil, c.transportFailure(r, err, true, creds)
	case int64(len(body)) > c.opt.MaxAnswer:
		return nil, &Failure{Request: r.name(), Sent: true, Status: resp.StatusCode,
			Err: fmt.Errorf("the answer is larger than %d MiB", c.opt.MaxAnswer>>20)}
	}
	if c.throttles(resp, body) {
		f := c.refusal(r, resp, body, creds)
		c.told(r, f)
		return nil, f
	}
	return &Response{Request: r.name(), Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// throttles reports whether the answer means to come back later, which its status
// does not say.
func (c *Client) throttles(resp *http.Response, body []byte) bool {
	return c.opt.Throttled != nil && c.opt.Throttled(resp.StatusCode, body)
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
