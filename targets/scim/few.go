package scim

import (
	"context"
	"encoding/json"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// few is how many resources are always asked for one by one, and manyByCursor from how
// many on a list is read where nobody says how long it is.
const (
	few          = 3
	manyByCursor = 20
)

// fewerToList reports whether a list of everything takes fewer requests than n questions.
func (t *Target) fewerToList(ctx context.Context, endpoint string, n int) (bool, error) {
	switch {
	case n <= few:
		return false, nil
	case t.habits.Paging == byCursor:
		return n > manyByCursor, nil
	case t.knows().noFilter:
		return true, nil // each question would be a list
	}
	if size, known := t.size(endpoint); known {
		return t.pages(size) < n, nil
	}
	query := t.window(1, "", 1)
	if endpoint == groups {
		query.Set("excludedAttributes", "members")
	}
	resp, err := t.client.Do(ctx, httpkit.Request{
		Method: http.MethodGet, Path: endpoint, Query: query, Accept: t.habits.ContentType, Scope: reads(endpoint),
	})
	if err != nil {
		return false, err
	}
	p, err := parsePage(endpoint, resp.Body)
	if err != nil || p.TotalResults == nil {
		return false, err // each question will tell what is wrong with the list
	}
	t.noteSize(endpoint, *p.TotalResults)
	return t.pages(*p.TotalResults) < n, nil
}

// pages is how many requests a list of size resources takes.
func (t *Target) pages(size int) int { return size/t.habits.PageSize + 1 }

// noteSize notes how long a list is. It may be another by the time that it counts: then
// a request more is sent than was needed.
func (t *Target) noteSize(endpoint string, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sizes == nil {
		t.sizes = map[string]int{}
	}
	t.sizes[endpoint] = size
}

func (t *Target) size(endpoint string) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size, known := t.sizes[endpoint]
	return size, known
}

// listed lists all users once, and returns what finds one of them as find does.
func (r *reader) listed(ctx context.Context) (func(context.Context, targets.Account) (resource, error), error) {
	byID, byName := map[string]resource{}, map[string][]resource{}
	err := r.t.each(ctx, users, nil, func(raw json.RawMessage) (string, error) {
		user, err := parseUser(raw)
		if err == nil {
			key := fold(text(user, "userName"))
			byID[text(user, "id")], byName[key] = user, append(byName[key], user)
		}
		return text(user, "id"), err
	})
	return func(_ context.Context, a targets.Account) (resource, error) {
		if a.ID == "" {
			return chosenOf(byName[fold(a.Name)], a.Name)
		}
		if user, there := byID[a.ID]; there {
			return user, nil
		}
		return nil, errNoAccount
	}, err
}

// namesOf are the names of the groups that are asked for.
func (r *reader) namesOf(wanted []identity.Entitlement) map[string]bool {
	names := map[string]bool{}
	for _, e := range wanted {
		if e.Target == r.t.name && e.Kind == Group {
			names[e.ID] = true
		}
	}
	return names
}
