package app_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"birthright/app"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
	"birthright/tokens"
)

// sampleOf returns the value of one sample of /metrics; -1 where there is none.
func sampleOf(t *testing.T, text, name string) float64 {
	t.Helper()
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	return -1
}

// eventually waits until the metrics say so.
func eventually(t *testing.T, url, name string, want func(float64) bool) string {
	t.Helper()
	deadline, look := time.After(30*time.Second), time.NewTicker(20*time.Millisecond)
	defer look.Stop()
	for {
		_, text := get(t, url+"/metrics")
		if want(sampleOf(t, text, name)) {
			return text
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("%s is %v", name, sampleOf(t, text, name))
		}
	}
}

// spoken is a log that several write to.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// scimSays sends something to the front door and returns the id in the answer.
func scimSays(t *testing.T, method, url, token, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/scim+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("X-Request-Id") == "" {
		t.Error("an answer without an id")
	}
	var got struct{ ID string }
	_ = json.NewDecoder(answer.Body).Decode(&got)
	return got.ID
}

// Somebody leaves while the target refuses to answer: what operators watch says so, by
// names that Prometheus's own linter finds nothing wrong with, and neither the figures
// nor the log tell a secret or more of a person than they must.
func TestAnOverdueRemovalIsSeen(t *testing.T) {
	cfg := folder(t, map[string]string{"hub.yaml": hubConfig, "policy.yaml": hubPolicy})
	wiki := memory.New("wiki", memory.WithCapabilities(memory.DefaultCapabilities()))
	log := &spoken{}
	a, url := serving(t, app.Options{
		Config: cfg, Targets: map[string]targets.Target{"wiki": wiki}, Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	plain, token, err := tokens.New(rand.Reader, "idp", tokens.ScopeSCIM, time.Now(), time.Hour)
	must(t, err)
	must(t, a.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.SaveToken(t.Context(), store.TokenRow(token)) }))
	const person = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","active":%,"password":"hunter2-secret",
		"emails":[{"value":"ada.lovelace@example.com"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engineering"}}`
	id := scimSays(t, http.MethodPost, url+"/scim/v2/Users", plain, strings.Replace(person, "%", "true", 1))
	eventually(t, url, `birthright_changes_total{action="add",outcome="done",target="wiki"}`, func(v float64) bool { return v == 1 })

	wiki.SetFaults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.Unreach }})
	scimSays(t, http.MethodPut, url+"/scim/v2/Users/"+id, plain, strings.Replace(person, "%", "false", 1))
	text := eventually(t, url, `birthright_overdue_removals_oldest_seconds{target="wiki"}`, func(v float64) bool { return v > 0 })
	for name, want := range map[string]float64{
		`birthright_overdue_removals{target="wiki"}`: 1, `birthright_overdue_changes{target="wiki"}`: 1, `birthright_orders_open{target="wiki"}`: 0,
		`birthright_database_up`: 1, `birthright_users`: 1, `birthright_target_read_whole{target="wiki"}`: 1, `birthright_held{kind="missing"}`: 0,
		`birthright_http_request_duration_seconds_count{code="2xx",method="POST",route="/scim/v2/Users"}`:     1,
		`birthright_http_request_duration_seconds_count{code="2xx",method="PUT",route="/scim/v2/Users/{id}"}`: 1,
	} {
		if got := sampleOf(t, text, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	wiki.SetFaults(memory.Faults{})
	eventually(t, url, `birthright_overdue_removals{target="wiki"}`, func(v float64) bool { return v == 0 })

	problems, err := promlint.New(strings.NewReader(text)).Lint()
	must(t, err)
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "birthright_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	if !strings.Contains(log.String(), `"msg":"request","method":"PUT","route":"/scim/v2/Users/{id}","status":200`) {
		t.Errorf("the request is not in the log: %s", log)
	}
	for _, secret := range []string{plain, "hunter2-secret", "ada.lovelace@example.com"} {
		if strings.Contains(text+log.String(), secret) {
			t.Errorf("%s is told", secret)
		}
	}
}
