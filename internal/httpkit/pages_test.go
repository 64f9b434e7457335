package httpkit

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"birthright/identity"
)

func TestPages(t *testing.T) {
	for name, c := range map[string]struct {
		link func(base string, page int) string
		want string // pages read, or part of an error
	}{
		"absolute": {func(base string, page int) string {
			return fmt.Sprintf(`<%s/items?page=%d>; rel="next", <%s/items?page=3>; rel="last"`, base, page+1, base)
		}, "123"},
		"relative":     {func(_ string, page int) string { return fmt.Sprintf(`</api/items?page=%d>; rel=next`, page+1) }, "123"},
		"stands still": {func(base string, _ int) string { return fmt.Sprintf(`<%s/items?page=2>; rel="next"`, base) }, "was read already"},
		"elsewhere":    {func(string, int) string { return `<https://evil.example/items?page=2>; rel="next"` }, "not below the base URL"},
		"beside": {func(base string, _ int) string {
			return `<` + strings.TrimSuffix(base, "/api") + `/apis/items?page=2>; rel="next"`
		}, "not below the base URL"},
		"no next": {func(string, int) string { return `</api/items?page=1>; rel="prev"` }, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			var base string
			s := server(t, func(w http.ResponseWriter, r *http.Request) {
				page := 1
				_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
				if page < 3 || name == "stands still" {
					w.Header().Set("Link", c.link(base, page))
				}
				_, _ = fmt.Fprint(w, page)
			})
			base = s.URL + "/api"
			kit := client(t, Options{Base: base})
			got := ""
			for resp, err := range kit.Pages(t.Context(), Request{Method: "GET", Path: "/items"}, kit.NextLink) {
				if err != nil {
					if identity.KindOf(err) != identity.Incomplete {
						t.Errorf("kind %s", identity.KindOf(err))
					}
					got = err.Error()
					break
				}
				got += string(resp.Body)
			}
			if got != c.want && (len(c.want) < 4 || !strings.Contains(got, c.want)) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
