package pagerduty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"birthright/identity"
	"birthright/internal/httpkit"
)

const (
	// media asks for version 2 of the API.
	media = "application/vnd.pagerduty+json;version=2"
	// pageSize is the most that PagerDuty gives at once.
	pageSize = 100
	// lastOffset is how far it lets anybody read into a list.
	lastOffset = 10_000
)

// readAll reads a list of the API from its first page to its last. The list is
// the path's name: /oncalls holds oncalls.
func readAll[T any](ctx context.Context, s *Source, list string, query url.Values) ([]T, error) {
	var all []T
	for offset := 0; ; offset += pageSize {
		if offset+pageSize > lastOffset {
			return nil, s.failed(identity.Incomplete, fmt.Errorf("there are more than %d %s, and PagerDuty does not show the rest: name schedules, or shorten horizon", lastOffset, list))
		}
		items, more, err := readPage[T](ctx, s, list, query, offset)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if !more {
			return all, nil
		}
	}
}

func readPage[T any](ctx context.Context, s *Source, list string, query url.Values, offset int) (items []T, more bool, err error) {
	query = maps.Clone(query)
	query.Set("limit", strconv.Itoa(pageSize))
	query.Set("offset", strconv.Itoa(offset))
	resp, err := s.get(ctx, httpkit.Request{Method: http.MethodGet, Path: "/" + list, Query: query, Accept: media})
	if err != nil {
		return nil, false, err
	}
	broken := func(err error) error {
		return s.failed(identity.Incomplete, fmt.Errorf("%s: the answer cannot be read: %w", resp.Request, err))
	}
	var page struct {
		More   *bool `json:"more"`
		Offset *int  `json:"offset"`
	}
	var lists map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(resp.Body, &page), json.Unmarshal(resp.Body, &lists)); err != nil {
		return nil, false, broken(err)
	}
	switch {
	case lists[list] == nil || string(lists[list]) == "null":
		return nil, false, broken(fmt.Errorf("it has no list %q; check url", list))
	case page.More == nil:
		return nil, false, broken(errors.New("it does not say whether there is more"))
	case page.Offset != nil && *page.Offset != offset:
		return nil, false, broken(fmt.Errorf("page %d was asked for, and page %d came", offset/pageSize+1, *page.Offset/pageSize+1))
	}
	if err := json.Unmarshal(lists[list], &items); err != nil {
		return nil, false, broken(err)
	}
	if *page.More && len(items) == 0 {
		return nil, false, broken(errors.New("an empty page is said to have others after it"))
	}
	return items, *page.More, nil
}

// reference is how the API points at something of its own; a user that is
// included has an address as well.
type reference struct {
	ID      string `json:"id"`
	Summary string `json:"summary"`
	Email   string `json:"email"`
}

// person is how a user is named to the hub: by address, or by what is shown of
// somebody who has none.
func (r reference) person() string {
	for _, name := range []string{r.Email, r.Summary, r.ID} {
		if name != "" {
			return name
		}
	}
	return ""
}
