package reconcile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/internal/tracing"
	"birthright/store"
)

// syncWhole carries out one target's part of a run over everybody. Such runs
// take turns.
func (r *Runner) syncWhole(ctx context.Context, dest Destination, d *decision, req Request) (out Run, err error) {
	ctx, span := tracing.Start(ctx, "sync target")
	defer func() {
		span.Run(out.ID)
		span.End(err)
	}()
	span.Target(dest.Name())
	unlock, err := r.Store.Lock(ctx, "run:"+dest.Name())
	if err != nil {
		return Run{Target: dest.Name()}, err
	}
	defer unlock()
	started := r.Now()
	p, err := r.prepare(ctx, dest, d, nil, sightFor(req))
	if p == nil {
		return Run{Target: dest.Name()}, err
	}
	a := r.applierFor(p, req.Actor)
	a.partOf = req.PartOf
	if err != nil {
		return a.giveUp(ctx, err)
	}
	if err := a.carryOut(ctx); err != nil {
		return a.report(a.verdictOf), err
	}
	return a.end(ctx, started)
}

func (r *Runner) applierFor(p *prepared, actor string) *applier {
	a := &applier{
		Runner: r, prepared: p, run: r.NewID(), actor: cmp.Or(actor, actorHub),
		verdicts: map[string]verdict{}, accountIDs: map[int64]string{}, superseded: map[int64]bool{},
	}
	a.oweLooks()
	return a
}

// carryOut is the run in two words: the store is brought up to what was found,
// the target to what is wanted.
func (a *applier) carryOut(ctx context.Context) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	if err := a.endOldSessions(ctx); err != nil {
		return err
	}
	a.checkMark(ctx)
	if err := a.apply(ctx); err != nil {
		return err
	}
	a.takeMark(ctx)
	return nil
}

// giveUp ends a run over everybody whose target could not be read: nothing is
// tried, what is owed is shown, and the work queue keeps after it.
func (a *applier) giveUp(ctx context.Context, why error) (Run, error) {
	run := a.abandon(why)
	ctx = context.WithoutCancel(ctx)
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		err := a.changeState(ctx, tx, func(s *store.TargetState) { s.LastError = why.Error() })
		if err != nil || a.state.LastFullAt.IsZero() {
			return err // of one that was never read, only a full run can tell what to do
		}
		return tx.EnqueueWork(ctx, a.retries())
	})
	return run, cmp.Or(err, why)
}

// end closes a run over everybody: the target's state, the run's row, the work
// that it settled and the work that it leaves.
func (a *applier) end(ctx context.Context, started time.Time) (Run, error) {
	run := a.report(a.verdictOf)
	run.ID = a.run
	left := a.retries()
	failed := make([]int64, len(left))
	for i, w := range left {
		failed[i] = w.UserN
	}
	ctx = context.WithoutCancel(ctx)
	managed, err := a.countAllManaged(ctx)
	if err != nil {
		return run, err
	}
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.EnqueueWork(ctx, left); err != nil {
			return err
		}
		if err := a.saveState(ctx, tx, managed, len(left) == 0); err != nil {
			return err
		}
		return tx.SaveRun(ctx, a.runRow(run, started, tx.Now()))
	})
	if err != nil {
		return run, err
	}
	return run, a.clearWork(ctx, a.dest.Name(), a.decision.mark, failed)
}

// countAllManaged is how many assignments are the hub's after a look at the whole
// target. To count a million takes a while, in which nobody is to wait.
func (a *applier) countAllManaged(ctx context.Context) (n int, err error) {
	if !a.whole {
		return 0, nil
	}
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		n, err = tx.CountManaged(ctx, a.state.N)
		return err
	})
	return n, err
}

// saveState stores what is known of the target as a whole after a run; clean
// says that nothing failed.
func (a *applier) saveState(ctx context.Context, tx *store.Tx, managed int, clean bool) error {
	return a.changeState(ctx, tx, func(s *store.TargetState) {
		s.LastError = ""
		if a.whole {
			s.LastFullAt, s.Watermark, s.Managed = tx.Now(), a.watermark, managed
		}
		if clean {
			s.LastOKAt = tx.Now()
		}
		if a.markAfter != "" {
			s.Watermark = a.markAfter
		}
	})
}

// changeState changes what is remembered of the target, on top of what others
// noted meanwhile.
func (a *applier) changeState(ctx context.Context, tx *store.Tx, change func(*store.TargetState)) error {
	state, err := tx.TargetState(ctx, a.dest.Name())
	if err != nil {
		return err
	}
	change(&state)
	return tx.SaveTargetState(ctx, state)
}

func (a *applier) runRow(run Run, started, finished time.Time) store.RunRow {
	counts := map[string]int{}
	for _, c := range run.Changes {
		counts[c.Outcome]++
	}
	for name, n := range map[string]int{CountHeld: waits(run.Held), CountDrift: len(run.Drift), CountWaiting: len(run.Waiting)} {
		if n > 0 {
			counts[name] = n
		}
	}
	if a.whole {
		counts[CountAccounts] = len(a.accounts)
	}
	return store.RunRow{
		ID: a.run, Target: run.Target, Kind: run.Kind, Started: started, Finished: finished, Complete: true, Counts: counts,
		PartOf: a.partOf,
	}
}

// usersOf returns the users of some work, each once, ascending.
func usersOf(work []store.Work) []int64 {
	users := make([]int64, len(work))
	for i, w := range work {
		users[i] = w.UserN
	}
	slices.Sort(users)
	return slices.Compact(users)
}
