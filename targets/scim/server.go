package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// server is what was learned of the server. Fields are read and written under
// Target.mu.
type server struct {
	// noPatch and noFilter are true once the server said so, in its document or
	// by refusing. Silence is no answer: without a document both are tried.
	noPatch, noFilter bool
	// noMemberFilter is true once it refused to filter groups by member.
	noMemberFilter bool
	// versions is true where it keeps versions, so that a change can be made on condition.
	versions bool
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
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: t.habits.ServiceDocument, Accept: t.habits.ContentType, Scope: userReads})
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
	switch t.habits.Changes {
	case byPatch:
		learned.noPatch = false
	case byPut:
		learned.noPatch = true
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
		Patch, Filter, ETag *feature
	}
	if json.Unmarshal(body, &in) != nil || in.Patch == nil || in.Patch.Supported == nil {
		return server{}
	}
	out := server{documented: true, noPatch: !*in.Patch.Supported}
	if in.Filter != nil && in.Filter.Supported != nil {
		out.noFilter = !*in.Filter.Supported
	}
	out.versions = in.ETag != nil && in.ETag.Supported != nil && *in.ETag.Supported
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

// writing is how something is written.
type writing struct {
	// ifMatch is the version that is to be changed; "" for whatever is there.
	ifMatch string
	// removes is true where access is taken away.
	removes bool
}

// send writes body to path and returns the answer.
func (t *Target) send(ctx context.Context, method, path string, body any, how writing) (*httpkit.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return sane(t.client.Do(ctx, httpkit.Request{
		Method: method, Path: path, Body: data, ContentType: t.habits.ContentType, Accept: t.habits.ContentType,
		IfMatch: how.ifMatch, Removes: how.removes, Scope: writes(path),
	}))
}

// reads and writes are the budgets that a request to path draws on.
func reads(path string) string {
	if strings.HasPrefix(path, groups) {
		return groupReads
	}
	return userReads
}

func writes(path string) string {
	if strings.HasPrefix(path, groups) {
		return groupWrites
	}
	return userWrites
}

// remove deletes what is at path.
func (t *Target) remove(ctx context.Context, path string) (*httpkit.Response, error) {
	return sane(t.client.Do(ctx, httpkit.Request{
		Method: http.MethodDelete, Path: path, Accept: t.habits.ContentType, Removes: true, Scope: writes(path),
	}))
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
	resp, err := t.client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: path, Query: q, Accept: t.habits.ContentType, Scope: reads(path)})
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

// version is what a resource that was read says of itself, "" where the server keeps
// no versions.
func (t *Target) version(r resource, resp *httpkit.Response) string {
	if !t.knows().versions {
		return ""
	}
	if resp != nil && resp.Header.Get("ETag") != "" {
		return resp.Header.Get("ETag")
	}
	return text(object(r, "meta"), "version")
}

// outdated reports whether somebody else changed it since it was read.
func outdated(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Status == http.StatusPreconditionFailed
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
