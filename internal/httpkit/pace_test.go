package httpkit

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/targets"
)

// clock moves when somebody waits by it.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

func paced(t *testing.T, h http.HandlerFunc, limits ...ratelimit.Limit) (*Client, *clock) {
	t.Helper()
	at := &clock{now: time.Unix(1_800_000_000, 0)}
	return client(t, Options{Base: server(t, h).URL, Now: at.Now, Budgets: ratelimit.NewWith(at.Now, at.Sleep), Limits: limits, Patient: true}), at
}

func TestReadsWaitAndWritesComeBack(t *testing.T) {
	calls := 0
	c, at := paced(t, func(http.ResponseWriter, *http.Request) { calls++ }, ratelimit.Limit{Scope: "slow", Tokens: 20, Per: 20 * time.Second})
	read, write := Request{Method: "GET", Path: "/", Scope: "slow"}, Request{Method: "POST", Path: "/", Scope: "slow"}
	began := at.now
	for range 5 {
		if _, err := c.Do(t.Context(), read); err != nil {
			t.Fatal(err)
		}
	}
	if took := at.now.Sub(began); took < 3*time.Second || took > 6*time.Second {
		t.Errorf("five reads at one a second took %v", took)
	}
	_, err := c.Do(t.Context(), write)
	r := Result(targets.Op{}, err)
	if r.Outcome != targets.Throttled || !r.RetryAt.After(at.now) || calls != 5 || AsFailure(err).Sent {
		t.Errorf("a write whose turn has not come: %s, %v, %d calls", r.Outcome, r.RetryAt, calls)
	}
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}); err != nil {
		t.Errorf("another scope waits too: %v", err)
	}
	at.now = r.RetryAt
	if _, err := c.Do(t.Context(), write); err != nil {
		t.Errorf("at the time that was told: %v", err)
	}
}

func TestA429ClosesTheScope(t *testing.T) {
	refuse := true
	calls := 0
	c, at := paced(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		if refuse {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(429)
		}
	})
	_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"})
	if AsFailure(err).Kind() != identity.Throttled {
		t.Fatal(err)
	}
	refuse = false
	if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}); AsFailure(err) == nil || calls != 1 {
		t.Errorf("sent although the system said to wait: %v", err)
	}
	before := at.now
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil || at.now.Sub(before) < 6*time.Second {
		t.Errorf("a read: %v after %v", err, at.now.Sub(before))
	}
}

func TestAReadIsAskedAgain(t *testing.T) {
	calls := 0
	c, _ := paced(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls < 3 {
			w.WriteHeader(429)
		}
	})
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil || calls != 3 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestARecordingTellsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "session=sesame")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "sesame", "echo": r.Header.Get("Authorization"), "name": "Ada"})
	})
	c := client(t, Options{Base: s.URL, Auth: Bearer(ref(t, canary)), Record: NewRecording(&log)})
	resp, err := c.Do(t.Context(), Request{Method: "POST", Path: "/users", Query: map[string][]string{"token": {"sesame"}, "page": {"2"}},
		Body: []byte(`{"password":"sesame","title":"Clerk"}`), ContentType: "application/json"})
	if err != nil || !strings.Contains(string(resp.Body), "sesame") {
		t.Fatalf("the answer itself must stay: %v", err)
	}
	line := log.String()
	for _, secret := range []string{canary, "sesame"} {
		if strings.Contains(line, secret) {
			t.Errorf("tells %s: %s", secret, line)
		}
	}
	for _, kept := range []string{"/users", "page=2", "Clerk", "Ada", `"status":200`} {
		if !strings.Contains(line, kept) {
			t.Errorf("lacks %s: %s", kept, line)
		}
	}
	if c.Calls() != 1 {
		t.Errorf("%d calls", c.Calls())
	}
}

func TestTheVendorsOwnWords(t *testing.T) {
	for body, want := range map[string]string{
		`{"errorCode":"E0000001","errorSummary":"Api validation failed"}`:                         "E0000001: Api validation failed",
		`[{"message":"duplicate value","errorCode":"DUPLICATE_VALUE"}]`:                           "DUPLICATE_VALUE: duplicate value",
		`{"error":{"code":"Request_BadRequest","message":"One or more added object references"}}`: "Request_BadRequest: One or more",
		`{"errorMessages":["The group does not exist"],"errors":{}}`:                              "The group does not exist",
		`{"message":"Validation Failed","errors":[{"code":"invalid"}]}`:                           "invalid: Validation Failed",
	} {
		s := server(t, reply(400, "application/json", body))
		_, err := client(t, Options{Base: s.URL}).Do(t.Context(), Request{Method: "POST", Path: "/"})
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
