package inspect

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Store is where conversations are kept.
type Store interface {
	// SaveConversations adds conversations and then keeps, of each source in keep,
	// so many of the newest.
	SaveConversations(ctx context.Context, list []Conversation, keep map[string]int) error
	// TrimConversations does the latter alone, and forgets all other sources.
	TrimConversations(ctx context.Context, keep map[string]int) error
}

// Options are the settings of a Recorder and what the program lends it.
type Options struct {
	// Keep is how many conversations of each source are kept; of sources that are
	// not in it, none.
	Keep  map[string]int
	Store Store
	Now   func() time.Time
	NewID func() string
	Log   *slog.Logger // discarded if nil
}

// Recorder takes conversations on the request path and keeps the last ones. The
// nil Recorder listens to nobody.
type Recorder struct {
	o    Options
	on   bool
	wake chan struct{}

	mu      sync.Mutex
	rings   map[string]*rings
	dropped int64

	// Of Run alone: what could not be stored, and whether that was logged.
	waiting []Conversation
	failing bool
}

// NewRecorder returns a Recorder. What it takes is stored while Run runs.
func NewRecorder(o Options) *Recorder {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Recorder{o: o, wake: make(chan struct{}, 1), rings: map[string]*rings{}}
	for source, keep := range o.Keep {
		if keep > 0 {
			r.on, r.rings[source] = true, new(rings)
		}
	}
	return r
}

// Listen begins to listen in on a request, unless nothing is kept of anybody.
func (r *Recorder) Listen(w http.ResponseWriter, request *http.Request) *Talk {
	if r == nil || !r.on {
		return &Talk{Request: request, Writer: w}
	}
	t := Capture(w, request, r.o.Now())
	t.recorder = r
	return t
}

// Record takes what was heard of a request. It waits for nothing: what is not
// stored yet makes room for what is newer.
func (r *Recorder) Record(x Exchange) {
	of := r.rings[x.Source]
	if of == nil {
		return
	}
	x.id = r.o.NewID()
	r.mu.Lock()
	if of.of(x).add(x, r.o.Keep[x.Source]) {
		r.dropped++
	}
	r.mu.Unlock()
	r.nudge()
}

// nudge wakes Run.
func (r *Recorder) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Dropped is how many conversations made room before they were stored.
func (r *Recorder) Dropped() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// take returns what was recorded since, oldest first.
func (r *Recorder) take() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Exchange
	for _, of := range r.rings {
		out = append(append(out, of.good.take()...), of.bad.take()...)
	}
	slices.SortFunc(out, func(a, b Exchange) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return out
}
