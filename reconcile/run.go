package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// Plan works out what Sync would do, and changes nothing.
func (r *Runner) Plan(ctx context.Context, req Request) (Report, error) {
	dests, scope, err := r.resolve(ctx, req)
	if err != nil {
		return Report{}, err
	}
	var d *decision
	err = r.Store.View(ctx, func(tx *store.Tx) (err error) {
		d, err = r.decide(ctx, tx, scope)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	return r.each(dests, func(dest Destination) (Run, error) {
		p, trouble := r.prepare(ctx, dest, d, scope, req.Full)
		if p == nil {
			return Run{Target: dest.Name()}, trouble
		}
		return p.report(func(plan.Change) (string, string) { return Planned, "" }), trouble
	})
}

// Sync makes the targets what they should be, as far as guards and targets
// allow, and reports what became of each change. The error is nil when every
// target was dealt with; what could not be done stands in the report.
func (r *Runner) Sync(ctx context.Context, req Request) (Report, error) {
	dests, scope, err := r.resolve(ctx, req)
	if err != nil {
		return Report{}, err
	}
	settled, err := r.refreshDue(ctx, scope)
	if err != nil {
		return Report{}, err
	}
	var d *decision
	err = r.Store.View(ctx, func(tx *store.Tx) (err error) {
		d, err = r.decide(ctx, tx, scope)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	// Kept until the targets are done: a crash in between must find the work again.
	if err := r.saveDecision(ctx, d); err != nil {
		return Report{}, err
	}
	report, err := r.each(dests, func(dest Destination) (Run, error) { return r.syncTarget(ctx, dest, d, scope, req) })
	if err == nil && len(req.Targets) == 0 && ctx.Err() == nil {
		err = r.finish(ctx, settled)
	}
	return report, err
}

// resolve finds what a request names.
func (r *Runner) resolve(ctx context.Context, req Request) ([]Destination, []int64, error) {
	dests := r.Destinations
	if len(req.Targets) > 0 {
		dests = nil
		for _, name := range req.Targets {
			i := slices.IndexFunc(r.Destinations, func(d Destination) bool { return d.Name() == name })
			if i < 0 {
				return nil, nil, &identity.Error{
					Kind: identity.Invalid, Op: "choose targets", Err: fmt.Errorf("there is no target %q", name),
					Hint: "configured are: " + strings.Join(r.targetNames(), ", "),
				}
			}
			dests = append(dests, r.Destinations[i])
		}
	}
	if req.User == "" {
		return dests, nil, nil
	}
	var scope []int64
	err := r.Store.View(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByName(ctx, req.User)
		scope = []int64{u.N}
		return err
	})
	return dests, scope, err
}

func (r *Runner) targetNames() []string {
	names := make([]string, len(r.Destinations))
	for i, d := range r.Destinations {
		names[i] = d.Name()
	}
	return names
}

func (r *Runner) decide(ctx context.Context, tx *store.Tx, scope []int64) (*decision, error) {
	if scope == nil {
		return r.decideAll(ctx, tx)
	}
	return r.decideSome(ctx, tx, scope)
}

// each runs do for every target at once, so that a sick one does not delay the
// others, and reports in the order of the configuration.
func (r *Runner) each(dests []Destination, do func(Destination) (Run, error)) (Report, error) {
	runs := make([]Run, len(dests))
	errs := make([]error, len(dests))
	var wg sync.WaitGroup
	for i, dest := range dests {
		wg.Go(func() {
			started := r.Now()
			run, err := do(dest)
			run.Started, run.Finished = started, r.Now()
			run.Complete = err == nil
			if err != nil {
				run.Error = err.Error()
			}
			runs[i], errs[i] = run.withLists(), fatal(err)
		})
	}
	wg.Wait()
	return Report{Runs: runs}, errors.Join(errs...)
}

// withLists makes absent lists empty ones: programs that read JSON expect them.
func (run Run) withLists() Run {
	if run.Changes == nil {
		run.Changes = []Change{}
	}
	if run.Held == nil {
		run.Held = []Held{}
	}
	if run.Drift == nil {
		run.Drift = []Drift{}
	}
	if run.Waiting == nil {
		run.Waiting = []Waiting{}
	}
	return run
}

// fatal keeps the errors that are not the target's: those of a target stand in
// the report, and the other targets go on.
func fatal(err error) error {
	switch identity.KindOf(err) {
	case identity.Internal:
		return err
	default:
		return nil
	}
}

// syncTarget carries out one target's part of a run that was asked for. Runs
// over everybody take turns.
func (r *Runner) syncTarget(ctx context.Context, dest Destination, d *decision, scope []int64, req Request) (Run, error) {
	if scope != nil {
		run, owed, err := r.syncUsers(ctx, dest, d, scope)
		return run, errors.Join(err, r.enqueue(ctx, owed))
	}
	unlock, err := r.Store.Lock(ctx, "run:"+dest.Name())
	if err != nil {
		return Run{Target: dest.Name()}, err
	}
	defer unlock()
	started := r.Now()
	owed, err := r.owedTo(ctx, dest)
	if err != nil {
		return Run{Target: dest.Name()}, err
	}
	p, trouble := r.prepare(ctx, dest, d, nil, req.Full)
	if p == nil {
		return Run{Target: dest.Name()}, trouble
	}
	a := r.applierFor(p, req.Actor)
	if trouble != nil {
		return a.giveUp(ctx, trouble)
	}
	if err := a.carryOut(ctx); err != nil {
		return a.report(a.verdictOf), err
	}
	return a.end(ctx, started, owed)
}

// neverRead is the kind of the error for a target of which nothing is known yet.
const neverRead = identity.Incomplete

// syncUsers makes one target right for a few users, trusting what is remembered
// of it, and returns what could not be done as work.
func (r *Runner) syncUsers(ctx context.Context, dest Destination, d *decision, scope []int64) (Run, []store.Work, error) {
	p, trouble := r.prepare(ctx, dest, d, scope, false)
	if p == nil {
		return Run{Target: dest.Name()}, nil, trouble
	}
	if p.state.LastFullAt.IsZero() {
		return Run{Target: dest.Name()}, nil, &identity.Error{
			Kind: neverRead, Op: "sync target " + dest.Name(), Err: errors.New("it was never read whole, so nobody can tell what it holds"),
			Hint: "run `birthright sync --target " + dest.Name() + " --full` first; a running hub does it by itself",
		}
	}
	a := r.applierFor(p, actorHub)
	if trouble != nil {
		run := a.abandon(trouble)
		return run, a.retries(), trouble
	}
	started := r.Now()
	if err := a.carryOut(ctx); err != nil {
		return a.report(a.verdictOf), a.retries(), err
	}
	run := a.report(a.verdictOf)
	run.ID = a.run
	if len(a.changes) == 0 {
		return run, nil, nil // nothing happened: nothing to write down
	}
	return run, a.retries(), r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if a.markTrusted && len(a.owed) == 0 {
			if err := tx.SaveTargetState(ctx, a.stateAfter(ctx, tx.Now(), true)); err != nil {
				return err
			}
		}
		return tx.SaveRun(ctx, a.runRow(run, started, tx.Now()))
	})
}

func (r *Runner) applierFor(p *prepared, actor string) *applier {
	return &applier{
		Runner: r, prepared: p, run: r.NewID(), actor: cmp.Or(actor, actorHub),
		verdicts: map[string]verdict{}, accountIDs: map[int64]string{},
	}
}

// carryOut is the run in two words: the store is brought up to what was found,
// the target to what is wanted.
func (a *applier) carryOut(ctx context.Context) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	a.checkMark(ctx)
	return a.apply(ctx)
}

func (r *Runner) enqueue(ctx context.Context, work []store.Work) error {
	if len(work) == 0 {
		return nil
	}
	return r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.EnqueueWork(ctx, work) })
}

// abandon reports what is owed to a target that could not be looked at.
func (a *applier) abandon(trouble error) Run {
	v := verdict{outcome: string(targets.Unreachable), err: trouble.Error(), result: targets.Result{Outcome: targets.Unreachable}}
	for _, c := range a.changes {
		a.verdicts[c.ID] = a.pending(c, v)
		a.owe(c, v)
	}
	run := a.report(a.verdictOf)
	run.ID = a.run
	return run
}

// giveUp ends a run over everybody whose target could not be read: nothing is
// tried, what is owed is shown, and the work queue keeps after it.
func (a *applier) giveUp(ctx context.Context, trouble error) (Run, error) {
	run := a.abandon(trouble)
	err := a.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		state, err := tx.TargetState(ctx, a.dest.Name())
		if err != nil {
			return err
		}
		state.LastError = trouble.Error()
		if err := tx.SaveTargetState(ctx, state); err != nil {
			return err
		}
		if a.state.LastFullAt.IsZero() {
			return nil // nothing is known of it: only a full run can tell what to do
		}
		return tx.EnqueueWork(ctx, a.retries())
	})
	return run, errors.Join(trouble, err)
}

// end closes a run over everybody: the target's state, the run's row, the work
// that it settled and the work that it leaves.
func (a *applier) end(ctx context.Context, started time.Time, owed []store.Work) (Run, error) {
	run := a.report(a.verdictOf)
	run.ID = a.run
	left := a.retries()
	failed := map[int64]bool{}
	for _, w := range left {
		failed[w.UserN] = true
	}
	settled := slices.DeleteFunc(owed, func(w store.Work) bool { return failed[w.UserN] })
	return run, a.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.FinishWork(ctx, settled); err != nil {
			return err
		}
		if err := tx.EnqueueWork(ctx, left); err != nil {
			return err
		}
		if err := tx.SaveTargetState(ctx, a.stateAfter(ctx, tx.Now(), len(left) == 0)); err != nil {
			return err
		}
		return tx.SaveRun(ctx, a.runRow(run, started, tx.Now()))
	})
}

func (a *applier) runRow(run Run, started, finished time.Time) store.RunRow {
	counts := map[string]int{}
	for _, c := range run.Changes {
		counts[c.Outcome]++
	}
	if held := len(run.Held); held > 0 {
		counts["held"] = held
	}
	return store.RunRow{
		ID: a.run, Target: run.Target, Kind: run.Kind, Started: started, Finished: finished, Complete: true, Counts: counts,
	}
}

// stateAfter is what is remembered of the target as a whole after a run.
func (a *applier) stateAfter(ctx context.Context, now time.Time, clean bool) store.TargetState {
	s := a.state
	s.LastError = ""
	if a.whole {
		s.LastFullAt, s.Watermark = now, a.watermark
	}
	if clean {
		s.LastOKAt = now
	}
	if m, ok := a.dest.Target.(targets.Watermarker); ok && a.done > 0 && a.markTrusted {
		if mark, err := m.Watermark(ctx); err == nil { // it moved with our own changes
			s.Watermark = mark
		}
	}
	return s
}

// checkMark notes whether the target is still as the picture shows it, just
// before it is changed: only then may the mark that our own changes leave stand
// for it. Otherwise the old mark stays, and the next run reads it whole.
func (a *applier) checkMark(ctx context.Context) {
	m, ok := a.dest.Target.(targets.Watermarker)
	if !ok {
		return
	}
	expected := a.state.Watermark
	if a.whole {
		expected = a.watermark
	}
	mark, err := m.Watermark(ctx)
	a.markTrusted = err == nil && mark == expected
}

// owedTo lists the work that waits for a target, to be settled by this run.
func (r *Runner) owedTo(ctx context.Context, dest Destination) (due []store.Work, err error) {
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		due, err = tx.Overdue(ctx, dest.Name())
		return err
	})
	return due, err
}

// refreshDue recomputes the lifecycle of users whose calendar has turned, and
// returns the work that a run over everybody settles.
func (r *Runner) refreshDue(ctx context.Context, scope []int64) ([]store.Work, error) {
	var due []store.Work
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueWork(ctx, "", r.Now(), 0)
		return err
	})
	if err != nil || len(due) == 0 {
		return nil, err
	}
	if scope != nil {
		due = slices.DeleteFunc(due, func(w store.Work) bool { return !slices.Contains(scope, w.UserN) })
	}
	users := make([]int64, len(due))
	for i, w := range due {
		users[i] = w.UserN
	}
	for from := 0; from < len(users); from += usersPerTransaction {
		if err := r.Refresh(ctx, users[from:min(from+usersPerTransaction, len(users))]); err != nil {
			return nil, err
		}
	}
	return due, nil
}

func (r *Runner) finish(ctx context.Context, work []store.Work) error {
	if len(work) == 0 {
		return nil
	}
	return r.Store.Update(ctx, func(tx *store.Tx) error { return tx.FinishWork(ctx, work) })
}
