package sim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// names is a system that holds names: GET lists them, POST adds one.
type names struct {
	mu   sync.Mutex
	held struct{ Names []string }
}

func (n *names) Memory() any { return &n.held }

func (n *names) Seed(s targets.State) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range s.Accounts {
		n.held.Names = append(n.held.Names, a.Name)
	}
}

func (n *names) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		n.held.Names = append(n.held.Names, string(body))
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(n.held)
}

// ask sends a request and returns the answer's text, or the error's.
func ask(t *testing.T, rt http.RoundTripper, method, url, body string) (text string, sent bool) {
	t.Helper()
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent = true }})
	req, err := http.NewRequestWithContext(ctx, method, "https://x.invalid"+url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return err.Error(), sent
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return string(data) + " " + err.Error(), sent
	}
	return strings.TrimSpace(resp.Status + " " + string(data)), sent
}

func TestWhatIsHeldIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "simulated", "app.json")
	from := targets.Simulation{File: file, Begin: func(context.Context) (targets.State, error) {
		return targets.State{Accounts: []targets.Account{{Name: "ada"}}}, nil
	}}
	first := New(&names{}, from, nil)
	ask(t, first, "POST", "/", "bob")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	from.Begin = nil
	if got, _ := ask(t, New(&names{}, from, nil), "GET", "/", ""); !strings.Contains(got, `["ada","bob"]`) {
		t.Errorf("the next run finds %s", got)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "https://x.invalid/", nil)
	_, err := New(&names{}, from, nil).RoundTrip(req)
	if identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "app.json") {
		t.Errorf("a damaged file: %v", err)
	}
}

func TestWhatIsHeldIsKeptWhileRunning(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.json")
	now := time.Unix(0, 0)
	rt := New(&names{}, targets.Simulation{File: file}, func() time.Time { return now })
	ask(t, rt, "POST", "/", "bob")
	now = now.Add(time.Minute)
	ask(t, rt, "POST", "/", "eve")
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "eve") {
		t.Errorf("a program that is killed now forgets: %s, %v", data, err)
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		says  string
		sent  bool
		held  int
	}{
		"down":       {Fault{Down: true}, "refused", false, 0},
		"cut":        {Fault{Cut: true}, "EOF", true, 0},
		"lost reply": {Fault{LoseReply: true}, "EOF", true, 1},
		"cut answer": {Fault{CutBody: true}, "EOF", true, 1},
		"status":     {Fault{Status: 503, Header: map[string]string{"Retry-After": "1"}}, "503", true, 0},
		"not yet":    {Fault{Status: 503, After: 1}, "200", true, 1},
		"other path": {Fault{Status: 503, Path: "/y"}, "200", true, 1},
		"reads":      {Fault{Status: 503, Reads: true}, "200", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			system := &names{}
			rt := New(system, targets.Simulation{}, nil)
			c.fault.Times = 1
			rt.Plant(c.fault)
			got, sent := ask(t, rt, "POST", "/x", "bob")
			if !strings.Contains(got, c.says) || sent != c.sent || len(system.held.Names) != c.held {
				t.Errorf("%q, sent %v, %d held", got, sent, len(system.held.Names))
			}
			rt.Heal()
			if got, _ := ask(t, rt, "GET", "/x", ""); !strings.HasPrefix(got, "200") {
				t.Errorf("after healing: %s", got)
			}
		})
	}
}

func TestAPageComesAgain(t *testing.T) {
	system := &names{}
	rt := New(system, targets.Simulation{}, nil)
	rt.Plant(Fault{Again: true, Reads: true, After: 1, Times: 1})
	first, _ := ask(t, rt, "GET", "/list?page=1", "")
	system.Seed(targets.State{Accounts: []targets.Account{{Name: "new"}}})
	if second, _ := ask(t, rt, "GET", "/list?page=2", ""); second != first {
		t.Errorf("%s, want %s again", second, first)
	}
	if n, by := rt.Calls(); n != 2 || by["GET"] != 2 {
		t.Errorf("%d calls, %v", n, by)
	}
}
