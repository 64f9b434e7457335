package httpkit

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/targets"
)

const canary = "canary-9c2f"

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func client(t testing.TB, opt Options) *Client {
	t.Helper()
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func server(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestWhatIsSent(t *testing.T) {
	var got string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = strings.Join([]string{r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), r.Header.Get("X-Org"),
			r.Header.Get("User-Agent"), r.Header.Get("Content-Type"), r.Header.Get("If-Match"), string(body)}, " | ")
	})
	c := client(t, Options{Base: s.URL + "/scim/v2/", Auth: Bearer(ref(t, canary)), Headers: []Header{{Name: "X-Org", Value: ref(t, "acme")}}, UserAgent: "hub"})
	_, err := c.Do(t.Context(), Request{Method: "PATCH", Path: "/Users/a%2Fb", Query: map[string][]string{"filter": {`a eq "b&c"`}},
		Body: []byte("{}"), ContentType: "application/json", IfMatch: `W/"1"`})
	if err != nil {
		t.Fatal(err)
	}
	want := `PATCH | /scim/v2/Users/a%2Fb?filter=a+eq+%22b%26c%22 | Bearer ` + canary + ` | acme | hub | application/json | W/"1" | {}`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAnotherSchemeThanBearer(t *testing.T) {
	var got string
	s := server(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Authorization") })
	c := client(t, Options{Base: s.URL, Auth: Scheme("Token token=", ref(t, canary))})
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil || got != "Token token="+canary {
		t.Error(got, err)
	}
}

func TestFailures(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		kind    identity.Kind
		outcome targets.Outcome
		says    string
		retry   time.Duration
	}{
		{"SCIM error", reply(409, "application/scim+json", `{"detail":"taken","scimType":"uniqueness"}`), identity.Conflict, targets.Refused, "uniqueness: taken", 0},
		{"problem details", reply(422, "application/problem+json", `{"title":"no good"}`), identity.Invalid, targets.Refused, "no good", 0},
		{"refused security event", reply(400, "application/json", `{"err":"invalid_key","description":"unknown kid"}`), identity.Invalid, targets.Refused, "invalid_key: unknown kid", 0},
		{"nested error", reply(400, "application/json", `{"error":{"message":"Invalid Input","code":2001}}`), identity.Invalid, targets.Refused, "400 Bad Request: Invalid Input", 0},
		{"request id", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Request-Id", "r-1 "+canary)
			w.WriteHeader(500)
		}, identity.Unavailable, targets.Unknown, "request r-1 [secret]", 0},
		{"web page", reply(400, "text/html", `<b>oops</b>`), identity.Invalid, targets.Refused, "HTTP 400 Bad Request", 0},
		{"echoed token", reply(400, "application/json", `{"message":"bad token `+canary+`"}`), identity.Invalid, targets.Refused, "bad token [secret]", 0},
		{"token where the text is cut", reply(400, "application/json", `{"message":"`+strings.Repeat("x", 295)+canary+`"}`), identity.Invalid, targets.Refused, "xxxxx[secr…", 0},
		{"token as type", reply(400, "application/json", `{"detail":"no","scimType":"`+strings.Repeat("x", 35)+canary+`"}`), identity.Invalid, targets.Refused, "x[secr…: no", 0},
		{"control characters", reply(400, "application/json", `{"message":"a\u0000\nb"}`), identity.Invalid, targets.Refused, "a  b", 0},
		{"unauthorised", reply(401, "", ``), identity.Denied, targets.Refused, "check token", 0},
		{"forbidden", reply(403, "", ``), identity.Denied, targets.Refused, "right", 0},
		{"forbidden for a while", retry(403, "60"), identity.Throttled, targets.Throttled, "403 Forbidden", time.Minute},
		{"budget spent", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset", "1795521690")
			w.WriteHeader(403)
		}, identity.Throttled, targets.Throttled, "403 Forbidden", 90 * time.Second},
		{"missing", reply(404, "", ``), identity.NotFound, targets.Stale, "404", 0},
		{"precondition", reply(412, "", ``), identity.Conflict, targets.Stale, "412", 0},
		{"throttled", retry(429, "30"), identity.Throttled, targets.Throttled, "429", 30 * time.Second},
		{"throttled, and why", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "5")
			w.Header().Set("RateLimit-Reason", "jira-burst-based")
			w.WriteHeader(429)
		}, identity.Throttled, targets.Throttled, "limit jira-burst-based", 5 * time.Second},
		{"throttled by date", retry(429, "Tue, 24 Nov 2026 12:01:00 GMT"), identity.Throttled, targets.Throttled, "429", time.Minute},
		{"unavailable for a while", retry(503, "5"), identity.Throttled, targets.Throttled, "503", 5 * time.Second},
		{"unavailable", reply(503, "", ``), identity.Unavailable, targets.Unknown, "503", 0},
		{"gateway", reply(504, "", ``), identity.Unavailable, targets.Unknown, "504", 0},
		{"not implemented", reply(501, "", ``), identity.Invalid, targets.Refused, "501", 0},
		{"elsewhere", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", "/x"); w.WriteHeader(307) }, identity.Invalid, targets.Refused, "final address", 0},
		{"too large", reply(200, "", strings.Repeat("x", 2000)), identity.Incomplete, targets.Unknown, "larger", 0},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, identity.Unavailable, targets.Unknown, "EOF", 0},
		{"cut", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_ = conn.Close()
		}, identity.Unavailable, targets.Unknown, "EOF", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := server(t, c.answer)
			kit := client(t, Options{Base: s.URL, Auth: Bearer(ref(t, canary)), MaxAnswer: 1000, Now: func() time.Time { return now }})
			_, err := kit.Do(t.Context(), Request{Method: "POST", Path: "/Users", Query: map[string][]string{"q": {"personal"}}, Body: []byte("{}")})
			f := AsFailure(err)
			if f == nil {
				t.Fatalf("%v", err)
			}
			r := Result(targets.Op{Action: targets.CreateAccount}, err)
			if f.Kind() != c.kind || r.Outcome != c.outcome || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: %v; want %s, %s, %q", f.Kind(), r.Outcome, err, c.kind, c.outcome, c.says)
			}
			if strings.Contains(err.Error(), canary[:5]) || strings.Contains(err.Error(), "personal") {
				t.Errorf("tells too much: %v", err)
			}
			if want := now.Add(c.retry); c.retry > 0 && !f.RetryAt.Equal(want) || c.retry == 0 && !f.RetryAt.IsZero() {
				t.Errorf("retry at %v", f.RetryAt)
			}
		})
	}
}

func reply(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func retry(status int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", after)
		w.WriteHeader(status)
	}
}

func TestBeforeSending(t *testing.T) {
	down := httptest.NewServer(nil)
	down.Close()
	strange := httptest.NewTLSServer(nil)
	t.Cleanup(strange.Close)
	plain := server(t, reply(200, "", ""))
	for name, c := range map[string]struct {
		opt     Options
		outcome targets.Outcome
		says    string
	}{
		"refused":             {Options{Base: down.URL}, targets.Unreachable, "check that the system is up"},
		"no such host":        {Options{Base: "https://nowhere.invalid"}, targets.Unreachable, "check the host name"},
		"unknown authority":   {Options{Base: strange.URL}, targets.Unreachable, "set tls.ca_file"},
		"no TLS":              {Options{Base: strings.Replace(plain.URL, "http:", "https:", 1)}, targets.Unreachable, ""},
		"secret not there":    {Options{Base: plain.URL, Auth: Bearer(ref(t, "file:/nowhere/token"))}, targets.Refused, "no such file"},
		"secret of two lines": {Options{Base: plain.URL, Auth: Bearer(ref(t, "exec:printf 'a\\nb'"))}, targets.Refused, "line breaks"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, c.opt).Do(t.Context(), Request{Method: "POST", Path: "/Users", Body: []byte("{}")})
			r := Result(targets.Op{Action: targets.CreateAccount}, err)
			if f := AsFailure(err); f == nil || f.Sent || r.Outcome != c.outcome || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", r.Outcome, err)
			}
		})
	}
}

func TestCertificateOfOurOwn(t *testing.T) {
	s := httptest.NewTLSServer(reply(200, "", "{}"))
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	data := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client(t, Options{Base: s.URL, TLS: trust.TLS{CAFile: file}}).Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil {
		t.Error(err)
	}
	for _, broken := range []string{filepath.Join(t.TempDir(), "none"), os.DevNull} {
		if _, err := New(Options{Base: s.URL, TLS: trust.TLS{CAFile: broken}}); err == nil {
			t.Errorf("%s was taken for certificates", broken)
		}
	}
}

func TestRotatedTokenIsPickedUp(t *testing.T) {
	var seen []string
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") != "Bearer new" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("old")
	c := client(t, Options{Base: s.URL, Auth: Bearer(ref(t, "file:"+file))})
	get := func() error {
		_, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"})
		return err
	}
	if get() == nil {
		t.Error("the old token works")
	}
	write("new")
	if err := errors.Join(get(), get()); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"Bearer old", "Bearer new", "Bearer new"}, seen); d != "" {
		t.Error(d)
	}
}

func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	s := server(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	_, err := client(t, Options{Base: s.URL, Timeout: 20 * time.Millisecond}).Do(t.Context(), Request{Method: "POST", Path: "/", Body: []byte("{}")})
	if f := AsFailure(err); f == nil || !f.Sent || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Time{
		"": {}, "soon": {}, "-5": {}, "1.5": {}, "0": now, " 7 ": now.Add(7 * time.Second),
		"99999999999999999999": {}, "9223372036854775807": now.Add(time.Hour), "86400": now.Add(time.Hour),
		"Tue, 24 Nov 2026 11:00:00 GMT": now, "Tue, 24 Nov 2026 12:00:09 GMT": now.Add(9 * time.Second),
		"Tue, 24 Nov 2093 12:00:09 GMT": now.Add(time.Hour),
	} {
		if got := RetryAfter(value, now); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for text, want := range map[string]string{
		"https://app.example.com/scim/v2": "", "http://127.0.0.1:8080": "", "http://localhost/x": "", "http://[::1]:1/": "",
		"http://app.example.com": "insecure: true", "ftp://app": "only https", "app.example.com": "is not a URL", "": "missing",
		"https://user:" + canary + "@app": "do not belong", "https://app?x=1": "before ?", "https://app/#x": "before ?", "https://[": "not a URL",
		"http://user:" + canary + "@[": "not a URL",
	} {
		err := CheckURL(text, false)
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("the password is in %v", err)
		}
	}
	if err := CheckURL("http://app.example.com", true); err != nil {
		t.Error(err)
	}
}

// Some systems say in the body alone that they want to be left in peace.
func TestThrottledInTheBody(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusOK} {
		asked := 0
		s := server(t, func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.Header().Set("Content-Type", "application/json")
			if asked > 1 {
				return
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"error":"slow down"}`)
		})
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		c := client(t, Options{Base: s.URL, Now: func() time.Time { return now },
			Throttled: func(_ int, body []byte) bool { return strings.Contains(string(body), "slow down") }})
		_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"})
		f := AsFailure(err)
		if f == nil || f.Kind() != identity.Throttled || Result(targets.Op{}, err).Outcome != targets.Throttled || f.Hint != "" {
			t.Errorf("%d: %+v", status, f)
		}
		if _, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"}); AsFailure(err) == nil || asked != 1 {
			t.Errorf("%d: the bucket is not closed: %v, %d requests", status, err, asked)
		}
	}
}

// A token endpoint that says to wait is waited for, like the system itself.
func TestTokenEndpointSaysToWait(t *testing.T) {
	asked := 0
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := client(t, Options{Base: s.URL, Now: func() time.Time { return now },
		Auth: ClientCredentials{TokenURL: s.URL + "/token", ClientID: "hub", ClientSecret: ref(t, canary)}})
	for range 2 {
		_, err := c.Do(t.Context(), Request{Method: "POST", Path: "/"})
		if r := Result(targets.Op{}, err); r.Outcome != targets.Throttled || !r.RetryAt.Equal(now.Add(7*time.Second)) {
			t.Errorf("%+v", r)
		}
	}
	if asked != 1 {
		t.Errorf("%d requests, want 1: the second is held back", asked)
	}
}
