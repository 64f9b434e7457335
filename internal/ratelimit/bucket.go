package ratelimit

import (
	"context"
	"sync"
	"time"
)

// Bucket is the budget of one credential and scope. It is safe for concurrent use.
type Bucket struct {
	limit Limit
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu     sync.Mutex
	tokens float64
	at     time.Time // when tokens was counted
	// closed is until when nothing goes out, scarce until when only removals do.
	closed, scarce time.Time
	waiting        int // removals that wait: others leave them the next token
}

// newBucket returns a full bucket.
func newBucket(l Limit, now func() time.Time, sleep func(context.Context, time.Duration) error) *Bucket {
	return &Bucket{limit: l, now: now, sleep: sleep, tokens: l.burst(), at: now()}
}

// Take takes cost tokens and returns the zero time, or takes none and returns when
// to come back. A removal may take the last tokens of a burst, others leave a
// quarter of it.
func (b *Bucket) Take(cost int, removes bool) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take(cost, removes)
}

func (b *Bucket) take(cost int, removes bool) time.Time {
	now := b.now()
	b.refill(now)
	until := b.closed
	if !removes && b.scarce.After(until) {
		until = b.scarce
	}
	if until.After(now) {
		return until
	}
	burst := b.limit.burst()
	need := min(float64(cost), burst) // a dear request goes out of a full bucket and leaves a debt
	if !removes {
		if burst >= 4 {
			need = min(need+burst/4, burst)
		}
		if b.waiting > 0 {
			need = min(need+float64(b.waiting), burst+float64(b.waiting))
		}
	}
	if short := need - b.tokens; short > 1e-9 {
		return now.Add(time.Duration(short/b.limit.rate()*float64(time.Second)).Round(time.Microsecond) + time.Microsecond)
	}
	b.tokens -= float64(cost)
	return time.Time{}
}

func (b *Bucket) refill(now time.Time) {
	if now.After(b.at) {
		b.tokens = min(b.limit.burst(), b.tokens+now.Sub(b.at).Seconds()*b.limit.rate())
	}
	b.at = now
}

// Wait takes cost tokens, waiting for them up to patience. It returns the time to
// come back where that was not enough, and ctx's error where ctx ended.
func (b *Bucket) Wait(ctx context.Context, cost int, removes bool, patience time.Duration) (time.Time, error) {
	if removes {
		b.queue(+1)
		defer b.queue(-1)
	}
	for {
		at := b.Take(cost, removes)
		if at.IsZero() {
			return at, nil
		}
		pause := at.Sub(b.now())
		if pause > patience {
			return at, nil
		}
		patience -= max(pause, time.Millisecond)
		if err := b.sleep(ctx, pause); err != nil {
			return at, err
		}
	}
}

func (b *Bucket) queue(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting += n
}

// Close lets nothing out before until: the system told us to wait.
func (b *Bucket) Close(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.closed) {
		b.closed = until
	}
}

// Observe takes over what an answer says of the budget. Somebody else may use it
// too: of the last twentieth, only removals take.
func (b *Bucket) Observe(r Reading) {
	b.mu.Lock()
	defer b.mu.Unlock()
	whole := r.Limit
	if whole <= 0 {
		whole = b.limit.Tokens
	}
	switch {
	case r.Remaining <= 0:
		b.closed = later(b.closed, r.Reset)
	case r.Remaining < max(1, whole/share):
		b.scarce = later(b.scarce, r.Reset)
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
