package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// prefix is where the API is, and page the largest page that it gives.
const (
	prefix = "/api/v1"
	page   = "200"
)

// patience is how long an answer may take; a sync of everything takes its time.
const patience = 30 * time.Minute

// Client speaks to one hub as one token.
type Client struct {
	base, token string
	http        *http.Client
	newID       func() string
	// Progress, if set, hears how far long work on the hub is; total is 0 when unknown.
	Progress func(subject, step string, done, total int)
	// Hint, if set, says how a part of the input is given, "" where it cannot say.
	Hint func(field string) string
}

// New returns a client of the hub at server. newID makes the keys by which the hub knows
// that a request came before.
func New(server, token string, newID func() string) (*Client, error) {
	u, err := url.Parse(server)
	fault := func(why, hint string) error {
		return &identity.Error{Kind: identity.Invalid, Op: "use --server " + server, Err: errors.New(why), Hint: hint}
	}
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fault("it is no address of a hub", "write it as https://hub.example.com")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fault("an address has no user, query or fragment", "the token goes into $BIRTHRIGHT_TOKEN")
	case u.Scheme == "http" && !local(u.Hostname()):
		return nil, fault("over plain HTTP the token could be read on its way", "write https://")
	case token == "":
		return nil, fault("there is no token", "set $BIRTHRIGHT_TOKEN, or name a file with --token-file; `birthright token create` makes one")
	}
	c := &Client{base: strings.TrimSuffix(u.String(), "/") + prefix, token: token, newID: newID}
	c.http = &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, nil
}

func local(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// get asks for something.
func (c *Client) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, into)
}

// post has something done. The hub does it once, however often the request arrives.
func (c *Client) post(ctx context.Context, path string, body, into any) error {
	return c.do(ctx, http.MethodPost, path, body, into)
}

// do sends one request and reads the answer into a value, nil for nothing.
func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	r, err := c.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return c.refusal(answer)
	}
	if into == nil || answer.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return &identity.Error{Kind: identity.Incomplete, Op: "read the answer of " + c.base, Err: err, Hint: "is it a Birthright of this version?"}
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var in io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost && !secret(path) {
		r.Header.Set("Idempotency-Key", c.newID())
	}
	return r, nil
}

// secret reports whether the answer holds a secret, which the hub keeps for nobody.
func secret(path string) bool { return path == "/tokens" || path == "/clients" }

func (c *Client) unreachable(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which is said already
	}
	return &identity.Error{Kind: identity.Unavailable, Op: "reach the hub at " + strings.TrimSuffix(c.base, prefix), Err: err}
}

// kinds are the kinds of error that the statuses of the API stand for.
var kinds = map[int]identity.Kind{
	http.StatusUnprocessableEntity: identity.Invalid, http.StatusBadRequest: identity.Invalid, http.StatusNotFound: identity.NotFound,
	http.StatusForbidden: identity.Denied, http.StatusUnauthorized: identity.Denied, http.StatusConflict: identity.Conflict,
	http.StatusTooManyRequests: identity.Throttled, http.StatusServiceUnavailable: identity.Unavailable,
}

// refusal is what the hub says is wrong (RFC 9457).
func (c *Client) refusal(answer *http.Response) error {
	var p struct {
		Detail, Hint, Instance string
		Errors                 []part
		Faults                 strictyaml.Faults
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	_ = json.Unmarshal(text, &p) // whatever else it is, the status says enough
	e := &identity.Error{Kind: kinds[answer.StatusCode], Err: errors.New(p.Detail), Hint: p.Hint}
	if p.Detail == "" {
		e.Err = fmt.Errorf("the hub at %s answered %s", strings.TrimSuffix(c.base, prefix), answer.Status)
	}
	if len(p.Faults) > 0 {
		e.Err = refused{p.Detail, p.Faults}
	}
	if parts := c.parts(e.Kind, p.Detail, p.Errors); parts != nil {
		e.Err = parts
	}
	for _, one := range p.Errors {
		if !strings.Contains(p.Detail, one.Message) {
			e.Err = fmt.Errorf("%w\n%s: %s", e.Err, one.Location, one.Message)
		}
	}
	if answer.StatusCode == http.StatusUnauthorized {
		e.Hint = "`birthright token create` on the hub's machine makes a token"
	}
	return e
}

// part is one thing that is wrong about what was sent.
type part struct{ Message, Location string }

// parts are what is wrong field by field, each as the hub would say it here: where that is
// all that it says.
func (c *Client) parts(kind identity.Kind, detail string, of []part) error {
	var faults []error
	var lines []string
	for _, one := range of {
		_, field, _ := strings.Cut(one.Location, ".")
		e := &identity.Error{Kind: kind, Field: field, Err: errors.New(one.Message)}
		if c.Hint != nil {
			e.Hint = c.Hint(field)
		}
		faults, lines = append(faults, e), append(lines, one.Message)
	}
	if strings.Join(lines, "\n") != detail {
		return nil
	}
	return errors.Join(faults...)
}

// refused is what the hub says of files, with the faults in them.
type refused struct {
	text   string
	faults strictyaml.Faults
}

// Error is the text of the hub.
func (r refused) Error() string { return r.text }

// Unwrap gives the faults to errors.As.
func (r refused) Unwrap() error { return r.faults }

// values are the parameters of a query; what is empty is left out.
func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

// segment writes a name as a part of a path.
func segment(name string) string { return url.PathEscape(name) }

// download writes a file of the hub. A connection that breaks is an error: what arrived
// is not the whole.
func (c *Client) download(ctx context.Context, path string, query url.Values, w io.Writer) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	r, err := c.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "*/*")
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return c.refusal(answer)
	}
	if _, err := io.Copy(w, answer.Body); err != nil {
		return &identity.Error{Kind: identity.Incomplete, Op: "download from " + strings.TrimSuffix(c.base, prefix), Err: err, Hint: "try again"}
	}
	return nil
}
