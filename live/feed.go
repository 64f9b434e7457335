package live

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// kept is how many events can be told again to whoever lost the connection.
	kept = 1000
	// patience is how many events may wait for a watcher before it is let go.
	patience = 200
	// oftenEnough is how often progress on one target is told.
	oftenEnough = 200 * time.Millisecond
)

// Options are what a Feed needs. All may be left out.
type Options struct {
	// Boot tells this process from others: a watcher that comes back after a restart is
	// told that it missed something.
	Boot string
	Now  func() time.Time
}

// Feed takes events and hands them to whoever watches. It is safe for concurrent use.
type Feed struct {
	boot string
	now  func() time.Time

	mu       sync.Mutex
	last     []Event // the newest, oldest first
	seq      int64
	watchers map[*Watcher]struct{}
	steps    map[string]Step
	toldAt   map[string]time.Time // by target, when progress was told last
	closed   bool
}

// New returns a Feed.
func New(o Options) *Feed {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Feed{
		boot: o.Boot, now: o.Now, watchers: map[*Watcher]struct{}{}, steps: map[string]Step{}, toldAt: map[string]time.Time{},
	}
}

// Tell hands an event to all who watch. It never waits.
func (f *Feed) Tell(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tell(e)
}

func (f *Feed) tell(e Event) {
	f.seq++
	e.ID = f.boot + "-" + strconv.FormatInt(f.seq, 10)
	if e.At.IsZero() {
		e.At = f.now().UTC()
	}
	if len(f.last) >= 2*kept {
		f.last = slices.Clone(f.last[kept:])
	}
	f.last = append(f.last, e)
	for w := range f.watchers {
		w.offer(e)
	}
}

// Progress tells how far a step on a target is, not more often than people can read.
func (f *Feed) Progress(target, step string, done, total int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.steps[target]
	f.steps[target] = Step{Target: target, Step: step, Done: done, Total: total}
	now := f.now()
	if before.Step == step && done != total && now.Sub(f.toldAt[target]) < oftenEnough {
		return
	}
	f.toldAt[target] = now
	f.tell(Event{Kind: Progress, Target: target, Step: step, Done: done, Total: total})
}

// Steps returns how far the work on some targets was last, by target.
func (f *Feed) Steps(targets []string) []Step {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []Step{}
	for _, target := range slices.Sorted(maps.Keys(f.steps)) {
		if slices.Contains(targets, target) {
			out = append(out, f.steps[target])
		}
	}
	return out
}

// Rest forgets how far the work on some targets was: it is done.
func (f *Feed) Rest(targets []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, target := range targets {
		delete(f.steps, target)
		delete(f.toldAt, target)
	}
}

// Watch begins behind the event of that id, or now where it is "". choose says which
// events are wanted; nil wants all. The caller ends it with Stop.
func (f *Feed) Watch(after string, choose func(Event) bool) *Watcher {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &Watcher{feed: f, choose: choose, events: make(chan Event, patience)}
	if f.closed {
		w.end()
		return w
	}
	f.catchUp(w, after)
	f.watchers[w] = struct{}{}
	return w
}

// catchUp hands a watcher what it missed, as far as that is known.
func (f *Feed) catchUp(w *Watcher, after string) {
	if after == "" {
		return
	}
	boot, number, _ := strings.Cut(after, "-")
	seq, err := strconv.ParseInt(number, 10, 64)
	first := f.seq - int64(len(f.last)) + 1
	if boot != f.boot || err != nil || seq > f.seq || seq < first-1 {
		w.backlog = append(w.backlog, Event{Kind: Missed, At: f.now().UTC()})
		return
	}
	for _, e := range f.last[seq-first+1:] {
		if w.wants(e) {
			w.backlog = append(w.backlog, e)
		}
	}
}

// Close ends all who watch: the server stops.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for w := range f.watchers {
		w.end()
	}
	clear(f.watchers)
}
