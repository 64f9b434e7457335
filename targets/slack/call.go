package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// answer is what all answers have.
type answer struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Needed   string `json:"needed"`
	Metadata struct {
		NextCursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// apiError is an answer with ok:false. Slack names what is wrong in a word.
type apiError struct{ method, code, needed string }

func (e apiError) Error() string {
	text := e.method + ": " + e.code
	if e.needed != "" {
		text += ", needed: " + e.needed
	}
	return text
}

// code is the word by which Slack refused; "" where it did not.
func code(err error) string {
	var e apiError
	if errors.As(err, &e) {
		return e.code
	}
	return ""
}

// errNoAccount and errNoEntitlement say that what an op names is not there.
var (
	errNoAccount     = errors.New("no such account")
	errNoEntitlement = errors.New("no such entitlement")
)

// What Slack's words mean.
var (
	rights = []string{
		"missing_scope", "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "permission_denied", "no_permission",
		"restricted_action", "not_allowed_token_type", "access_denied", "org_login_required", "ekm_access_denied", "cant_invite", "cant_kick_from_general",
	}
	dead  = []string{"not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive"}
	gone  = []string{"user_not_found", "users_not_found", "user_not_visible", "channel_not_found", "no_such_subteam", "subteam_not_found"}
	fuzzy = []string{"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)

func (e apiError) kind() identity.Kind {
	switch {
	case slices.Contains(rights, e.code):
		return identity.Denied
	case slices.Contains(gone, e.code):
		return identity.NotFound
	case slices.Contains(fuzzy, e.code):
		return identity.Unavailable
	}
	return identity.Invalid
}

// throttled knows the answer that says to wait though its status is 200.
func throttled(status int, body []byte) bool {
	var a answer
	return status/100 == 2 && json.Unmarshal(body, &a) == nil && !a.OK && (a.Error == "ratelimited" || a.Error == "rate_limited")
}

// get asks a method that only reads.
func (t *Target) get(ctx context.Context, method string, q url.Values, out any) (answer, error) {
	return t.call(ctx, httpkit.Request{Method: http.MethodGet, Path: "/" + method, Query: q, Scope: method}, out)
}

// post calls a method that changes something.
func (t *Target) post(ctx context.Context, method string, form url.Values, removes bool, out any) error {
	_, err := t.call(ctx, httpkit.Request{
		Method: http.MethodPost, Path: "/" + method, Body: []byte(form.Encode()), ContentType: "application/x-www-form-urlencoded",
		Scope: method, Removes: removes,
	}, out)
	return err
}

func (t *Target) call(ctx context.Context, r httpkit.Request, out any) (answer, error) {
	var a answer
	resp, err := t.client.JSON(ctx, r, nil, &a)
	switch {
	case err != nil:
		return a, err
	case !a.OK && a.Error == "":
		return a, &httpkit.Failure{Request: resp.Request, Sent: true, Status: resp.Status, Err: errors.New("success, but the answer is not Slack's")}
	case !a.OK:
		return a, apiError{r.Path[1:], a.Error, a.Needed}
	case out == nil:
		return a, nil
	}
	return a, resp.Decode(out)
}

// each reads a list whole, page by page. take decodes a page.
func (t *Target) each(ctx context.Context, method string, q url.Values, take func(page *httpkit.Response) error) error {
	next := func(r httpkit.Request, resp *httpkit.Response) (httpkit.Request, bool, error) {
		var a answer
		if err := resp.Decode(&a); err != nil || a.Metadata.NextCursor == "" {
			return r, false, err
		}
		q := url.Values{}
		for name, values := range r.Query {
			q[name] = values
		}
		q.Set("cursor", a.Metadata.NextCursor)
		r.Query = q
		return r, true, nil
	}
	first := httpkit.Request{Method: http.MethodGet, Path: "/" + method, Query: q, Scope: method}
	for resp, err := range t.client.Pages(ctx, first, next) {
		if err != nil {
			return err
		}
		var a answer
		switch err := resp.Decode(&a); {
		case err != nil:
			return err
		case !a.OK:
			return apiError{method, a.Error, a.Needed}
		}
		if err := take(resp); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// result turns the error of a write into the result of op.
func result(op targets.Op, err error) targets.Result {
	var e apiError
	switch {
	case err == nil:
		return targets.Result{Outcome: targets.Done}
	case errors.Is(err, errNoAccount), errors.Is(err, errNoEntitlement):
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	case !errors.As(err, &e):
		return httpkit.Result(op, err)
	}
	outcome := targets.Refused
	switch e.kind() {
	case identity.NotFound:
		outcome = targets.Stale
	case identity.Unavailable:
		outcome = targets.Unknown
	}
	return targets.Failed(op, outcome, e.kind(), err)
}

// looked is the result where only a look-up failed: nothing was changed.
func looked(op targets.Op, err error) targets.Result {
	r := result(op, err)
	if r.Outcome == targets.Unknown {
		r.Outcome = targets.Unreachable
	}
	return r
}

// unread gives the error of a read its kind.
func (t *Target) unread(err error) error {
	out := &identity.Error{Kind: identity.KindOf(err), Op: "read target", Object: t.name, Err: err}
	var e apiError
	switch f := httpkit.AsFailure(err); {
	case f != nil:
		out.Kind = f.Kind()
	case errors.As(err, &e):
		out.Kind = e.kind()
		if e.needed != "" {
			out.Hint = fmt.Sprintf("add the scope %s to the app and install it anew", e.needed)
		}
	default:
		return err
	}
	return out
}

// hopeless reports whether the next request would end like this one.
func hopeless(err error) bool {
	if f := httpkit.AsFailure(err); f != nil {
		return f.Kind() != identity.Throttled && (f.Status == 0 && !f.Sent || f.Status == http.StatusUnauthorized)
	}
	return slices.Contains(dead, code(err))
}
