package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"
)

// locks are the target locks within this process. Each is given to those first who
// have something to take away, and otherwise in the order of asking: between two
// waves of a long first load, a leaver's turn comes. The store's lock, which is
// between processes, knows no order.
type locks struct {
	mu     sync.Mutex
	byName map[string]*turnstile
}

func (l *locks) get(name string) *turnstile {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]*turnstile{}
	}
	if l.byName[name] == nil {
		l.byName[name] = &turnstile{}
	}
	return l.byName[name]
}

// longestPassed is for how long others may be passed by: where there is always something to
// take away, additions and full runs get one short turn in that time.
const longestPassed = 10 * time.Second

// turnstile lets one through at a time.
type turnstile struct {
	mu             sync.Mutex
	taken          bool
	urgent, others []waiter
}

// waiter is told once that its turn has come. Since when it waits is told by the clock
// that nobody sets: it is a matter of this process alone, and in no record.
type waiter struct {
	turn  chan struct{}
	since time.Time
}

// take waits for the turn.
func (t *turnstile) take(ctx context.Context, urgent bool) error {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	mine := waiter{make(chan struct{}, 1), time.Now()}
	if urgent {
		t.urgent = append(t.urgent, mine)
	} else {
		t.others = append(t.others, mine)
	}
	t.mu.Unlock()
	select {
	case <-mine.turn:
		return nil
	case <-ctx.Done():
		t.leave(mine)
		return ctx.Err()
	}
}

// leave is what somebody does who waits no longer.
func (t *turnstile) leave(mine waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-mine.turn: // the turn has come after all
		t.next()
	default:
		t.urgent, t.others = without(t.urgent, mine), without(t.others, mine)
	}
}

func without(waiting []waiter, mine waiter) []waiter {
	return slices.DeleteFunc(waiting, func(w waiter) bool { return w.turn == mine.turn })
}

// free lets the next one through.
func (t *turnstile) free() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next()
}

func (t *turnstile) next() {
	queue := &t.urgent
	if len(*queue) == 0 || len(t.others) > 0 && time.Since(t.others[0].since) > longestPassed {
		queue = &t.others
	}
	t.taken = len(*queue) > 0
	if t.taken {
		(*queue)[0].turn <- struct{}{}
		*queue = (*queue)[1:]
	}
}

// urgentWaits reports whether somebody waits who has something to take away.
func (t *turnstile) urgentWaits() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.urgent) > 0
}

// lockTarget waits for the lock without which nobody changes a target.
func (r *Runner) lockTarget(ctx context.Context, target string, urgent bool) (unlock func(), err error) {
	turn := r.locks.get(target)
	if err := turn.take(ctx, urgent); err != nil {
		return nil, err
	}
	free, err := r.Store.Lock(ctx, "target:"+target)
	if err != nil {
		turn.free()
		return nil, err
	}
	return func() { free(); turn.free() }, nil
}
