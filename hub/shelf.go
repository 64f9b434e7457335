package hub

import (
	"context"
	"sync"
	"time"
)

const (
	// keptFor is how long a report that was computed is told again while nothing seems to
	// have changed: time alone changes a few things, too.
	keptFor = 10 * time.Minute
	// mostKept is how many computed reports are kept, and mostAtOnce how many are computed
	// at once: each reads everybody.
	mostKept, mostAtOnce = 8, 2
)

// shelf keeps reports that were computed, and has those who ask for the same at the same
// time share one.
type shelf struct {
	room  chan struct{}
	mu    sync.Mutex
	books map[string]*book
}

// book is a report, or one that is being computed.
type book struct {
	// begun is when it was asked for, and mark what was to be seen of the hub then.
	begun time.Time
	mark  string
	done  chan struct{}
	// What follows may be read once done is closed.
	report *Report
	took   time.Duration
	err    error
}

func newShelf() *shelf {
	return &shelf{room: make(chan struct{}, mostAtOnce), books: map[string]*book{}}
}

// take returns the book of a title that shows the hub as it is, or begins one. Whoever
// hangs up does not end the work: others may wait for it.
func (s *shelf) take(ctx context.Context, title, mark string, now func() time.Time, compute func(context.Context) (*Report, error)) *book {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.books[title]; b != nil && b.mark == mark && now().Sub(b.begun) < keptFor && !b.failed() {
		return b
	}
	b := &book{begun: now(), mark: mark, done: make(chan struct{})}
	before := s.books[title]
	s.tidy()
	s.books[title] = b
	ctx = context.WithoutCancel(ctx)
	go func() {
		s.room <- struct{}{}
		defer func() { <-s.room }()
		started := now()
		b.report, b.err = compute(ctx)
		b.took = now().Sub(started)
		if b.err != nil && before != nil {
			s.restore(title, b, before)
		}
		close(b.done)
	}()
	return b
}

// restore puts the book back that was there before one that failed.
func (s *shelf) restore(title string, failed, before *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.books[title] == failed && before.ready() && before.err == nil {
		s.books[title] = before
	}
}

// last is the book of a title that is there already, whatever happened since; nil for
// none. It may be one that is being computed.
func (s *shelf) last(title string) *book {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.books[title]
}

// tidy makes room: what was asked for first goes.
func (s *shelf) tidy() {
	for len(s.books) >= mostKept {
		oldest := ""
		for title, b := range s.books {
			if oldest == "" || b.begun.Before(s.books[oldest].begun) {
				oldest = title
			}
		}
		delete(s.books, oldest)
	}
}

// wait returns the report once it is computed.
func (b *book) wait(ctx context.Context) (*Report, error) {
	select {
	case <-b.done:
		return b.report, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (b *book) ready() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}

func (b *book) failed() bool { return b.ready() && b.err != nil }
