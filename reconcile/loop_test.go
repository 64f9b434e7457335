package reconcile_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"
)

// hanging is a target that, while it hangs, lets callers wait until they give up.
type hanging struct {
	*memory.Target
	hangs atomic.Bool
}

func (t *hanging) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if !t.hangs.Load() {
		return t.Target.Apply(ctx, ops)
	}
	<-ctx.Done()
	results := make([]targets.Result, len(ops))
	for i := range results {
		results[i] = targets.Result{Outcome: targets.Unreachable, Err: &identity.Error{Kind: identity.Unavailable, Err: ctx.Err()}}
	}
	return results
}

// running starts the loops of a hub and returns what stops them.
func (h *hub) running(next func(time.Time) time.Time) (stop func()) {
	ctx, cancel := context.WithCancel(h.Context())
	var loops sync.WaitGroup
	loops.Go(func() { h.EventLoop(ctx, nil) })
	loops.Go(func() { h.FullLoop(ctx, next) })
	return func() { cancel(); loops.Wait() }
}

func never(time.Time) time.Time { return time.Time{} }

func TestATargetThatHangsHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newBubble(t, company)
		wiki := &hanging{Target: h.wiki}
		h.Destinations[1].Target = wiki
		h.join("ada", "department", "Engineering")
		h.join("bob", "department", "Engineering")
		h.full()
		defer h.running(never)()

		wiki.hangs.Store(true)
		h.leave("ada")
		pass(3 * time.Second)
		h.onApp("-ada:", "bob: group/all group/engineers")
		h.leave("bob")
		pass(3 * time.Second)
		h.onApp("-ada:", "-bob:")
		h.onWiki("ada: space/engineering", "bob: space/engineering")

		pass(time.Minute)
		wiki.hangs.Store(false)
		pass(90 * time.Second)
		h.onWiki("-ada:", "-bob:")
		h.same("overdue", h.overdue(), nilWork)
		h.orderly()
	})
}

func TestTheFullLoopReadsWhatWasNeverReadAndKeepsTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newBubble(t, company)
		h.join("ada", "department", "Engineering")
		h.down(h.wiki)
		started := time.Now()
		const every = 10 * time.Minute
		next := func(after time.Time) time.Time { return after.Truncate(every).Add(every) }
		defer h.running(next)()
		pass(5 * time.Second)
		h.onApp("ada: group/all group/engineers")
		h.onWiki()
		h.up(h.wiki)
		pass(time.Minute) // it is tried again before its time
		h.onWiki("ada: space/engineering")
		h.app.TakeAway("ada", entitlement("app:group/all"))
		pass(time.Until(next(started)) - time.Second)
		h.onApp("ada: group/engineers")
		pass(5 * time.Second)
		h.onApp("ada: group/all group/engineers")
		h.orderly()
	})
}

// pass lets d go by in the bubble's own time.
func pass(d time.Duration) { <-time.After(d) }
