package sim

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is a planted failure. The zero value of a condition matches everything.
type Fault struct {
	// Method and Path choose requests: equal method, path that contains Path.
	// Writes chooses those that are no GET, unless Reading says that they only read;
	// Reads chooses the others.
	Method, Path  string
	Writes, Reads bool
	// After lets so many matching requests pass first; Times is how many it then
	// hits, 0 meaning all.
	After, Times int

	// Hit, if not nil, is called at once when the fault hits.
	Hit func()
	// Delay waits before anything else.
	Delay time.Duration
	// Down is a connection that nobody takes: nothing is sent.
	Down bool
	// Status answers with this status and does nothing; Header is sent along.
	Status int
	Header map[string]string
	// Body is sent with Status as ContentType.
	Body, ContentType string
	// Cut ends the connection without an answer and without an effect, LoseReply
	// after the effect, CutBody in the middle of the answer.
	Cut, LoseReply, CutBody bool
	// Again answers a GET with the answer to the GET before it, where that was for
	// another page of the same list: a page that was read already.
	Again bool
}

// faults are the planted ones and the counters that they and tests look at.
type faults struct {
	mu      sync.Mutex
	reading func(*http.Request) bool
	lists   func(*http.Request) string
	planted []*Fault
	seen    map[*Fault]int
	count   map[string]int
	total   int
	last    *http.Response
	body    []byte
}

// Reading says which requests only read although they are no GET.
func (t *Transport) Reading(only func(*http.Request) bool) {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.reading = only
}

// Lists says what a request lists, where that is not its path alone: a fault that gives
// a page again takes one of the same list.
func (t *Transport) Lists(of func(*http.Request) string) {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.lists = of
}

// Plant adds a fault; the first planted one that matches a request hits it.
func (t *Transport) Plant(f Fault) {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.planted = append(t.faults.planted, &f)
}

// Heal takes all faults away.
func (t *Transport) Heal() {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.planted, t.faults.seen = nil, nil
}

// Calls returns how many requests came, and how many of each method.
func (t *Transport) Calls() (total int, byMethod map[string]int) {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	return t.faults.total, maps.Clone(t.faults.count)
}

// ResetCalls sets the counters to zero.
func (t *Transport) ResetCalls() {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.total, t.faults.count = 0, nil
}

// take counts r and returns the fault that hits it, or one that does nothing.
func (f *faults) take(r *http.Request) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == nil {
		f.count = map[string]int{}
	}
	if f.seen == nil {
		f.seen = map[*Fault]int{}
	}
	f.count[r.Method]++
	f.total++
	reads := f.reads(r)
	for _, p := range f.planted {
		if p.Method != "" && p.Method != r.Method || p.Writes && reads || p.Reads && !reads || !strings.Contains(r.URL.Path, p.Path) {
			continue
		}
		f.seen[p]++
		if n := f.seen[p] - p.After; n > 0 && (p.Times == 0 || n <= p.Times) {
			return *p
		}
	}
	return Fault{}
}

// reads reports whether a request only reads.
func (f *faults) reads(r *http.Request) bool {
	return r.Method == http.MethodGet || f.reading != nil && f.reading(r)
}

func (f *faults) onlyReads(r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads(r)
}

// remember keeps the answer to a GET, nothing where that was no page (a 304): what
// came before it is not the page before.
func (f *faults) remember(resp *http.Response, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if resp.StatusCode != http.StatusOK {
		f.last = nil
		return
	}
	kept := *resp
	f.last, f.body = &kept, body
}

// earlier returns the answer to the GET before.
func (f *faults) earlier(req *http.Request) *http.Response {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == nil || f.last.Request.URL.Path != req.URL.Path || f.last.Request.URL.RawQuery == req.URL.RawQuery ||
		f.last.Request.URL.Query().Get("filter") != req.URL.Query().Get("filter") ||
		f.last.Request.URL.Query().Get("q") != req.URL.Query().Get("q") {
		return nil // not another page of the same list
	}
	if f.lists != nil && f.lists(f.last.Request) != f.lists(req) {
		return nil
	}
	again := *f.last
	again.Request, again.Body = req, io.NopCloser(bytes.NewReader(f.body))
	return &again
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
