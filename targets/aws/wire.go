package aws

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"birthright/internal/httpkit"
)

// The scopes of limits, which are also how AWS begins the names of rights.
const (
	scopeSSO   = "sso"
	scopeStore = "identitystore"
	scopeOrgs  = "organizations"
	scopeIAM   = "iam"
	scopeSTS   = "sts"
)

// services are AWS's names for its services where calls are named in a header.
var services = map[string]string{
	"AWSIdentityStore": scopeStore, "SWBExternalService": scopeSSO, "AWSOrganizationsV20161128": scopeOrgs,
}

// describe says what a signed request is: every call to AWS is a POST, and its name
// tells whether it only reads.
func describe(req *http.Request, body []byte) httpkit.Request {
	scope, name := call(req, body)
	return httpkit.Request{Method: scope, Path: name, Scope: scope, Reads: reads(name), Removes: removes(name)}
}

// call returns the service and the name of a call: from a header in the JSON protocol,
// from the form in the older one.
func call(req *http.Request, body []byte) (service, name string) {
	if target := req.Header.Get("X-Amz-Target"); target != "" {
		service, name, _ = strings.Cut(target, ".")
		return services[service], name
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", ""
	}
	service = scopeIAM
	if form.Get("Version") == "2011-06-15" {
		service = scopeSTS
	}
	return service, form.Get("Action")
}

func reads(name string) bool {
	return begins(name, "List", "Describe", "Get") || strings.HasPrefix(name, "AssumeRole")
}

func removes(name string) bool { return begins(name, "Delete", "Remove") }

func begins(name string, words ...string) bool {
	for _, w := range words {
		if strings.HasPrefix(name, w) {
			return true
		}
	}
	return false
}

// errorCode finds AWS's word for an error in either protocol.
var errorCode = regexp.MustCompile(`"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z.]+)"|<Code>([A-Za-z.]+)</Code>`)

// throttled reports whether an answer asks to come back later: AWS says so with 400.
func throttled(_ *http.Response, body []byte) bool {
	found := errorCode.FindSubmatch(body)
	return found != nil && meaning(string(found[1])+string(found[2])) == http.StatusTooManyRequests
}

// plausible refuses a success that is not AWS's: the SDK does not look at the answer
// of a call that returns nothing, and something in between may have given it. A
// waiting time becomes a date, which says the same to whoever reads it later.
type plausible struct {
	next http.RoundTripper
	now  func() time.Time
}

// RoundTrip sends req on and looks at what a success begins with.
func (p plausible) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		if at := httpkit.RetryAfter(resp.Header.Get("Retry-After"), p.now()); !at.IsZero() {
			resp.Header.Set("Retry-After", at.Add(time.Second-time.Nanosecond).UTC().Format(http.TimeFormat))
		}
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body) // whole already, from the kit
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	start := bytes.TrimLeft(body, " \t\r\n")
	if len(start) == 0 || start[0] == '{' || bytes.HasPrefix(start, []byte("<?xml")) || answerForm.Match(start) {
		return resp, nil
	}
	return nil, &httpkit.Failure{Request: nameOf(req), Sent: true, Status: resp.StatusCode,
		Err: errors.New("success, but the answer is not AWS's"), Hint: "something between us and AWS may have answered"}
}

var answerForm = regexp.MustCompile(`^<[A-Za-z]+Response[ >]`)

// nameOf names a request for messages.
func nameOf(req *http.Request) string {
	if target := req.Header.Get("X-Amz-Target"); target != "" {
		service, name, _ := strings.Cut(target, ".")
		return services[service] + " " + name
	}
	return req.Method + " " + req.URL.Host
}

// retryAfter reads what plausible wrote.
func retryAfter(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Retry-After"))
	if err != nil {
		return time.Time{}
	}
	return at
}
