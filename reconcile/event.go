package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/store"
)

const (
	// workPerStep is how much of the work queue one step takes, and removalsPerStep
	// how much of what must go: many ends at once are worth a greater step, and
	// nothing that matters more waits for it.
	workPerStep     = 200
	removalsPerStep = 500
	// patience is how long a step waits for a target before it leaves it to a
	// later one: the other targets' changes must not wait with it.
	patience = 20 * time.Second
)

// Step does what is due in the work queue and reports how much that was. Zero
// means that nothing is due now. Trouble with the policy's calendar, which
// concerns everybody, keeps nobody's own work waiting.
func (r *Runner) Step(ctx context.Context) (int, error) {
	trouble := r.followCalendar(ctx)
	n, err := r.takeStep(ctx, false)
	return n, errors.Join(trouble, err)
}

// StepRemovals is Step for nothing but removals.
func (r *Runner) StepRemovals(ctx context.Context) (int, error) { return r.takeStep(ctx, true) }

// takeStep does what is due and reports how much that was.
func (r *Runner) takeStep(ctx context.Context, removalsOnly bool) (int, error) {
	claimed, err := r.claim(ctx, removalsOnly)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	defer r.keepLease(ctx, claimed)()
	byTarget := map[string][]store.Work{}
	for _, w := range claimed {
		byTarget[w.Target] = append(byTarget[w.Target], w)
	}
	var all sync.WaitGroup
	errs := make(chan error, len(byTarget))
	for target, work := range byTarget {
		all.Go(func() { errs <- r.stepFor(ctx, target, work) })
	}
	all.Wait()
	close(errs)
	for failed := range errs {
		err = errors.Join(err, failed)
	}
	if err != nil {
		r.giveBack(ctx, claimed)
	}
	return len(claimed), err
}

// claim takes what is due. Whose calendar has turned is due too, and whose shift
// or ticket has begun or ended: that needs no word from where it came. Removals are
// steps of their own, so that none waits for an addition.
func (r *Runner) claim(ctx context.Context, removalsOnly bool) (claimed []store.Work, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		if r.turns.setBack(tx.Now()) {
			if err := tx.RouseWork(ctx, workLease); err != nil {
				return err
			}
		}
		turned, err := tx.UsersTurned(ctx, tx.Now(), removalsPerStep)
		if err != nil {
			return err
		}
		begunOrOver, err := tx.TurnFacts(ctx, removalsPerStep)
		if err != nil {
			return err
		}
		grantTurns, err := tx.TurnGrants(ctx, removalsPerStep)
		if err != nil {
			return err
		}
		var work []store.Work
		for _, turn := range grantTurns {
			work = append(work, store.Work{UserN: turn.UserN, Removal: turn.Ends})
		}
		for _, n := range slices.Concat(turned, begunOrOver) {
			work = append(work, store.Work{UserN: n, Removal: true}) // an end or a beginning: neither waits behind a bulk load
		}
		if err := tx.EnqueueWork(ctx, work); err != nil {
			return err
		}
		if claimed, err = tx.ClaimRemovals(ctx, removalsPerStep, workLease); err != nil || removalsOnly || len(claimed) > 0 {
			return err
		}
		claimed, err = tx.ClaimWork(ctx, workPerStep, workLease)
		return err
	})
	return claimed, err
}

// stepFor does the work of one target; "" stands for users who changed.
func (r *Runner) stepFor(ctx context.Context, target string, work []store.Work) (err error) {
	ctx, span := r.Traces.Follow(ctx, "work off", places(work))
	defer func() { span.End(err) }()
	span.Count(tracing.Users, len(work))
	span.Target(target)
	if target == "" {
		return r.stepUsers(ctx, work)
	}
	i := slices.IndexFunc(r.Destinations, func(d Destination) bool { return d.Name() == target })
	if i < 0 { // it is no longer configured
		return r.Store.Update(ctx, func(tx *store.Tx) error { return tx.FinishWork(ctx, work) })
	}
	return r.stepTarget(ctx, r.Destinations[i], work)
}

// stepUsers looks after users who changed: memberships first, then every target.
// The work is finished only when each target was tried and what failed has work
// of its own.
func (r *Runner) stepUsers(ctx context.Context, work []store.Work) error {
	scope := usersOf(work)
	if err := r.refreshTurned(ctx, scope); err != nil {
		return err
	}
	d, err := r.decideAndSave(ctx, scope)
	if err != nil {
		return err
	}
	owed := make([][]store.Work, len(r.Destinations))
	var all sync.WaitGroup
	for i, dest := range r.Destinations {
		all.Go(func() { owed[i] = r.bringUp(ctx, dest, d, visitFor(work, trust)) })
	}
	all.Wait()
	again, err := r.settleGrants(ctx, scope)
	if err != nil {
		return err
	}
	return r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.EnqueueWork(ctx, followed(slices.Concat(owed...), work)); err != nil {
			return err
		}
		if err := tx.FinishWork(ctx, work); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, followed(again, work))
	})
}

// stepTarget tries again what one target is owed. What is remembered of these
// people failed to help once, so it is looked at again.
func (r *Runner) stepTarget(ctx context.Context, dest Destination, work []store.Work) error {
	scope := usersOf(work)
	d, err := r.decideAndSave(ctx, scope)
	if err != nil {
		return err // the lease ends, and somebody tries again
	}
	failed := map[int64]store.Work{}
	for _, w := range r.bringUp(ctx, dest, d, visitFor(work, recheck)) {
		failed[w.UserN] = w
	}
	var done, later []store.Work
	for _, w := range work {
		again, ok := failed[w.UserN]
		if !ok {
			done = append(done, w)
			continue
		}
		w.Removal, w.DueAt = again.Removal, again.DueAt
		if again.Attempts > 0 { // it was tried
			w.Attempts, w.LastError = w.Attempts+1, again.LastError
			w.DueAt = latest(w.DueAt, r.Now().Add(retryAfter(w.Attempts, w.Removal)))
		}
		later = append(later, w)
	}
	again, err := r.settleGrants(ctx, usersOf(done))
	if err != nil {
		return err
	}
	return r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.PostponeWork(ctx, later); err != nil {
			return err
		}
		if err := tx.FinishWork(ctx, done); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, followed(again, work))
	})
}

// bringUp makes one target right for a few users and returns what could not be
// done. A target that was never read whole is left to the full loop: what it
// holds cannot be told from what is remembered.
func (r *Runner) bringUp(ctx context.Context, dest Destination, d *decision, v visit) []store.Work {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	started := r.Now()
	run, owed, err := r.syncUsers(ctx, dest, d, v)
	r.over(run, started, err)
	switch {
	case err == nil:
	case errors.Is(err, errNeverRead):
		r.outages.owe(dest.Name())
		return r.notYet(dest, d, v.scope, err)
	default:
		r.Log.Warn("target could not be brought up to date; it will be tried again", "target", dest.Name(), "error", err)
		if !isTrouble(err) { // it is not known who is concerned
			owed = r.allOwed(dest, d, v.scope, err)
		}
	}
	for _, c := range run.Changes {
		r.Log.Info("change", "target", dest.Name(), "action", c.Action, "account", c.Account, "entitlement", c.Entitlement, "outcome", c.Outcome, "error", c.Error)
	}
	return owed
}

// over tells whoever listens how a run for a few users went.
func (r *Runner) over(run Run, started time.Time, err error) {
	run.Started, run.Finished = started, r.Now()
	if err != nil {
		run.Error = err.Error()
	}
	r.Ran(run)
}

// allOwed is the work for everybody in scope. Somebody without access counts as
// a removal: that goes first.
func (r *Runner) allOwed(dest Destination, d *decision, scope []int64, err error) []store.Work {
	active := map[int64]bool{}
	for _, u := range d.users {
		active[u.n] = u.state == identity.Active
	}
	work := make([]store.Work, len(scope))
	for i, n := range scope {
		work[i] = store.Work{
			Target: dest.Name(), UserN: n, Removal: !active[n], LastError: err.Error(), Attempts: 1,
			DueAt: r.Now().Add(retryAfter(1, !active[n])),
		}
	}
	return work
}

// notYet is the work for everybody in scope on a target that must be read whole
// first: noted, so that a crash before that does not lose it, and not overdue.
func (r *Runner) notYet(dest Destination, d *decision, scope []int64, err error) []store.Work {
	work := r.allOwed(dest, d, scope, err)
	for i := range work {
		work[i].Attempts = 0
	}
	return work
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
