package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/notify"
	"birthright/notify/webhook"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func message() notify.Message {
	return notify.Message{
		ID: "0199-1", Story: notify.Story{Kind: "request.approved", At: noon, Actor: "user:olga", Request: &desk.Request{ID: "r12", User: "ada", Group: "prod-db"}},
		Words: notify.Words{Link: "https://hub.example.com/requests/r12"},
	}
}

func channel(t *testing.T, url, secret string) *webhook.Channel {
	t.Helper()
	c, err := webhook.New(webhook.Options{
		URL: url, Secret: func(context.Context) (string, error) { return secret, nil }, Now: func() time.Time { return noon.Add(time.Minute) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// What arrives has the documented form and a signature that another's code, written
// from the standard, would make: the expected one was computed with openssl.
func TestPosted(t *testing.T) {
	var body []byte
	var header http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(s.Close)
	if _, err := channel(t, s.URL+"/in", "whsec_c2VjcmV0").Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID, Type  string
		Version   int
		Timestamp time.Time
		Data      struct {
			Request struct{ ID, User, Group string }
			Grant   any
			Link    string
		}
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != "0199-1" || got.Type != "request.approved" || got.Version != 1 || !got.Timestamp.Equal(noon) || got.Data.Request.ID != "r12" ||
		got.Data.Grant != nil || got.Data.Link != "https://hub.example.com/requests/r12" {
		t.Errorf("%s", body)
	}
	if header.Get("webhook-id") != "0199-1" || header.Get("webhook-timestamp") != "1795435260" || header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", header)
	}
	sign := exec.Command("sh", "-c", `{ printf '0199-1.1795435260.'; cat; } | openssl dgst -sha256 -hmac secret -binary | base64`)
	sign.Stdin = strings.NewReader(string(body))
	want, err := sign.Output()
	if err != nil {
		t.Fatal(err)
	}
	if header.Get("webhook-signature") != "v1,"+strings.TrimSpace(string(want)) {
		t.Errorf("signature %s, want v1,%s", header.Get("webhook-signature"), want)
	}
}

func TestAnswers(t *testing.T) {
	for status, want := range map[int]notify.Fault{
		200: {}, 202: {}, 410: {Gone: true, Alone: true}, 500: {}, 429: {RetryAt: noon.Add(2 * time.Minute)}, 400: {Alone: true}, 302: {},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if status == 429 {
				w.Header().Set("Retry-After", "60")
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		_, err := channel(t, s.URL, "plain").Send(t.Context(), message())
		var f *notify.Fault
		if status/100 == 2 {
			if err != nil {
				t.Errorf("%d: %v", status, err)
			}
			continue
		}
		if !errors.As(err, &f) || f.Gone != want.Gone || f.Final || f.Alone != want.Alone || !f.RetryAt.Equal(want.RetryAt) {
			t.Errorf("%d: %+v, %v", status, f, err)
		}
	}
}

func TestBadSecretIsTold(t *testing.T) {
	_, err := channel(t, "http://127.0.0.1:1", "whsec_%%%").Send(t.Context(), message())
	if err == nil || !strings.Contains(err.Error(), "not base64") || strings.Contains(err.Error(), "%%%") {
		t.Error(err)
	}
}

// The example of the manual believes what the hub signed, and nothing else.
func TestManualExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/notify.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```go\n")
	example, _, ok := strings.Cut(rest, "```")
	if lines := strings.Count(example, "\n"); !ok || lines > 15 {
		t.Fatalf("the example has %d lines", lines)
	}
	dir := t.TempDir()
	main := `package main
import ("crypto/hmac"; "crypto/sha256"; "encoding/base64"; "fmt"; "io"; "net/http"; "net/http/httptest"; "os"; "strconv"; "strings"; "time")
` + example + `
func main() {
	body, _ := io.ReadAll(os.Stdin)
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("webhook-id", os.Args[1]); r.Header.Set("webhook-timestamp", os.Args[2]); r.Header.Set("webhook-signature", os.Args[3])
	fmt.Print(verify([]byte("secret"), r, body))
}`
	for name, text := range map[string]string{"main.go": main, "go.mod": "module example\n\ngo 1.26\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "example", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	now := time.Now().Unix()
	for _, c := range []struct {
		at   int64
		body string
		want string
	}{{now, "{}", "true"}, {now, "{} ", "false"}, {now - 3600, "{}", "false"}} {
		signature := webhook.Sign([]byte("secret"), "m1", c.at, []byte("{}"))
		run := exec.Command(filepath.Join(dir, "example"), "m1", strconv.FormatInt(c.at, 10), "v1,AAAA "+signature)
		run.Stdin = strings.NewReader(c.body)
		if out, err := run.CombinedOutput(); err != nil || string(out) != c.want {
			t.Errorf("%+v: %s %v", c, out, err)
		}
	}
}
