package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"birthright/identity"
	"birthright/internal/httpkit"
)

const media = "application/scim+json"

// server is what was learned of the server. Fields are read and written under
// Target.mu.
type server struct {
	// noPatch and noFilter are true once the server said so, in its document or
	// by refusing. Silence is no answer: without a document both are tried.
	noPatch, noFilter bool
	// noMemberFilter is true once it refused to filter groups by member.
	noMemberFilter bool
	// documented is true where a ServiceProviderConfig could be read.
	documented bool
}

// learn reads ServiceProviderConfig once. A server without one, or with one
// that cannot be read, is asked nothing more than PATCH and eq filters, each
// given up when refused. An error means that the server did not answer at all.
func (t *Target) learn(ctx context.Context) error {
	t.mu.Lock()
	known := t.server != nil
	t.mu.Unlock()
	if known {
		return nil
	}
	return t.learnAgain(ctx)
}

// learnAgain does so even if the document was read before.
func (t *Target) learnAgain(ctx context.Context) error {
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: "/ServiceProviderConfig", Accept: media})
	learned := server{}
	switch f := httpkit.AsFailure(err); {
	case err == nil:
		learned = parseServer(resp.Body)
	case f != nil && (f.Status == 0 || f.Kind() == identity.Throttled || f.Kind() == identity.Unavailable):
		return err
	}
	if !learned.documented {
		t.log.Info("no readable ServiceProviderConfig; PATCH and filters are tried")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.server = &learned
	return nil
}

// parseServer reads the document (RFC 7643 section 5).
func parseServer(body []byte) server {
	type feature struct {
		Supported *bool `json:"supported"`
	}
	var in struct {
		Patch, Filter *feature
	}
	if json.Unmarshal(body, &in) != nil || in.Patch == nil || in.Patch.Supported == nil {
		return server{}
	}
	out := server{documented: true, noPatch: !*in.Patch.Supported}
	if in.Filter != nil && in.Filter.Supported != nil {
		out.noFilter = !*in.Filter.Supported
	}
	return out
}

// knows returns what is known of the server by now.
func (t *Target) knows() server {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server == nil {
		return server{}
	}
	return *t.server
}

// note changes what is known of the server.
func (t *Target) note(change func(*server)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.server == nil {
		t.server = &server{}
	}
	change(t.server)
}

// send writes body to path and returns the answer.
func (t *Target) send(ctx context.Context, method, path string, body any, ifMatch string) (*httpkit.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return sane(t.client.Do(ctx, httpkit.Request{
		Method: method, Path: path, Body: data, ContentType: media, Accept: media, IfMatch: ifMatch,
	}))
}

// remove deletes what is at path.
func (t *Target) remove(ctx context.Context, path string) (*httpkit.Response, error) {
	return sane(t.client.Do(ctx, httpkit.Request{Method: http.MethodDelete, Path: path, Accept: media}))
}

// sane refuses a success that no SCIM server sends: a page to sign in, served
// with 200 by something in between, is not a change made.
func sane(resp *httpkit.Response, err error) (*httpkit.Response, error) {
	if err != nil || len(resp.Body) == 0 {
		return resp, err
	}
	var any resource
	if json.Unmarshal(resp.Body, &any) != nil {
		return nil, &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status,
			Err: errors.New("success, but the answer is not JSON"), Hint: "something between us and the server may have answered"}
	}
	return resp, nil
}

// get reads one resource. Its error wraps identity.NotFound's failure where
// there is none.
func (t *Target) get(ctx context.Context, path string, q url.Values) (resource, *httpkit.Response, error) {
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: path, Query: q, Accept: media})
	if err != nil {
		return nil, nil, err
	}
	var r resource
	if err := json.Unmarshal(resp.Body, &r); err != nil {
		return nil, nil, notSCIM(path, err)
	}
	if text(r, "id") == "" {
		return nil, nil, notSCIM(path, errors.New("a resource without id"))
	}
	return r, resp, nil
}

// place is the path of one resource.
func place(endpoint, id string) string { return endpoint + "/" + url.PathEscape(id) }

// notSCIM is the error for an answer that is not what RFC 7644 says.
func notSCIM(path string, err error) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: path, Err: err,
		Hint: "the answer is not what a SCIM 2.0 server sends: check url"}
}

func isMissing(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Kind() == identity.NotFound
}

// unsupported reports whether the server says that it does not do such requests.
func unsupported(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && (f.Status == http.StatusNotImplemented || f.Status == http.StatusMethodNotAllowed)
}

func badFilter(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && (f.Status == http.StatusBadRequest || f.Status == http.StatusNotImplemented)
}
