package requestlog_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/internal/requestlog"
)

// A request is told of by its pattern, with its status and an id; the path that was
// asked for is nowhere.
func TestRequestsAreToldByTheirPattern(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /people/{name}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		requestlog.Name(r.Context(), "GET /api/users/{user}")
		_, _ = w.Write([]byte("12345"))
	})
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /fault", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	var log bytes.Buffer
	var told []requestlog.Request
	h := requestlog.Handler(requestlog.Options{
		Observe: func(_ context.Context, r requestlog.Request) { told = append(told, r) }, Quiet: []string{"/healthz"},
		Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return time.Unix(0, 0) }, NewID: func() string { return "new" },
	}, mux)
	ask := func(method, path, id string) string {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set(requestlog.Header, id)
		w := httptest.NewRecorder()
		defer func() { _ = recover() }()
		h.ServeHTTP(w, r)
		return w.Header().Get(requestlog.Header)
	}
	for id, want := range map[string]string{"": "new", "mine-1": "mine-1", "forged\nline": "new", strings.Repeat("x", 65): "new"} {
		if got := ask("GET", "/healthz", id); got != want {
			t.Errorf("%q comes back as %q, want %q", id, got, want)
		}
	}
	told = nil
	ask("GET", "/people/ada@example.com", "")
	ask("GET", "/api/users/ada@example.com?q=ada@example.com", "")
	ask("ADA", "/ada@example.com", "")
	ask("GET", "/fault", "")
	want := []requestlog.Request{
		{ID: "new", Method: "GET", Route: "/people/{name}", Status: 404},
		{ID: "new", Method: "GET", Route: "/api/users/{user}", Status: 200, Bytes: 5},
		{ID: "new", Method: "other", Route: "none", Status: 404, Bytes: 19},
		{ID: "new", Method: "GET", Route: "/fault", Status: 500},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	if text := log.String(); strings.Contains(strings.ToLower(text), "ada@") || strings.Contains(text, "healthz") || strings.Count(text, "msg=request") != 4 {
		t.Error(text)
	}
}
