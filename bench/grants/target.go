package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"
)

// rate is how many changes a second the target takes.
const rate = 2000

// metered is a target that takes so many changes a second, and writes down when it
// was told to remove what.
type metered struct {
	*memory.Target
	busy atomic.Bool // changes take time
	down atomic.Bool // nobody is answered

	turn sync.Mutex // one change after the other, whoever asks
	next time.Time  // when the one after those so far can be done

	mu      sync.Mutex
	removed map[string]time.Time // by account
	added   []time.Time
}

func newMetered() *metered {
	return &metered{Target: memory.New("app"), removed: map[string]time.Time{}}
}

var errAway = errors.New("the target is away")

// Probe implements targets.Target.
func (m *metered) Probe(ctx context.Context) (targets.Report, error) {
	if m.down.Load() {
		return targets.Report{}, &identity.Error{Kind: identity.Unavailable, Op: "probe", Err: errAway}
	}
	return m.Target.Probe(ctx)
}

// Read implements targets.Target.
func (m *metered) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if m.down.Load() {
		return targets.End{}, &identity.Error{Kind: identity.Unavailable, Op: "read", Err: errAway}
	}
	return m.Target.Read(ctx, q, sink)
}

// Watermark implements targets.Watermarker.
func (m *metered) Watermark(ctx context.Context) (string, error) {
	if m.down.Load() {
		return "", &identity.Error{Kind: identity.Unavailable, Op: "read", Err: errAway}
	}
	return m.Target.Watermark(ctx)
}

// Apply implements targets.Target.
func (m *metered) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if !m.busy.Load() {
		return m.Target.Apply(ctx, ops)
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	if now := time.Now(); m.next.Before(now) {
		m.next = now
	}
	results := make([]targets.Result, len(ops))
	for i := range ops {
		results[i] = m.applyOne(ctx, ops[i])
	}
	return results
}

// applyOne makes one op true once the target has had the time for it.
func (m *metered) applyOne(ctx context.Context, op targets.Op) targets.Result {
	if m.down.Load() || !m.work(ctx) {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, errAway)
	}
	result := m.Target.Apply(ctx, []targets.Op{op})[0]
	if result.Outcome != targets.Done {
		return result
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch op.Action {
	case targets.Remove:
		m.removed[op.Account.Name] = time.Now()
	case targets.Add:
		m.added = append(m.added, time.Now())
	}
	return result
}

// work takes the time of one change; false where the caller gave up.
func (m *metered) work(ctx context.Context) bool {
	m.next = m.next.Add(time.Second / rate)
	timer := time.NewTimer(time.Until(m.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// gone returns how many removals were made.
func (m *metered) gone() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.removed)
}

// addedSince returns how many additions were made from an instant to the last removal.
func (m *metered) addedSince(from time.Time) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := from
	for _, at := range m.removed {
		if at.After(last) {
			last = at
		}
	}
	for _, at := range m.added {
		if at.After(from) && at.Before(last) {
			n++
		}
	}
	return n
}
