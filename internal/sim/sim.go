package sim

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"birthright/targets"
)

// System is a stand-in for a vendor's system. It is safe for concurrent use.
type System interface {
	http.Handler
	// Seed puts s in as somebody else would, who is not us: accounts, which
	// assignments name by ID or Name, entitlements, and assignments. An Indirect
	// assignment goes through something nested where the system has such a thing.
	// What is there already stays.
	Seed(s targets.State)
	// Memory is a pointer to all that it holds, which encoding/json reads and writes.
	// It is used while no request is served.
	Memory() any
}

// Transport takes requests to a System, in process: an http.RoundTripper. It is safe
// for concurrent use.
type Transport struct {
	system System
	from   targets.Simulation
	now    func() time.Time

	faults faults

	mu      sync.RWMutex // held for writing while the memory is read or written
	begun   bool
	changed bool
	saved   time.Time
}

// between is how often, at most, what is held is written down while requests come.
const between = 2 * time.Second

// New takes requests to system, which begins with what from says.
func New(system System, from targets.Simulation, now func() time.Time) *Transport {
	if now == nil {
		now = time.Now
	}
	return &Transport{system: system, from: from, now: now}
}

// RoundTrip answers a request.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.begin(req.Context()); err != nil {
		return nil, err
	}
	resp, err := t.answer(req)
	if !t.faults.onlyReads(req) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.changed = true
		if now := t.now(); now.Sub(t.saved) >= between {
			t.saved = now
			return resp, errors.Join(err, t.save())
		}
	}
	return resp, err
}

// begin fills the system: from the file of an earlier run, and with what others have
// made there since.
func (t *Transport) begin(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun {
		return nil
	}
	if err := t.load(); err != nil {
		return err
	}
	if t.from.Begin != nil {
		s, err := t.from.Begin(ctx)
		if err != nil {
			return err
		}
		t.system.Seed(s)
	}
	t.begun, t.saved = true, t.now()
	return nil
}

func (t *Transport) load() error { return Load(t.from.File, t.system.Memory()) }

// save writes what is held.
func (t *Transport) save() error {
	if t.from.File == "" || !t.changed {
		return nil
	}
	if err := Save(t.from.File, t.system.Memory()); err != nil {
		return err
	}
	t.changed = false
	return nil
}

// Close keeps what is held for the next run.
func (t *Transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.begun {
		return nil
	}
	return t.save()
}

// Seed puts s in as somebody else would.
func (t *Transport) Seed(ctx context.Context, s targets.State) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	t.system.Seed(s)
	return nil
}
