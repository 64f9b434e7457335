package reconcile

import (
	"errors"
	"testing"
	"time"
)

// A clock that is set back leaves no target alone for as long as it was set back.
func TestAnOutageDoesNotLastBecauseTheClockWasSetBack(t *testing.T) {
	var o outages
	now := time.UnixMicro(0).Add(24 * time.Hour)
	for range 20 {
		o.failed("app", now, errors.New("it is away"))
	}
	o.owe("app")
	if o.resting("app", now.Add(30*time.Second)) == nil || len(o.take(now)) > 0 {
		t.Error("it is asked at once")
	}
	if o.resting("app", now.Add(longestRemoval)) != nil {
		t.Error("it is left alone for longer than the longest pause")
	}
	if o.resting("app", now.Add(-3*time.Hour)) != nil || len(o.take(now.Add(-3*time.Hour))) == 0 {
		t.Error("it is left alone until the clock is where it was")
	}
}
