package facts

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

const (
	canary = "canary-9907"
	ticket = `[{"kind": "ticket", "name": "incidents", "person": "ada@x.test", "key": "INC-1"}]`
)

// server has one document and hands it out as web servers do.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	text   string
	stop   int // bytes after which the connection breaks; 0 for never
	status int
	header map[string]string
	// whole and same count the answers with and without the document.
	whole, same int
}

func serve(t testing.TB, text string) *server {
	s := &server{text: text, header: map[string]string{"Content-Type": "application/json; charset=utf-8"}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) put(text string) { s.mu.Lock(); defer s.mu.Unlock(); s.text, s.stop = text, 0 }
func (s *server) cut(stop int)    { s.mu.Lock(); defer s.mu.Unlock(); s.stop = stop }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+canary || r.URL.Query().Get("team") != "ops" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "not with "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		return
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(s.text)))
	w.Header().Set("ETag", tag)
	for name, value := range s.header {
		w.Header().Set(name, value)
	}
	switch {
	case s.status != 0:
		w.WriteHeader(s.status)
	case s.stop > 0:
		w.Header().Set("Content-Length", fmt.Sprint(len(s.text)))
		_, _ = w.Write([]byte(s.text[:s.stop]))
	case r.Header.Get("If-None-Match") == tag:
		s.same++
		w.WriteHeader(http.StatusNotModified)
	default:
		s.whole++
		_, _ = w.Write([]byte(s.text))
	}
}

// fetch makes the source as the program does.
func fetch(t testing.TB, s *server, change func(*Config)) sources.Context {
	t.Helper()
	ref, err := secret.New(canary)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{URL: s.URL + "/rota?team=ops", Token: ref}
	if change != nil {
		change(&c)
	}
	source, err := c.Open(sources.Env{Name: "rota", Now: func() time.Time { return sourcetest.ContextNow }})
	if err != nil {
		t.Fatal(err)
	}
	return source.(sources.Context)
}

func told(t testing.TB, s sources.Context) (n int, err error) {
	t.Helper()
	end, err := s.Facts(t.Context(), func(identity.Fact) error { n++; return nil })
	if err == nil && !end.Complete {
		t.Error("a read without an error is not complete")
	}
	return n, err
}

// What has not changed is not sent again, and counts as read whole all the same.
func TestPageAsItWas(t *testing.T) {
	s := serve(t, ticket)
	source := fetch(t, s, nil)
	for range 3 {
		if n, err := told(t, source); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	s.put("[]")
	if n, err := told(t, source); n != 0 || err != nil {
		t.Error(n, err)
	}
	if s.whole != 2 || s.same != 2 {
		t.Errorf("sent whole %d times, not sent %d times", s.whole, s.same)
	}
}

func TestPagesThatSayNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*server)
		change func(*Config)
		kind   identity.Kind
		want   string
	}{
		"login page":    {func(s *server) { s.text = "<html>log in</html>"; s.header["Content-Type"] = "text/html" }, nil, identity.Invalid, "a page of HTML: check url and token"},
		"html as json":  {func(s *server) { s.text = "<html>log in</html>" }, nil, identity.Invalid, "/rota:1:"},
		"no kind":       {func(s *server) { s.header["Content-Type"] = "application/octet-stream" }, nil, identity.Invalid, "or say format"},
		"empty":         {func(s *server) { s.text = "" }, nil, identity.Invalid, "the file is empty"},
		"a fault":       {func(s *server) { s.text = strings.Replace(ticket, "ada@x.test", "", 1) }, nil, identity.Invalid, "person is missing"},
		"part":          {func(s *server) { s.status = 206 }, nil, identity.Incomplete, "206 is not the whole document"},
		"no content":    {func(s *server) { s.status = 204 }, nil, identity.Incomplete, "204 is not the whole document"},
		"not modified":  {func(s *server) { s.status = 304 }, nil, "", "304"},
		"gone":          {func(s *server) { s.status = 404 }, nil, identity.NotFound, "404"},
		"elsewhere":     {func(s *server) { s.status = 302; s.header["Location"] = "https://evil.example.com" }, nil, "", "302"},
		"trouble":       {func(s *server) { s.status = 503 }, nil, identity.Unavailable, "503"},
		"busy":          {func(s *server) { s.status = 429; s.header["Retry-After"] = "60" }, nil, identity.Throttled, "429"},
		"wrong query":   {nil, func(c *Config) { c.URL = strings.Replace(c.URL, "ops", "dev", 1) }, identity.Denied, "401"},
		"cut in middle": {func(s *server) { s.stop = 10 }, nil, "", ""},
		"csv said":      {nil, func(c *Config) { c.Format = "csv" }, identity.Invalid, "/rota:1:"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, ticket)
			if c.spoil != nil {
				c.spoil(s)
			}
			n, err := told(t, fetch(t, s, c.change))
			if err == nil || n > 0 || c.kind != "" && identity.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) {
				t.Errorf("%d facts, kind %s, %v", n, identity.KindOf(err), err)
			}
		})
	}
}

// A server that is busy is left alone as long as it asks.
func TestBusyServerIsLeftAlone(t *testing.T) {
	s := serve(t, ticket)
	s.status, s.header["Retry-After"] = 429, "60"
	source := fetch(t, s, nil)
	_, _ = told(t, source)
	s.status = 0
	if n, err := told(t, source); n > 0 || identity.KindOf(err) != identity.Throttled || s.whole > 0 {
		t.Error(n, err, s.whole)
	}
}

func TestSettingsOfPages(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Config{
		"not both":            {Path: "a.csv", URL: "https://x.test/a.csv"},
		"must use https":      {URL: "http://rota.example.com/a.csv"},
		"use token":           {URL: "https://ada:" + canary + "@x.test/a.csv"},
		"write where":         {URL: "rota.csv"},
		"ends before #":       {URL: "https://x.test/a.csv#1"},
		`format is "toml"`:    {URL: "https://x.test/a", Format: "toml"},
		"timeout: -1s":        {URL: "https://x.test/a", Timeout: -time.Second},
		"a file has none":     {Path: "a.csv", Timeout: time.Second},
		"path is missing":     {Format: "csv"},
		"its ending does not": {Path: "a.txt"},
	} {
		_, err := c.Open(sources.Env{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := (&Config{Path: "a.txt", Format: "csv"}).Open(sources.Env{}); err != nil {
		t.Error(err)
	}
}
