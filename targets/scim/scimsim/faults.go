package scimsim

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is a planted failure. The zero value of a condition matches everything.
type Fault struct {
	// Method and Path choose requests: equal method, path that contains Path;
	// Writes those that are no GET.
	Method, Path string
	Writes       bool
	// After lets so many matching requests pass first; Times is how many it then
	// hits, 0 meaning all.
	After, Times int

	// Hit, if not nil, is called at once when the fault hits.
	Hit func()
	// Delay waits before anything else.
	Delay time.Duration
	// Status answers with this status and does nothing; RetryAfter is sent along.
	Status     int
	RetryAfter string
	// Body is sent with Status instead of a SCIM error, as ContentType.
	Body, ContentType string
	// Cut ends the connection without an answer and without an effect.
	Cut bool
	// LoseReply lets the request take effect and ends the connection instead of
	// answering.
	LoseReply bool
}

// faults are the planted ones and the counters that they and tests look at.
type faults struct {
	mu      sync.Mutex
	planted []*Fault
	seen    map[*Fault]int
	count   map[string]int
	total   int
}

func newFaults() faults { return faults{seen: map[*Fault]int{}, count: map[string]int{}} }

// Plant adds a fault; the first planted one that matches a request hits it.
func (a *App) Plant(f Fault) {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.planted = append(a.faults.planted, &f)
}

// Heal takes all faults away.
func (a *App) Heal() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.planted = nil
	clear(a.faults.seen)
}

// Requests returns how many requests arrived, by "METHOD Type", for example
// "PATCH Groups".
func (a *App) Requests() map[string]int {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return maps.Clone(a.faults.count)
}

// Total returns how many requests arrived.
func (a *App) Total() int {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	return a.faults.total
}

// ResetRequests sets the counters to zero.
func (a *App) ResetRequests() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	clear(a.faults.count)
	a.faults.total = 0
}

// take counts r and returns the fault that hits it, or one that does nothing.
func (f *faults) take(r *http.Request) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	kind, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Base+"/"), "/")
	f.count[r.Method+" "+kind]++
	f.total++
	for _, p := range f.planted {
		if p.Method != "" && p.Method != r.Method || p.Writes && r.Method == http.MethodGet || !strings.Contains(r.URL.Path, p.Path) {
			continue
		}
		f.seen[p]++
		if n := f.seen[p] - p.After; n > 0 && (p.Times == 0 || n <= p.Times) {
			return *p
		}
	}
	return Fault{}
}

// wait holds the request up for Delay or until the client has gone.
func (f Fault) wait(ctx context.Context) error {
	if f.Hit != nil {
		f.Hit()
	}
	if f.Delay <= 0 {
		return nil
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// before answers in the application's place where the fault says so.
func (f Fault) before(w http.ResponseWriter) bool {
	if f.Cut {
		cut(w)
		return true
	}
	if f.Status == 0 {
		return false
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	body, contentType := []byte(f.Body), f.ContentType
	if contentType == "" {
		contentType = scimMedia
	}
	if f.Body == "" {
		body = encode((&fault{status: f.Status, detail: "planted fault"}).body())
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(f.Status)
	_, _ = w.Write(body) // a client that went away needs no answer
	return true
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 or a recorder: the nearest thing to silence
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	_ = conn.Close() // it is to be gone either way
}
