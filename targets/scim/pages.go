package scim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// page is one ListResponse.
type page struct {
	TotalResults *int              `json:"totalResults"`
	StartIndex   int               `json:"startIndex"`
	NextCursor   string            `json:"nextCursor"`
	Resources    []json.RawMessage `json:"Resources"`
}

// taker is handed one resource after the other and returns its id.
type taker func(json.RawMessage) (id string, err error)

// each lists endpoint to its end. It is an error unless what was handed over
// is, by the server's own count, all there is: a total that is missing or
// changes on the way, a page that is empty too early or comes twice, a resource
// seen before.
func (t *Target) each(ctx context.Context, endpoint string, q url.Values, take taker) error {
	return t.walk(ctx, &listing{endpoint: endpoint, take: take, total: -1}, q)
}

// search is each for looking something up: here a list may grow meanwhile, for
// what comes in can push others back, which shows as a resource seen twice, but
// can hide nobody.
func (t *Target) search(ctx context.Context, endpoint string, q url.Values, take taker) error {
	return t.walk(ctx, &listing{endpoint: endpoint, take: take, total: -1, mayGrow: true}, q)
}

func (t *Target) walk(ctx context.Context, l *listing, q url.Values) error {
	l.seen = map[string]struct{}{}
	if t.habits.Paging == byCursor {
		return t.walkByCursor(ctx, l, q)
	}
	for {
		p, err := t.page(ctx, l.endpoint, q, t.window(l.got+1, "", t.habits.PageSize))
		if err != nil {
			return err
		}
		if err := l.add(p); err != nil {
			return err
		}
		if !q.Has("filter") {
			t.noteSize(l.endpoint, l.total)
		}
		if l.got == l.total {
			return nil
		}
	}
}

// listing is how far a list has been read.
type listing struct {
	endpoint string
	take     taker
	mayGrow  bool
	total    int // by the server's count, -1 before the first page
	got      int
	seen     map[string]struct{}
}

// add checks a page and hands its resources over.
func (l *listing) add(p page) error {
	switch {
	case p.TotalResults == nil:
		return l.torn("the answer has no totalResults, so nobody can tell whether it is whole")
	case l.total >= 0 && *p.TotalResults != l.total && !(l.mayGrow && *p.TotalResults > l.total):
		return l.torn("the number of resources changed from %d to %d while they were read", l.total, *p.TotalResults)
	case p.StartIndex > 0 && p.StartIndex != l.got+1:
		return l.torn("asked for the page that starts at %d and got the one at %d", l.got+1, p.StartIndex)
	}
	l.total = *p.TotalResults
	if err := l.takeAll(p); err != nil {
		return err
	}
	switch {
	case l.got > l.total:
		return l.torn("the server says that there are %d and sent %d", l.total, l.got)
	case len(p.Resources) == 0 && l.got < l.total:
		return l.torn("the server says that there are %d and stopped after %d", l.total, l.got)
	}
	return nil
}

// takeAll hands over the resources of a page.
func (l *listing) takeAll(p page) error {
	for _, raw := range p.Resources {
		id, err := l.take(raw)
		if err != nil {
			return err
		}
		if _, twice := l.seen[id]; twice {
			return l.torn("the server sent %s twice: it repeats a page or changed while it was read", id)
		}
		l.seen[id] = struct{}{}
	}
	l.got += len(p.Resources)
	return nil
}

// torn is the error for a list that is not whole.
func (l *listing) torn(format string, args ...any) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: l.endpoint, Err: fmt.Errorf(format, args...),
		Hint: "nothing is concluded from it; the next run reads again"}
}

func (t *Target) page(ctx context.Context, endpoint string, q, window url.Values) (page, error) {
	maps.Copy(window, q)
	resp, err := t.client.Do(ctx, httpkit.Request{
		Method: http.MethodGet, Path: endpoint, Query: window, Accept: t.habits.ContentType, Scope: reads(endpoint),
	})
	if err != nil {
		return page{}, err
	}
	return parsePage(endpoint, resp.Body)
}

func parsePage(endpoint string, body []byte) (page, error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return page{}, notSCIM(endpoint, err)
	}
	return p, nil
}

// window asks for a part of a list: by where it starts, or by a cursor, which is empty
// for the first part.
func (t *Target) window(start int, cursor string, count int) url.Values {
	if t.habits.Paging == byCursor {
		return url.Values{"cursor": {cursor}, "count": {strconv.Itoa(count)}}
	}
	return url.Values{"startIndex": {strconv.Itoa(start)}, "count": {strconv.Itoa(count)}}
}
