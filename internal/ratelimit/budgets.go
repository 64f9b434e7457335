package ratelimit

import (
	"context"
	"sync"
	"time"
)

// Budgets holds the buckets of a program: targets that are reached with one
// credential share them. It is safe for concurrent use.
type Budgets struct {
	now   func() time.Time
	sleep func(context.Context, time.Duration) error

	mu    sync.Mutex
	byKey map[key]*Bucket
}

type key struct{ credential, scope string }

// New returns budgets without a bucket.
func New(now func() time.Time) *Budgets { return NewWith(now, sleep) }

// NewWith returns budgets that wait by sleep, which ends early with ctx's error: that
// of a clock which is not the world's.
func NewWith(now func() time.Time, sleep func(context.Context, time.Duration) error) *Budgets {
	return &Budgets{now: now, sleep: sleep, byKey: map[key]*Bucket{}}
}

// sleep waits for d of the world's time.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Bucket returns the bucket of a credential and the limit's scope, made full where
// there is none yet. The first limit that is named for a scope stands.
func (b *Budgets) Bucket(credential string, l Limit) *Bucket {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := key{credential, l.Scope}
	if b.byKey[k] == nil {
		b.byKey[k] = newBucket(l, b.now, b.sleep)
	}
	return b.byKey[k]
}
