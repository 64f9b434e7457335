package oauth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/oauth"
	"birthright/tokens"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// publicURL is where the hub is for clients, whatever port the test's server has.
const publicURL = "https://hub.example.com/"

// desk is a token endpoint over clients in memory.
type desk struct {
	t      testing.TB
	server *httptest.Server
	now    time.Time

	mu      sync.Mutex
	log     bytes.Buffer
	clients map[string]tokens.Client
	asked   int // for a client
	kept    []tokens.Token
	proofs  map[string]bool
	fault   error // of every look-up
	refusal error // of every token that is to be kept
}

func open(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, now: noon, clients: map[string]tokens.Client{}, proofs: map[string]bool{}}
	h, err := oauth.New(oauth.Options{
		Clients: d, Sources: []string{"entra"}, PublicURL: publicURL, Now: func() time.Time { return d.now }, Log: slog.New(slog.NewTextHandler(d, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewServer(h)
	t.Cleanup(d.server.Close)
	return d
}

// Write takes lines of the log.
func (d *desk) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(line)
}

func (d *desk) said() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

func (d *desk) Client(_ context.Context, id string) (tokens.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	c, ok := d.clients[id]
	if d.fault != nil {
		return c, d.fault
	}
	if !ok {
		return c, &identity.Error{Kind: identity.NotFound, Object: id}
	}
	return c, nil
}

func (d *desk) Keep(_ context.Context, token tokens.Token, proof oauth.Proof) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refusal != nil {
		return d.refusal
	}
	if d.proofs[proof.ID] {
		return &identity.Error{Kind: identity.Conflict, Object: token.Client}
	}
	d.proofs[proof.ID] = proof.ID != ""
	d.kept = append(d.kept, token)
	return nil
}

// client makes a client of a source and returns what it is known by.
func (d *desk) client(source string, ttl time.Duration) (id, secret string) {
	d.t.Helper()
	secret, c, err := tokens.NewClient(rand.Reader, source, tokens.ScopeSCIM, d.now, ttl)
	if err != nil {
		d.t.Fatal(err)
	}
	d.clients[c.ID] = c
	return c.ID, secret
}

// change changes what is kept of a client.
func (d *desk) change(id string, change func(*tokens.Client)) {
	c := d.clients[id]
	change(&c)
	d.clients[id] = c
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// post sends a form; edits change the request.
func (d *desk) post(form string, edits ...func(*http.Request)) reply {
	d.t.Helper()
	r, err := http.NewRequest(http.MethodPost, d.server.URL+oauth.TokenPath, strings.NewReader(form))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, edit := range edits {
		edit(r)
	}
	response, err := d.server.Client().Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	out := reply{status: response.StatusCode, header: response.Header, text: string(text)}
	if err := json.Unmarshal(text, &out.body); err != nil {
		d.t.Fatalf("%d with a body that is no JSON object: %q", out.status, text)
	}
	return out
}

func basic(id, secret string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret)) }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Add(name, value) }
}

const granting = "grant_type=client_credentials"

// posted is a form with the credentials in it.
func posted(id, secret string) string {
	return granting + "&" + url.Values{"client_id": {id}, "client_secret": {secret}}.Encode()
}
