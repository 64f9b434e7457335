package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"birthright/identity"
	"birthright/internal/httpkit"
)

// mostReadings is how often a list is read that changed while it was read.
const mostReadings = 3

// errShifted is a list that changed between its pages: entries may be missing.
var errShifted = errors.New("the list changed while it was read")

// keyed is an entry of a list that knows itself again.
type keyed interface{ key() string }

func (t *Target) get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := t.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: path, Query: query, Removes: t.removing}, nil, out)
	return err
}

// steady reads a list until it stood still: pages are numbered, and who is taken out
// on an early one shifts somebody past the next.
func steady[E any](read func() ([]E, error)) ([]E, error) {
	var err error
	for range mostReadings {
		var all []E
		if all, err = read(); !errors.Is(err, errShifted) {
			return all, err
		}
	}
	return nil, &identity.Error{Kind: identity.Incomplete, Op: "read", Err: err}
}

// list reads every page of a list that tells its total.
func list[E keyed](ctx context.Context, t *Target, path string, query url.Values) ([]E, error) {
	return steady(func() (all []E, err error) {
		total := -1
		for seen := map[string]bool{}; ; {
			var page struct {
				Total  *int `json:"total"`
				IsLast bool `json:"isLast"`
				Values []E  `json:"values"`
			}
			if err := t.get(ctx, path, at(query, len(all), t.page), &page); err != nil {
				return nil, err
			}
			switch {
			case page.Total == nil:
				return nil, incomplete(path, errors.New("the answer tells no total"))
			case total >= 0 && *page.Total != total, !fresh(seen, page.Values):
				return nil, errShifted
			}
			total, all = *page.Total, append(all, page.Values...)
			switch {
			case len(all) == total:
				return all, nil
			case len(page.Values) == 0, len(all) > total, page.IsLast:
				return nil, errShifted
			}
		}
	})
}

// users reads every user. There is no total here, and a page may be short because
// some of it is not for us to see: the end is an empty one.
func (t *Target) users(ctx context.Context) ([]user, error) {
	return steady(func() (all []user, err error) {
		seen := map[string]bool{}
		for start := 0; ; start += t.page {
			var page []user
			if err := t.get(ctx, "/rest/api/3/users/search", at(nil, start, t.page), &page); err != nil {
				return nil, err
			}
			if len(page) == 0 {
				return all, nil
			}
			if len(page) > t.page {
				return nil, incomplete("users", fmt.Errorf("asked for %d and got %d", t.page, len(page)))
			}
			if !fresh(seen, page) {
				return nil, errShifted
			}
			all = append(all, page...)
		}
	})
}

// fresh notes entries and reports whether none was there before.
func fresh[E keyed](seen map[string]bool, page []E) bool {
	for _, e := range page {
		if seen[e.key()] {
			return false
		}
		seen[e.key()] = true
	}
	return true
}

func at(query url.Values, start, size int) url.Values {
	out := url.Values{"startAt": {strconv.Itoa(start)}, "maxResults": {strconv.Itoa(size)}}
	for name, values := range query {
		out[name] = values
	}
	return out
}

func incomplete(object string, err error) error {
	return &identity.Error{Kind: identity.Incomplete, Op: "read", Object: object, Err: err}
}
