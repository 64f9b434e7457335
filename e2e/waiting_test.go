package e2e

import (
	"testing"
	"time"
)

// pollEvery is how often a test looks whether something has come true.
const pollEvery = 10 * time.Millisecond

// eventually waits until check is content, which it says with "", and returns
// how long that took. It fails the test with check's last words at the deadline.
func eventually(t *testing.T, within time.Duration, check func() string) time.Duration {
	t.Helper()
	started := time.Now()
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		complaint := check()
		took := time.Since(started)
		if complaint == "" {
			return took
		}
		if took > within {
			t.Fatalf("not within %v: %s", within, brief(complaint))
		}
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}
