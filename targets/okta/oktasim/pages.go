package oktasim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// page answers with the part of items, which are sorted by id, that is asked for, and
// links to the next.
func page[E any](s *Sim, w http.ResponseWriter, r *http.Request, items []E, id func(E) string, show func(E) any) {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > s.opt.Page {
		limit = s.opt.Page
	}
	if after := q.Get("after"); after != "" {
		at, _ := slices.BinarySearchFunc(items, after, func(e E, after string) int { return strings.Compare(id(e), after) })
		if at < len(items) && id(items[at]) == after {
			at++
		}
		items = items[at:]
	}
	link := func(rel string) {
		u := *r.URL
		u.Scheme, u.Host, u.RawQuery = "https", r.Host, q.Encode()
		w.Header().Add("Link", "<"+u.String()+`>; rel="`+rel+`"`)
	}
	link("self")
	if len(items) > limit {
		items = items[:limit]
		q.Set("after", id(items[limit-1]))
		q.Set("limit", strconv.Itoa(limit))
		link("next")
	}
	out := make([]any, len(items))
	for i, e := range items {
		out[i] = show(e)
	}
	send(w, http.StatusOK, out)
}

// id makes one like Okta's: 20 letters and digits.
func (s *Sim) id(prefix string) string {
	s.memory.Last++
	number := strconv.Itoa(s.memory.Last)
	return prefix + strings.Repeat("0", 17-len(number)) + number
}
