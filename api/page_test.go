package api_test

import (
	"strings"
	"testing"
)

// People read on a page what programs read as OpenAPI; it needs no token.
func TestThePageOfTheAPI(t *testing.T) {
	h := open(t)
	got := h.call("", "GET", "/docs", "")
	for _, want := range []string{"<h1>The API</h1>", `id="requests"`, "/requests/{id}/approve", "<code>reason</code>", "pending | approved"} {
		if got.status != 200 || !strings.Contains(got.text, want) {
			t.Errorf("%d: %q is not on the page", got.status, want)
		}
	}
	if policy := got.header.Get("Content-Security-Policy"); !strings.Contains(policy, "style-src 'sha256-") {
		t.Errorf("policy: %s", policy)
	}
}
