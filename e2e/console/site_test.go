package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/app"
	"birthright/config"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/internal/chromiumtest"
	"birthright/internal/company"
	"birthright/reconcile"
	sourcekinds "birthright/sources/builtin"
	"birthright/store"
	"birthright/targets"
	targetkinds "birthright/targets/builtin"
	"birthright/targets/memory"
	"birthright/tokens"
)

const settings = `
server: {listen: "127.0.0.1:0", public_url: "http://127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
auth: {oidc: {admins: ["user:root"]}}
sources: [{name: hr, kind: file, path: people.csv}]
targets: [{name: app, kind: memory, accounts: {create: true}}]
sync: {guard: {max_missing_percent: 100, max_removals: 1000, max_removal_percent: 100}}
`

const policy = `
groups:
  - name: prod
    title: Production
    description: Reading and writing in production
    risk: high
    owners: ["user:olga", "user:otto"]
    access: ["app:role/prod"]
    request: {durations: {default: 1h, max: 8h}, approve: [{by: owners}], break_glass: {max: 30m}}
  - name: prod-logs
    owners: ["user:otto"]
    access: ["app:role/logs"]
    request: {durations: {max: 8h}, approve: [{by: owners}]}
rules:
  - {name: logs, when: 'user.team == "Platform"', groups: [prod-logs]}
templates: [{match: "team-*", access: ["app:team/{name}"], owners: ["manager"]}]
`

// cast are the people of the stories; there are others, with names from everywhere.
const cast = `ada,Ada,Lovelace,Engineering,Platform
olga,Olga,Orlova,Engineering,Platform
otto,Otto,Ohm,Engineering,Platform
eve,Eve,Moneypenny,Sales,EMEA
root,Rita,Root,IT,Operations
`

// crowd is how many others there are: more than a page of a list shows.
const crowd = 70

// site is a hub that runs, with people in it.
type site struct {
	*testing.T
	*app.App
	url string
	app *memory.Target
	// slow is closed as long as the application answers; see stall.
	slow chan struct{}
	mu   sync.Mutex
}

// wait is how long the application takes to answer.
func (s *site) wait(ctx context.Context) error {
	s.mu.Lock()
	answers := s.slow
	s.mu.Unlock()
	select {
	case <-answers:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stall keeps the application from answering until the function that it returns is called.
func (s *site) stall() (answer func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = make(chan struct{})
	return sync.OnceFunc(func() { close(s.slow) })
}

// open starts a hub; it is stopped with the test.
func open(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, slow: make(chan struct{})}
	close(s.slow)
	s.app = memory.New("app", memory.WithCapabilities(memory.DefaultCapabilities()), memory.WithLatency(s.wait))
	var err error
	s.App, err = app.Open(t.Context(), app.Options{Config: folder(t), Actor: "operator:test", Targets: map[string]targets.Target{"app": s.app}})
	s.must(err)
	t.Cleanup(func() { s.check(s.Close()) })
	_, err = s.Import(t.Context(), nil)
	s.must(err)
	_, err = s.Sync(t.Context(), reconcile.Request{Full: true})
	s.must(err)
	server, err := s.Start(t.Context())
	s.must(err)
	t.Cleanup(func() { s.check(server.Stop(t.Context())) })
	s.url = server.PublicURL()
	return s
}

// folder writes the files of the hub.
func folder(t *testing.T) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"hub.yaml": settings, "policy.yaml": policy, "people.csv": people(t)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "hub.yaml"), config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// people is the HR file: the cast behind the crowd.
func people(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := company.Generate(1, crowd, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)).WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(cast) {
		p := strings.Split(strings.TrimSpace(line), ",")
		row := map[string]string{
			"employeeNumber": "C-" + p[0], "userName": p[0], "givenName": p[1], "familyName": p[2], "displayName": p[1] + " " + p[2],
			"email": p[0] + "@example.com", "department": p[3], "team": p[4],
		}
		var cells []string
		for _, column := range company.Columns() {
			cells = append(cells, row[column])
		}
		out.WriteString(strings.Join(cells, ",") + "\n")
	}
	return out.String()
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) check(err error) {
	s.Helper()
	if err != nil {
		s.Error(err)
	}
}

// as is somebody who acts, for what a story takes for granted.
func (s *site) as(name string) approval.Actor {
	s.Helper()
	a, err := s.Desk.Actor(s.Context(), name)
	s.must(err)
	return a
}

// token makes a personal token.
func (s *site) token(name string) string {
	s.Helper()
	plain, made, err := tokens.New(rand.Reader, "", tokens.ScopeAPI, time.Now(), time.Hour)
	s.must(err)
	made.UserN = s.as(name).UserN
	s.must(s.Store.Update(s.Context(), func(tx *store.Tx) error { return tx.SaveToken(s.Context(), store.TokenRow(made)) }))
	return plain
}

// tab opens a tab of somebody who is logged in; "" is nobody.
func (s *site) tab(t *testing.T, name string, look chromiumtest.Look) *chromiumtest.Tab {
	t.Helper()
	tab := browser.Tab(t, look)
	if name != "" {
		tab.Visit(s.url + "/login")
		tab.Fill("Personal token", s.token(name))
		tab.Click("Log in")
		tab.At("/")
	}
	return tab
}

// ask has somebody ask for a group, and returns the path of the request.
func (s *site) ask(name, group string) string {
	s.Helper()
	return "/requests/" + s.askFor(name, group, 2*time.Hour).ID
}

func (s *site) askFor(name, group string, length time.Duration) desk.Request {
	s.Helper()
	made, err := s.Desk.Ask(s.Context(), s.as(name), desk.Wish{Groups: []string{group}, For: length, Reason: "The disk of the database is full", Ticket: "OPS-7"})
	s.must(err)
	return made[0]
}

// approve has somebody approve a request, not in the browser.
func (s *site) approve(name string, r desk.Request) {
	s.Helper()
	_, err := s.Desk.Decide(s.Context(), s.as(name), r.ID, desk.Decision{Approve: true, Revision: r.Revision})
	s.must(err)
}
