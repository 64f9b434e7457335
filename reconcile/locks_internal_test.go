package reconcile

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever has something to take away goes first; others get a turn all the same where
// that never ends.
func TestOthersAreNotPassedByForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := &turnstile{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		through := func(urgent bool, holds time.Duration) {
			if turn.take(ctx, urgent) == nil {
				<-time.After(holds)
				turn.free()
			}
		}
		var removals, passed atomic.Int32
		var all sync.WaitGroup
		keepComing := func(urgent bool, count *atomic.Int32) {
			all.Go(func() {
				for ctx.Err() == nil {
					through(urgent, 100*time.Millisecond)
					count.Add(1)
				}
			})
		}
		keepComing(true, &removals)
		keepComing(true, &removals) // so that one always waits
		keepComing(false, &passed)
		<-time.After(time.Minute)
		cancel()
		all.Wait()
		if n := passed.Load(); n < 5 || n > 8 {
			t.Errorf("others got %d turns in a minute, want one in %v", n, longestPassed)
		}
		if n := removals.Load(); n < 570 {
			t.Errorf("removals got %d turns of 600", n)
		}
	})
}
