package httpkit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
)

// sdk is an SDK's HTTP client over the kit.
func sdk(c *Client, through Through) *http.Client {
	return &http.Client{Transport: c.RoundTripper(through)}
}

func send(t testing.TB, h *http.Client, method, url, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, io.NopCloser(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := h.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

func TestSDKSendsAsItSigned(t *testing.T) {
	var got, auth string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, auth = r.Method+" "+string(body), r.Header.Get("Authorization")
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"__type":"ConflictException"}`)
	})
	var log bytes.Buffer
	c := client(t, Options{Base: s.URL, Auth: Bearer(ref(t, canary)), Record: NewRecording(&log)})
	status, answer, err := send(t, sdk(c, Through{}), "POST", s.URL+"/x", `{"secretAccessKey":"`+canary+`","a":1}`)
	if err != nil || status != 409 || answer != `{"__type":"ConflictException"}` {
		t.Errorf("%d %s %v", status, answer, err)
	}
	if got != `POST {"secretAccessKey":"`+canary+`","a":1}` || auth != "" {
		t.Errorf("sent %q, authorised by %q", got, auth)
	}
	if strings.Contains(log.String(), canary) || !strings.Contains(log.String(), `\"a\":1`) || c.Calls() != 1 {
		t.Errorf("%d calls, %s", c.Calls(), log.String())
	}
}

func TestSDKSecretsInXML(t *testing.T) {
	var log bytes.Buffer
	s := server(t, reply(200, "text/xml", "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>"+canary+
		"</SecretAccessKey><SessionToken>"+canary+"</SessionToken></Credentials>"))
	c := client(t, Options{Base: s.URL, Record: NewRecording(&log)})
	h := sdk(c, Through{})
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Security-Token", canary)
	resp, err := h.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "AccessKeyId") {
		t.Error(log.String())
	}
}

// TestSDKIsPaced has two requests drawn on a budget of one at once: the second
// write is not sent, and says when to come back; a read waits.
func TestSDKIsPaced(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	budgets := ratelimit.NewWith(clock, func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil })
	s := server(t, reply(200, "application/json", "{}"))
	c := client(t, Options{Base: s.URL, Now: clock, Budgets: budgets, Patient: true, Limits: []ratelimit.Limit{{Scope: "assign", Tokens: 3, Per: time.Minute}}})
	h := sdk(c, Through{Describe: func(req *http.Request, body []byte) Request {
		return Request{Method: "sso-admin", Path: string(body), Scope: "assign", Reads: strings.HasPrefix(string(body), "List")}
	}})
	if _, _, err := send(t, h, "POST", s.URL, "CreateX"); err != nil {
		t.Fatal(err)
	}
	_, _, err := send(t, h, "POST", s.URL, "CreateX")
	if f := AsFailure(err); f == nil || f.Kind() != identity.Throttled || f.Sent || f.RetryAt.IsZero() || f.Request != "sso-admin CreateX" {
		t.Errorf("%v", err)
	}
	if _, _, err := send(t, h, "POST", s.URL, "ListX"); err != nil || c.Calls() != 2 {
		t.Errorf("%d calls: %v", c.Calls(), err)
	}
}

// TestSDKToldToWait has the vendor's own word for it: a read is asked again with its
// body, a write comes back and closes the budget.
func TestSDKToldToWait(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	budgets := ratelimit.NewWith(clock, func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil })
	var bodies []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if len(bodies) != 2 {
			reply(400, "application/x-amz-json-1.1", `{"__type":"ThrottlingException"}`)(w, r)
		}
	})
	c := client(t, Options{Base: s.URL, Now: clock, Budgets: budgets, Patient: true})
	h := sdk(c, Through{
		Describe:  func(_ *http.Request, body []byte) Request { return Request{Reads: string(body) == "List"} },
		Throttled: func(_ *http.Response, body []byte) bool { return bytes.Contains(body, []byte("Throttling")) },
	})
	if status, _, err := send(t, h, "POST", s.URL, "List"); status != 200 || err != nil || strings.Join(bodies, " ") != "List List" {
		t.Errorf("%d %v, sent %q", status, err, bodies)
	}
	if status, _, err := send(t, h, "POST", s.URL, "Create"); status != 400 || err != nil {
		t.Errorf("%d %v", status, err)
	}
	if _, _, err := send(t, h, "POST", s.URL, "Create"); AsFailure(err) == nil || AsFailure(err).Kind() != identity.Throttled {
		t.Errorf("%v", err)
	}
}

func TestSDKFailures(t *testing.T) {
	down := server(t, nil)
	down.Close()
	cut := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	away := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", down.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	large := server(t, reply(200, "", strings.Repeat("x", 2000)))
	release := make(chan struct{})
	slow := server(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	for name, c := range map[string]struct {
		url  string
		sent bool
		says string
	}{
		"nobody there": {down.URL, false, "check that the system is up"},
		"cut off":      {cut.URL, true, "EOF"},
		"elsewhere":    {away.URL, true, "final address"},
		"too large":    {large.URL, true, "larger"},
		"no answer":    {slow.URL, true, "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			kit := client(t, Options{Base: c.url, MaxAnswer: 1000, Timeout: 100 * time.Millisecond})
			_, _, err := send(t, sdk(kit, Through{}), "POST", c.url+"/x?q=personal", "{}")
			f := AsFailure(err)
			if f == nil || f.Sent != c.sent || !strings.Contains(f.Error(), c.says) || strings.Contains(f.Error(), "personal") {
				t.Errorf("%v", err)
			}
		})
	}
	kit := client(t, Options{Base: "https://sso.example.com"})
	var elsewhere *deniedAddress
	if _, _, err := send(t, sdk(kit, Through{}), "GET", down.URL, ""); !errors.As(err, &elsewhere) {
		t.Errorf("reached this machine: %v", err)
	}
}
