package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// defaultBatch is how many ops go into one call where the target sets no limit.
const defaultBatch = 500

// verdict is what became of one change.
type verdict struct {
	outcome string
	err     string
	result  targets.Result
}

// applier carries out one prepared plan.
type applier struct {
	*Runner
	*prepared
	run   string
	actor string

	mu       sync.Mutex
	verdicts map[string]verdict // by change ID
	// accountIDs are the immutable ids of accounts made by this run, by user.
	accountIDs map[int64]string
	// stop is set when the target is gone: what is left is not even tried.
	stop *verdict
	done int
	// owed is what must be tried again.
	owed []store.Work
	// markTrusted is true where the target was as the picture shows it just
	// before the first change.
	markTrusted bool
}

// apply makes the changes, phase by phase: what later phases depend on is done
// before they begin, and removals go first.
func (a *applier) apply(ctx context.Context) error {
	for from := 0; from < len(a.changes); {
		to := from
		for to < len(a.changes) && plan.SamePhase(a.changes[from], a.changes[to]) {
			to++
		}
		if err := a.phase(ctx, a.changes[from:to]); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// phase sends changes that do not depend on each other, in batches, as many at
// once as the target allows. The target is locked for each such wave and free
// in between, so that a long first load does not keep a leaver waiting.
func (a *applier) phase(ctx context.Context, changes []plan.Change) error {
	size := a.dest.Settings.Capabilities.MaxBatch
	if size <= 0 || size > defaultBatch {
		size = defaultBatch
	}
	lanes := max(1, a.dest.Settings.Capabilities.Concurrency)
	for len(changes) > 0 {
		var wave [][]plan.Change
		for len(wave) < lanes && len(changes) > 0 {
			n := min(size, len(changes))
			wave, changes = append(wave, changes[:n]), changes[n:]
		}
		if err := a.wave(ctx, wave); err != nil {
			return err
		}
	}
	return nil
}

// wave sends some batches at once. The lock keeps other processes from planning
// against a state that is about to change.
func (a *applier) wave(ctx context.Context, batches [][]plan.Change) error {
	unlock, err := a.Store.Lock(ctx, "target:"+a.dest.Name())
	if err != nil {
		return err
	}
	defer unlock()
	var g errgroup.Group
	for _, batch := range batches {
		g.Go(func() error { return a.batch(ctx, batch) })
	}
	return g.Wait()
}

// batch writes the intents, calls the target, and writes the outcomes.
func (a *applier) batch(ctx context.Context, changes []plan.Change) error {
	changes, err := a.intend(ctx, a.ready(changes))
	if err != nil || len(changes) == 0 {
		return err
	}
	ops := make([]targets.Op, len(changes))
	for i, c := range changes {
		ops[i] = c.Op()
	}
	results := a.call(ctx, ops)
	a.settleUnknown(ctx, changes, results)
	verdicts := a.judge(changes, results)
	// The deed is done, whatever happened to ctx meanwhile: the outcome must be
	// on record even when the program is being stopped.
	return a.record(context.WithoutCancel(ctx), changes, verdicts)
}

// ready drops the changes that cannot be tried now and gives the others the ids
// of accounts that this run made.
func (a *applier) ready(changes []plan.Change) []plan.Change {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]plan.Change, 0, len(changes))
	for _, c := range changes {
		if a.stop != nil {
			a.verdicts[c.ID] = a.pending(c, *a.stop)
			a.owe(c, *a.stop)
			continue
		}
		if id, ok := a.accountIDs[c.UserN]; ok && c.UserN != 0 && c.Account.ID == "" {
			c.Account.ID = id
		}
		if c.Action == targets.Add && c.Account.ID == "" && !a.dest.Settings.Capabilities.ImplicitAccounts {
			a.verdicts[c.ID] = verdict{outcome: string(targets.Stale), err: "its account could not be made"}
			continue
		}
		out = append(out, c)
	}
	return out
}

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
		var again []targets.Op
		var at []int
		var until time.Time
		for i, res := range results {
			if res.Outcome == targets.Throttled {
				again, at = append(again, ops[i]), append(at, i)
				if res.RetryAt.After(until) {
					until = res.RetryAt
				}
			}
		}
		if len(again) == 0 || !a.wait(ctx, until) {
			break
		}
		for i, res := range a.callOnce(ctx, again) {
			results[at[i]] = res
		}
	}
	return results
}

// wait sleeps until t, or a second where t is not known; false when that is too
// long or ctx ended.
func (a *applier) wait(ctx context.Context, t time.Time) bool {
	d := time.Second
	if !t.IsZero() {
		d = max(t.Sub(a.Now()), 10*time.Millisecond)
	}
	if d > longestWait {
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
	results := a.dest.Target.Apply(ctx, ops)
	for len(results) < len(ops) {
		results = append(results, targets.Result{
			Outcome: targets.Unknown, Err: fmt.Errorf("target %s gave no result for it: a fault of the adapter", a.dest.Name()),
		})
	}
	return results[:len(ops)]
}

// settleUnknown reads back what may or may not have happened.
func (a *applier) settleUnknown(ctx context.Context, changes []plan.Change, results []targets.Result) {
	var unclear []plan.Change
	for i, res := range results {
		if res.Outcome == targets.Unknown {
			unclear = append(unclear, changes[i])
		}
	}
	if len(unclear) == 0 {
		return
	}
	truth, err := readBack(ctx, a.dest, unclear)
	if err != nil {
		return // still unknown: the next pass reads before it acts
	}
	for i, res := range results {
		if res.Outcome == targets.Unknown {
			results[i] = truth.verify(changes[i], res)
		}
	}
}

// judge turns results into verdicts and notes what the rest of the run needs.
func (a *applier) judge(changes []plan.Change, results []targets.Result) []verdict {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]verdict, len(changes))
	for i, res := range results {
		v := verdict{outcome: string(res.Outcome), result: res}
		if res.Err != nil && !res.Outcome.OK() {
			v.err = res.Err.Error()
		}
		if res.Outcome == targets.Unreachable && a.stop == nil {
			a.stop = &v
		}
		if res.Outcome.OK() && res.AccountID != "" && changes[i].Action == targets.CreateAccount {
			a.accountIDs[changes[i].UserN] = res.AccountID
		}
		out[i] = a.pending(changes[i], v)
		a.verdicts[changes[i].ID] = out[i]
		if !res.Outcome.OK() && res.Outcome != targets.Pending {
			a.owe(changes[i], v)
		}
	}
	a.done += len(changes)
	a.Progress(a.dest.Name(), "applying", a.done, len(a.changes))
	return out
}

// owe notes that a change must be tried again. A stranger's account has no user
// to note it for: the next full run finds it.
func (a *applier) owe(c plan.Change, v verdict) {
	if c.UserN == 0 {
		return
	}
	a.owed = append(a.owed, store.Work{
		Target: c.Target, UserN: c.UserN, DueAt: v.result.RetryAt, Removal: c.Action.Removes(), LastError: v.err,
	})
}

// pending calls a removal that was due and could not be made overdue.
func (a *applier) pending(c plan.Change, v verdict) verdict {
	switch targets.Outcome(v.outcome) {
	case targets.Unreachable, targets.Throttled, targets.Unknown:
		if c.Action.Removes() {
			v.outcome = Overdue
		}
	}
	return v
}

// verdictOf tells what became of a change, for the report.
func (a *applier) verdictOf(c plan.Change) (string, string) {
	v, ok := a.verdicts[c.ID]
	if !ok {
		return Superseded, ""
	}
	return v.outcome, v.err
}
