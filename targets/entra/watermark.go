package entra

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"birthright/internal/httpkit"
)

// feed is where we stand in Graph's lists of changes.
type feed struct {
	mu sync.Mutex // held while Graph is asked
	// start tells one run of the program from another, and count the changes since.
	start string
	count int
	// links are where the changes since are told, by list.
	links map[string]string
}

// Watermark asks Graph's lists of changes whether there was one since it was asked
// last. Where those have lapsed, or this program is new, it says that there was.
func (t *Target) Watermark(ctx context.Context) (string, error) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	if t.feed.links == nil {
		t.feed.links = map[string]string{}
	}
	changed := false
	for _, list := range []struct{ path, selection string }{
		{"/users/delta", t.selection()}, {"/groups/delta", groupSelection + ",members"},
	} {
		moved, err := t.follow(ctx, list.path, list.selection)
		if err != nil {
			return "", err
		}
		changed = changed || moved
	}
	if changed {
		t.feed.count++
	}
	return t.feed.start + "+" + strconv.Itoa(t.feed.count), nil
}

// follow asks one list, and reports whether anything may have changed.
func (t *Target) follow(ctx context.Context, path, selection string) (bool, error) {
	first := httpkit.Request{Path: path, Query: url.Values{"$select": {selection}, "$deltatoken": {"latest"}}}
	link, known := t.feed.links[path]
	if known {
		var err error
		if first, _, err = t.client.At(httpkit.Request{}, link); err != nil {
			return false, err
		}
	}
	changes := 0
	next, err := each(ctx, t, first, func(object) error {
		changes++
		return nil
	})
	if f := httpkit.AsFailure(err); known && f != nil && f.Status == http.StatusGone {
		delete(t.feed.links, path) // it lapsed, as it does after a week: begin anew
		return t.follow(ctx, path, selection)
	}
	if err != nil {
		return false, err
	}
	t.feed.links[path] = next
	if !known {
		t.feed.start = strconv.FormatInt(t.now().UnixNano(), 36)
	}
	return !known || changes > 0, nil
}
