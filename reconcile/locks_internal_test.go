package reconcile

import (
	"context"
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
		removals, passed := 0, 0
		for range 2 { // so that one always waits
			go func() {
				for ctx.Err() == nil {
					through(true, 100*time.Millisecond)
					removals++
				}
			}()
		}
		go func() {
			for ctx.Err() == nil {
				through(false, 100*time.Millisecond)
				passed++
			}
		}()
		<-time.After(time.Minute)
		cancel()
		synctest.Wait()
		if passed < 5 || passed > 7 {
			t.Errorf("others got %d turns in a minute, want one in %v", passed, longestPassed)
		}
		if removals < 570 {
			t.Errorf("removals got %d turns of 600", removals)
		}
	})
}
