package scim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/scim/scimsim"
	"birthright/targets/targettest"
)

const token = "canary-7d1b9e"

// logBuffer is a log that a test can read.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// serve starts an application.
func serve(t testing.TB, opt scimsim.Options) *scimsim.Server {
	t.Helper()
	if opt.Token == "" {
		opt.Token = token
	}
	app, err := scimsim.Start(scimsim.New(opt), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Down)
	return app
}

// open makes a target for an application; change may edit the configuration.
func open(t testing.TB, url string, change func(*Config)) (*Target, *logBuffer) {
	t.Helper()
	ref, err := secret.New(token)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{Connection: httpkit.Connection{URL: url, Timeout: 20 * time.Second}, Token: ref, Habits: Habits{PageSize: 3, MaxMembers: 3}}
	c.Groups.Create = true
	if change != nil {
		change(c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	said := new(logBuffer)
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now,
		Log: slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	made := target.(*Target)
	t.Cleanup(func() { _ = made.Close() })
	return made, said
}

func peer(t testing.TB, opt scimsim.Options) targettest.Peer {
	app := serve(t, opt)
	target, said := open(t, app.URL(), nil)
	return targettest.Peer{
		Target: target, Nests: true, Page: 3, Batch: 3, Canary: token, Said: said.String,
		Seed: func(t testing.TB, s targets.State) { seed(t, app, s) },
		LoseReply: func(testing.TB) {
			app.Heal()
			app.Plant(scimsim.Fault{Writes: true, Times: 1, LoseReply: true})
		},
		Refuse: func(testing.TB) { app.Plant(scimsim.Fault{Writes: true, Status: 403}) },
		FailRead: func(testing.TB) {
			app.Plant(scimsim.Fault{Method: "GET", Path: "/Users", After: 1, Status: 500})
		},
		Outage: func(t testing.TB, down bool) {
			if down {
				app.Down()
			} else if err := app.Up(); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// seed puts s into the application as somebody else would.
func seed(t testing.TB, app *scimsim.Server, s targets.State) {
	t.Helper()
	ids := map[string]string{}
	for _, a := range s.Accounts {
		ids[a.Name] = post(t, app, "/Users", resource{"schemas": []string{schemaUser}, "userName": a.Name, "active": a.Active})
	}
	members := map[string][]resource{}
	for i, a := range s.Assignments {
		member := []resource{{"value": ids[a.AccountID]}}
		if a.Indirect {
			nested := post(t, app, "/Groups", resource{"schemas": []string{schemaGroup},
				"displayName": fmt.Sprintf("nested %d", i), "members": member})
			member = []resource{{"value": nested}}
		}
		members[a.Entitlement.ID] = append(members[a.Entitlement.ID], member...)
	}
	for _, e := range s.Entitlements {
		post(t, app, "/Groups", resource{"schemas": []string{schemaGroup}, "displayName": e.Address.ID, "members": members[e.Address.ID]})
	}
}

func post(t testing.TB, app *scimsim.Server, path string, body any) string {
	t.Helper()
	return text(raw(t, app, http.MethodPost, path, body), "id")
}

// raw sends a request past the target.
func raw(t testing.TB, app *scimsim.Server, method, path string, body any) resource {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, app.URL()+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", scimMedia)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out resource
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if resp.StatusCode != http.StatusNoContent {
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestContract(t *testing.T) {
	for name, opt := range map[string]scimsim.Options{
		"a full server": {PageSize: 5, MaxMembers: 3},
		"no document":   {NoConfig: true, PageSize: 2},
		"no PATCH":      {NoPatch: true},
		"no filters":    {NoFilter: true},
		"neither, and no document": {
			NoPatch: true, NoFilter: true, NoConfig: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(t, opt) }})
		})
	}
}

// ent addresses a group of the target under test.
func ent(id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: Group, ID: id}
}

// outcomes writes results for comparison.
func outcomes(results []targets.Result) string {
	var out []string
	for _, r := range results {
		out = append(out, string(r.Outcome))
	}
	return strings.Join(out, " ")
}
