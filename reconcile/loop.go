package reconcile

import (
	"context"
	"sync"
	"time"

	"birthright/store"
)

const (
	// pollEvery is how often the work queue is looked at without being woken:
	// for work that another process put there, and as a net under lost wake-ups.
	pollEvery = time.Second
	// shortestPause keeps a worker from spinning over what another has claimed.
	shortestPause = 5 * time.Millisecond
	// longestLead is how long the full run that a start makes waits for removals.
	longestLead = 10 * time.Second
	// workers is how many steps run at once, so that one that waits for a sick
	// target does not hold up the others. One more does nothing but removals: those
	// never wait until an addition is done.
	workers = 3
)

// EventLoop does what is due until ctx ends. wake is a hint that something was
// put into the queue; losing one delays it by pollEvery. What was owed when the
// program ended is due at once.
func (r *Runner) EventLoop(ctx context.Context, wake <-chan struct{}) {
	if err := r.hasten(ctx, r.targetNames()...); err != nil && ctx.Err() == nil {
		r.Log.Error("work queue", "error", err)
	}
	var all sync.WaitGroup
	all.Go(func() { r.watchOutages(ctx) })
	some, removals := make(chan struct{}, 1), make(chan struct{}, 1)
	all.Go(func() { pass(ctx, wake, some, removals) })
	for range workers {
		all.Go(func() { r.work(ctx, some, r.Step) })
	}
	all.Go(func() { r.work(ctx, removals, r.StepRemovals) })
	all.Wait()
}

// pass hands each hint on to all of those who wait for one.
func pass(ctx context.Context, wake <-chan struct{}, to ...chan struct{}) {
	for {
		select {
		case <-wake:
		case <-ctx.Done():
			return
		}
		for _, c := range to {
			select {
			case c <- struct{}{}:
			default: // a hint is waiting already
			}
		}
	}
}

// work takes steps as long as there is something to do, and waits otherwise.
func (r *Runner) work(ctx context.Context, wake <-chan struct{}, step func(context.Context) (int, error)) {
	for ctx.Err() == nil {
		looked := r.Now()
		n, err := step(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("work queue", "error", err)
		}
		if n == 0 || err != nil {
			pause(ctx, wake, r.untilTurn(ctx, looked))
		}
	}
}

// untilTurn is how long there is nothing to do: until a grant begins or ends, or the
// lease of somebody is over who has most likely died, and no longer than pollEvery.
// What was over when the queue was looked at last is not for whoever looked.
func (r *Runner) untilTurn(ctx context.Context, looked time.Time) time.Duration {
	var turn, lapse time.Time
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		if turn, err = tx.NextGrantTurn(ctx); err != nil {
			return err
		}
		lapse, err = tx.NextLapse(ctx)
		return err
	})
	if err != nil {
		return pollEvery
	}
	wait := pollEvery
	if !turn.IsZero() {
		wait = min(wait, turn.Sub(r.Now()))
	}
	if lapse.After(looked) {
		wait = min(wait, lapse.Sub(r.Now()))
	}
	return max(wait, shortestPause)
}

// pause waits for a hint, for some time, or for the end of ctx.
func pause(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// FullLoop makes a full run at once and then on schedule, until ctx ends. The
// one at once is for what happened while the hub was away: a policy that was
// edited, a run that was killed. A target that could not be read is tried again
// before its time. next returns the first scheduled time after an
// instant, and the zero time for never.
func (r *Runner) FullLoop(ctx context.Context, next func(time.Time) time.Time) {
	due, started := next(r.Now()), r.Now()
	r.letRemovalsGo(ctx)
	r.runFull(ctx, r.notReadSince(ctx, started))
	for ctx.Err() == nil {
		r.runFull(ctx, r.TakeOwed())
		r.runFull(ctx, r.orderedOfStrangers(ctx))
		if now := r.Now(); !due.IsZero() && !now.Before(due) {
			r.runFull(ctx, r.notReadSince(ctx, due))
			due = next(r.Now())
		}
		pause(ctx, nil, pollEvery)
	}
}

// letRemovalsGo waits, for a while, until what ended while the hub was away is taken
// away: the run that a start makes has time until then.
func (r *Runner) letRemovalsGo(ctx context.Context) {
	for until := r.Now().Add(longestLead); ctx.Err() == nil && r.Now().Before(until); {
		due := false
		err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
			due, err = tx.RemovalsDue(ctx)
			return err
		})
		if err != nil || !due {
			return // whoever looks next tells of the store
		}
		pause(ctx, nil, pollEvery/10)
	}
}

// runFull reads the named targets whole and repairs them. An empty list is no run.
func (r *Runner) runFull(ctx context.Context, names []string) {
	if len(names) == 0 || ctx.Err() != nil {
		return
	}
	report, err := r.Sync(ctx, Request{Targets: names, Full: true, Actor: actorHub})
	if err != nil && ctx.Err() == nil {
		r.Log.Error("full run", "error", err)
	}
	for _, run := range report.Runs {
		level := r.Log.Info
		if !run.Complete {
			level = r.Log.Warn
			r.outages.owe(run.Target)
		}
		level("full run", "target", run.Target, "complete", run.Complete, "changes", len(run.Changes),
			"held", len(run.Held), "drift", len(run.Drift), "error", run.Error)
	}
}

// notReadSince returns the targets whose last full read is older than t: with
// several replicas, whoever comes first does the run and the others see it done.
func (r *Runner) notReadSince(ctx context.Context, t time.Time) []string {
	var names []string
	err := r.Store.View(ctx, func(tx *store.Tx) error {
		for _, dest := range r.Destinations {
			state, err := stateOf(ctx, tx, dest.Name())
			if err != nil {
				return err
			}
			if state.LastFullAt.Before(t) {
				names = append(names, dest.Name())
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		r.Log.Error("look which targets are due", "error", err)
	}
	return names
}
