package reconcile

import (
	"testing"
	"time"
)

// The next call is at most a few times as large as one that was seen to be fast: a
// handful of changes that took no time at all says nothing of hundreds.
func TestBatchesGrowWithWhatWasSeen(t *testing.T) {
	var p paces
	now := time.UnixMicro(0)
	for range 5 {
		p.took("app", 2, 0, now)
	}
	if got := p.size("app", now); got != firstBatch {
		t.Errorf("%d ops at once after calls of two, want %d", got, firstBatch)
	}
	p.took("app", firstBatch, time.Millisecond, now)
	if got := p.size("app", now); got != firstBatch*mostGrowth {
		t.Errorf("%d ops at once after a fast call, want %d", got, firstBatch*mostGrowth)
	}
	p.took("app", 100, 5*time.Second, now)
	if got := p.size("app", now); got != 2 {
		t.Errorf("%d ops at once at 50 ms each, want 2", got)
	}
	p.took("app", 100, time.Millisecond, now)
	if got := p.size("app", now.Add(paceHolds)); got != firstBatch {
		t.Errorf("%d ops at once long after a fast call, want %d", got, firstBatch)
	}
}
