package reconcile_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"birthright/targets"
	"birthright/targets/memory"
)

// watched is a target that takes its time for each change, and writes down when it was
// told to take something away last, and when it was read whole first.
type watched struct {
	*memory.Target
	removed, read time.Time
}

func (w *watched) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	for _, op := range ops {
		<-time.After(50 * time.Millisecond)
		if op.Action == targets.Remove {
			w.removed = time.Now()
		}
	}
	return w.Target.Apply(ctx, ops)
}

func (w *watched) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Accounts == nil && w.read.IsZero() {
		w.read = time.Now()
	}
	return w.Target.Read(ctx, q, sink)
}

// What ended while the hub was away is taken away before the full run that the start
// makes; what cannot be taken away keeps it waiting for a moment only.
func TestTheFirstFullRunLetsRemovalsGo(t *testing.T) {
	for name, down := range map[string]bool{"the target is there": false, "the target is away": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newBubble(t, company)
				for i := range 60 {
					h.join(fmt.Sprintf("p%02d", i), "department", "Sales")
				}
				h.full()
				for i := range 60 { // three seconds of work
					h.leave(fmt.Sprintf("p%02d", i))
				}
				app := &watched{Target: h.app}
				h.Destinations[0].Target = app
				if down {
					h.down(h.app)
				}
				pass(time.Second)
				started := time.Now()
				stop := h.running(never)
				pass(time.Minute)
				stop()
				switch {
				case app.read.IsZero() || app.read.Sub(started) > 15*time.Second:
					t.Errorf("no full run was made soon: %v", app.read)
				case !down && app.read.Before(app.removed):
					t.Errorf("the full run read its target %v before what had ended was gone", app.removed.Sub(app.read))
				}
			})
		})
	}
}
