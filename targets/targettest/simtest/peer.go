package simtest

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
	"time"

	"birthright/internal/ratelimit"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/targettest"
)

// Rig is a simulated system with what a test needs around it.
type Rig struct {
	Clock     *Clock
	Transport *sim.Transport
	log       Log
}

// New takes requests to system. open makes the target with the rig's transport in
// the network's place: the kind's configuration is the test's to choose.
func New(system sim.System) *Rig {
	clock := NewClock()
	return &Rig{Clock: clock, Transport: sim.New(system, targets.Simulation{}, clock.Now)}
}

// Env is what a target is opened with.
func (r *Rig) Env(name string) targets.Env {
	return targets.Env{
		Name: name, Now: r.Clock.Now, Budgets: ratelimit.NewWith(r.Clock.Now, r.Clock.Sleep),
		Log: slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

// Said returns what was logged.
func (r *Rig) Said() string { return r.log.String() }

// Peer makes the target and its system a peer of the contract. The caller may change
// what it says.
func (r *Rig) Peer(target targets.Target, name string) targettest.Peer {
	t := r.Transport
	return targettest.Peer{
		Target: target, Name: name, Said: r.Said, Page: 3, Batch: 3,
		Seed: func(tb testing.TB, s targets.State) {
			if err := t.Seed(tb.Context(), s); err != nil {
				tb.Fatal(err)
			}
		},
		LoseReply: func(testing.TB) {
			t.Heal()
			t.Plant(sim.Fault{Writes: true, Times: 1, LoseReply: true})
		},
		Refuse:   func(testing.TB) { t.Plant(sim.Fault{Writes: true, Status: 403}) },
		FailRead: func(testing.TB) { t.Plant(sim.Fault{Reads: true, After: 1, Status: 500}) },
		Outage: func(_ testing.TB, down bool) {
			t.Heal()
			if down {
				t.Plant(sim.Fault{Down: true})
			}
		},
		Plant: func(_ testing.TB, after int, trouble targettest.Trouble) {
			f := faults[trouble]
			f.After, f.Times = after, 1
			t.Plant(f)
		},
		Heal: func(testing.TB) {
			t.Heal()
			r.Clock.Advance(time.Hour)
		},
		Requests: func() int { n, _ := t.Calls(); return n },
		Advance: func(_ testing.TB, to time.Time) {
			if d := to.Sub(r.Clock.Now()); d > 0 {
				r.Clock.Advance(d)
			}
		},
	}
}

// faults are the contract's troubles as they come over HTTP.
var faults = map[targettest.Trouble]sim.Fault{
	targettest.ThrottledUntil: {Status: 429, Header: map[string]string{"Retry-After": "2"}},
	targettest.Throttled:      {Status: 429},
	targettest.Unavailable:    {Status: 503},
	targettest.Broken:         {Status: 500},
	targettest.CutBefore:      {Cut: true},
	targettest.LostReply:      {LoseReply: true},
	targettest.CutAnswer:      {CutBody: true},
	targettest.Denied:         {Status: 403},
	targettest.Webpage:        {Status: 200, Body: "<html>please sign in</html>", ContentType: "text/html"},
	targettest.PageAgain:      {Again: true, Reads: true},
}

// Log is a log that a test can read.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *Log) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *Log) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
