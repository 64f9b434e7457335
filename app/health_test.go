package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"birthright/app"
)

// A hub that is told to stop says so while it still answers, and then stops; one whose
// database is gone says which check failed, and is alive all the same.
func TestReadiness(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	cfg.Server.Drain = 300 * time.Millisecond
	a, err := app.Open(t.Context(), app.Options{Config: cfg})
	must(t, err)
	server, err := a.Start(t.Context())
	must(t, err)
	url := server.PublicURL()
	if status, body := get(t, url+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"schema":"ok"`) {
		t.Errorf("%d %s", status, body)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Stop(t.Context()) }()
	for {
		status, body := get(t, url+"/readyz") // it fails the test if the listener closes first
		if status == http.StatusServiceUnavailable {
			if !strings.Contains(body, `"serving":"the hub is being stopped"`) || !strings.Contains(body, `"database":"ok"`) {
				t.Error(body)
			}
			break
		}
	}
	must(t, <-stopped)
	must(t, a.Close())

	a, url = serving(t, app.Options{Config: cfg})
	must(t, a.Store.Close())
	if status, body := get(t, url+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, `"database":"the database does not answer"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := get(t, url+"/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
}
