package okta

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"birthright/internal/httpkit"
)

// wire is the SDK's network: it takes the SDK's requests to the kit. Whatever is not
// a success comes back as an error, before the SDK can think of asking again.
type wire struct{ client *httpkit.Client }

// RoundTrip asks once. The SDK's own credentials, which are none, are left behind.
func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	r, err := asked(req)
	if err != nil {
		return nil, err
	}
	resp, err := w.client.Do(req.Context(), r)
	if err == nil {
		err = sound(resp)
	}
	if f := httpkit.AsFailure(err); f != nil {
		return nil, refused{f}
	}
	if err != nil {
		return nil, err
	}
	return answered(req, resp), nil
}

// refused is a failure that the SDK cannot look into: it would ask again where the
// cause is an io.EOF, for ever.
type refused struct{ failure *httpkit.Failure }

func (r refused) Error() string { return r.failure.Error() }

// As finds the failure for errors.As, and nothing below it.
func (r refused) As(target any) bool {
	f, ok := target.(**httpkit.Failure)
	if ok {
		*f = r.failure
	}
	return ok
}

// asked is the SDK's request as the kit's.
func asked(req *http.Request) (httpkit.Request, error) {
	r := httpkit.Request{
		Method: req.Method, Path: req.URL.EscapedPath(), Query: req.URL.Query(), Accept: req.Header.Get("Accept"),
		Scope: scope(req.URL.Path), Removes: removes(req),
	}
	if req.Body == nil || req.Body == http.NoBody {
		return r, nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	r.Body, r.ContentType = body, "application/json"
	return r, err
}

// scope is the class of endpoints that has a budget of its own.
func scope(path string) string {
	switch rest := strings.TrimPrefix(path, "/api/v1/"); {
	case rest == "users", rest == "groups":
		return rest
	case strings.HasPrefix(rest, "users/"):
		return "user"
	case strings.HasPrefix(rest, "groups/rules"):
		return "rules"
	}
	return "group"
}

// removes reports whether the request takes access away.
func removes(req *http.Request) bool {
	return req.Method == http.MethodDelete || strings.HasSuffix(req.URL.Path, "/suspend") || strings.HasSuffix(req.URL.Path, "/deactivate")
}

// sound refuses a success that Okta does not send: a page to sign in, or a link that
// cannot be read, over which the SDK would fall.
func sound(resp *httpkit.Response) error {
	fail := func(text string) error {
		return &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status, Err: errors.New(text),
			Hint: "something between us and Okta may have answered: check url"}
	}
	if len(resp.Body) > 0 && !json.Valid(resp.Body) {
		return fail("success, but the answer is not JSON")
	}
	for _, link := range links(resp.Header) {
		target, params, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if u, err := url.Parse(target); !ok || err != nil || u.Path == "" || !strings.HasPrefix(strings.TrimSpace(params), ";") {
			return fail("the link to the next page cannot be read")
		}
	}
	return nil
}

// answered is the kit's answer as the SDK wants it: JSON, and one link a header.
func answered(req *http.Request, resp *httpkit.Response) *http.Response {
	h := resp.Header.Clone()
	h.Set("Content-Type", "application/json")
	h.Del("Link")
	for _, link := range links(resp.Header) {
		h.Add("Link", link)
	}
	return &http.Response{
		Status: http.StatusText(resp.Status), StatusCode: resp.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(resp.Body)), ContentLength: int64(len(resp.Body)), Request: req,
	}
}

// links returns the links of an answer, those apart that something on the way has
// put into one header.
func links(h http.Header) []string {
	var out []string
	for _, value := range h.Values("Link") {
		for link := range strings.SplitSeq(value, ", <") {
			link = strings.TrimSpace(link)
			if link != "" && !strings.HasPrefix(link, "<") {
				link = "<" + link
			}
			if link != "" {
				out = append(out, link)
			}
		}
	}
	return out
}
