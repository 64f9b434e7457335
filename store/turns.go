package store

import (
	"context"
	"slices"
	"sync"
)

// turns lets one Update at a time at the writer, in the order in which they
// came. Whoever has the turn either hands the open transaction to the next, or
// ends it and hands on the turn alone.
type turns struct {
	mu      sync.Mutex
	taken   bool
	waiting []chan *shared // each takes one turn
}

// take waits for the turn. What it returns is the transaction to go on in, nil
// to begin one.
func (t *turns) take(ctx context.Context) (*shared, error) {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil, nil
	}
	mine := make(chan *shared, 1)
	t.waiting = append(t.waiting, mine)
	t.mu.Unlock()
	select {
	case open := <-mine:
		return open, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.waiting, mine); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		return nil, ctx.Err()
	}
	return <-mine, nil // it has come after all; the first statement will see ctx
}

// join hands an open transaction to whoever waits longest, with the turn; false
// where nobody waits.
func (t *turns) join(open *shared) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hand(open)
}

// free gives up the turn.
func (t *turns) free() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = t.hand(nil)
}

func (t *turns) hand(open *shared) bool {
	if len(t.waiting) == 0 {
		return false
	}
	t.waiting[0] <- open
	t.waiting = t.waiting[1:]
	return true
}
