package github

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"birthright/identity"
	"birthright/internal/httpkit"
)

const (
	media = "application/vnd.github+json"
	// version is the API's: without it GitHub answers as its newest does.
	version = "2022-11-28"
	// mostSeen bounds the answers, in bytes, that are kept to ask whether they still hold.
	mostSeen = 64 << 20
)

// seen keeps answers by their ETag: what has not changed since is answered with 304,
// which costs nothing of the hour's budget. Of an answer, only what is looked at is
// kept.
type seen struct {
	mu      sync.Mutex
	answers map[string]*httpkit.Response
	size    int
}

func newSeen() *seen { return &seen{answers: map[string]*httpkit.Response{}} }

func (s *seen) get(key string) *httpkit.Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[key]
}

// keep notes an answer as it was understood.
func (s *seen) keep(key string, resp *httpkit.Response, understood any) {
	body, err := json.Marshal(understood)
	if err != nil || resp.Header.Get("ETag") == "" {
		return
	}
	h := http.Header{"Etag": resp.Header.Values("ETag"), "Link": resp.Header.Values("Link")}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.answers[key]; before != nil {
		s.size -= len(before.Body)
	}
	if s.size += len(body); s.size > mostSeen {
		clear(s.answers)
		s.size = len(body)
	}
	s.answers[key] = &httpkit.Response{Request: resp.Request, Status: resp.Status, Header: h, Body: body}
}

// get asks for what path names and reads it into out, with the answer of the last time
// where that holds.
func (t *Target) get(ctx context.Context, r httpkit.Request, out any) (*httpkit.Response, error) {
	r.Method, r.Accept, r.Cost, r.Removes = http.MethodGet, media, readCost, t.removing
	r.Header = map[string]string{"X-GitHub-Api-Version": version}
	key := r.Path + "?" + r.Query.Encode()
	known := t.seen.get(key)
	if known != nil {
		r.Header["If-None-Match"] = known.Header.Get("ETag")
	}
	resp, err := t.client.Do(ctx, r)
	if f := httpkit.AsFailure(err); f != nil && f.Status == http.StatusNotModified && known != nil {
		return known, known.Decode(out)
	}
	if err != nil {
		return nil, err
	}
	if err := resp.Decode(out); err != nil {
		return nil, err
	}
	t.seen.keep(key, resp, out)
	return resp, nil
}

// one reads what path names into out.
func (t *Target) one(ctx context.Context, path string, out any) error {
	_, err := t.get(ctx, httpkit.Request{Path: path}, out)
	return err
}

// list reads every page of a list. A page that was read already is an error: a list
// that goes round would read as whole.
func list[E any](ctx context.Context, t *Target, path string, query url.Values) ([]E, error) {
	r := httpkit.Request{Path: path, Query: url.Values{"per_page": {strconv.Itoa(t.page)}}}
	for name, values := range query {
		r.Query[name] = values
	}
	var all []E
	for asked := map[string]bool{}; ; {
		key := r.Path + "?" + r.Query.Encode()
		if asked[key] {
			return nil, &identity.Error{Kind: identity.Incomplete, Op: "read", Object: path,
				Err: errors.New("GitHub offered a page again that was read already")}
		}
		asked[key] = true
		var page []E
		resp, err := t.get(ctx, r, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		next, more, err := t.client.NextLink(r, resp)
		if err != nil || !more {
			return all, err
		}
		r = next
	}
}

// send changes something; invites is true where somebody may be invited by it.
func (t *Target) send(ctx context.Context, method, path string, invites bool, in, out any) (*httpkit.Response, error) {
	r := httpkit.Request{
		Method: method, Path: path, Accept: media, Cost: writeCost, Removes: t.removing || method == http.MethodDelete,
		Header: map[string]string{"X-GitHub-Api-Version": version},
	}
	if invites {
		r.Scope = invitations
	}
	return t.client.JSON(ctx, r, in, out)
}

// The paths.
func (t *Target) orgPath(rest string) string { return "/orgs/" + url.PathEscape(t.org) + rest }

func (t *Target) membershipPath(login string) string {
	return t.orgPath("/memberships/" + url.PathEscape(login))
}

func (t *Target) teamPath(slug, rest string) string {
	return t.orgPath("/teams/" + url.PathEscape(slug) + rest)
}

func (t *Target) repoPath(name, rest string) string {
	return "/repos/" + url.PathEscape(t.org) + "/" + url.PathEscape(name) + rest
}
