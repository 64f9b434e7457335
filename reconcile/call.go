package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"birthright/plan"
	"birthright/targets"
)

// The most that a run waits for a target that asks for patience; what is still
// throttled then is left to the work queue.
const (
	longestWait  = 30 * time.Second
	mostAttempts = 5
)

// call applies ops, and those again that the target asked to send later, as
// long as the waits are short.
func (a *applier) call(ctx context.Context, ops []targets.Op) []targets.Result {
	results := a.callOnce(ctx, ops)
	for range mostAttempts {
		again, at, until := throttled(ops, results)
		if len(again) == 0 || !a.wait(ctx, until) {
			break
		}
		for i, res := range a.callOnce(ctx, again) {
			results[at[i]] = res
		}
	}
	return results
}

// throttled returns the ops that the target wants later, where they stand in
// ops, and the time at which all of them may be sent; zero where it gave none.
func throttled(ops []targets.Op, results []targets.Result) (again []targets.Op, at []int, until time.Time) {
	for i, res := range results {
		if res.Outcome == targets.Throttled {
			again, at = append(again, ops[i]), append(at, i)
			if res.RetryAt.After(until) {
				until = res.RetryAt
			}
		}
	}
	return again, at, until
}

// wait sleeps until t, or a second where t is not known; false when that is too
// long or ctx ended. A run that keeps the target locked does not wait at all.
func (a *applier) wait(ctx context.Context, t time.Time) bool {
	d := time.Second
	if !t.IsZero() {
		d = max(t.Sub(a.Now()), 10*time.Millisecond)
	}
	if d > longestWait || a.locked {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// callOnce is Apply with a guard against adapters that break its contract.
func (a *applier) callOnce(ctx context.Context, ops []targets.Op) []targets.Result {
	began := a.Now()
	results := a.dest.Target.Apply(ctx, ops)
	now := a.Now()
	a.paces.took(a.dest.Name(), len(ops), now.Sub(began), now)
	for len(results) < len(ops) {
		results = append(results, targets.Result{
			Outcome: targets.Unknown, Err: fmt.Errorf("target %s gave no result for it: a fault of the adapter", a.dest.Name()),
		})
	}
	return results[:len(ops)]
}

// resultError returns why an op is not true.
func resultError(res targets.Result) error {
	if res.Err != nil {
		return res.Err
	}
	return errors.New("the target says " + string(res.Outcome) + " and not why")
}

// settleUnknown reads back what may or may not have happened. A removal of what
// is not there is looked at too: if it is really gone, that is what was wanted.
func (a *applier) settleUnknown(ctx context.Context, changes []plan.Change, results []targets.Result) {
	var unclear []plan.Change
	var at []int
	for i, res := range results {
		if res.Outcome == targets.Unknown || res.Outcome == targets.Stale && changes[i].Action.Removes() {
			unclear, at = append(unclear, changes[i]), append(at, i)
		}
	}
	if len(unclear) == 0 {
		return
	}
	seen, err := readBack(ctx, a.dest, unclear)
	if err != nil { // still unknown: the next pass looks before it acts
		a.noteReach([]targets.Result{{Outcome: targets.Unreachable, Err: err}})
		return
	}
	for i, c := range unclear {
		results[at[i]] = seen.verify(c, results[at[i]])
	}
}
