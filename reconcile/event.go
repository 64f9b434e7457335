package reconcile

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"birthright/identity"
	"birthright/store"
)

// How much of the work queue one step takes, and for how long it is nobody
// else's: a process that dies in between is followed after that time.
const (
	workPerStep = 200
	workLease   = 2 * time.Minute
)

// Step does what is due in the work queue and reports how much that was. Zero
// means that nothing is due now.
func (r *Runner) Step(ctx context.Context) (int, error) {
	var claimed []store.Work
	err := r.Store.Update(ctx, func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimWork(ctx, workPerStep, workLease)
		return err
	})
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	byTarget := map[string][]store.Work{}
	for _, w := range claimed {
		byTarget[w.Target] = append(byTarget[w.Target], w)
	}
	if work := byTarget[""]; len(work) > 0 {
		if err := r.stepUsers(ctx, work); err != nil {
			return 0, err
		}
	}
	var wg sync.WaitGroup
	for _, dest := range r.Destinations {
		if work := byTarget[dest.Name()]; len(work) > 0 {
			wg.Go(func() { r.stepTarget(ctx, dest, work) })
		}
		delete(byTarget, dest.Name())
	}
	wg.Wait()
	delete(byTarget, "")
	for _, work := range byTarget { // for targets that are no longer configured
		if err := r.finish(ctx, work); err != nil {
			return 0, err
		}
	}
	return len(claimed), nil
}

// stepUsers looks after users who changed: memberships first, then every target.
// The work is finished only when each target was tried and what failed has work
// of its own.
func (r *Runner) stepUsers(ctx context.Context, work []store.Work) error {
	scope := usersOf(work)
	if turned := calendarTurned(work); len(turned) > 0 {
		if err := r.Refresh(ctx, turned); err != nil {
			return err
		}
	}
	d, err := r.decideAndSave(ctx, scope)
	if err != nil {
		return err
	}
	owed := make([][]store.Work, len(r.Destinations))
	var wg sync.WaitGroup
	for i, dest := range r.Destinations {
		wg.Go(func() { owed[i] = r.bringUp(ctx, dest, d, scope) })
	}
	wg.Wait()
	return r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.EnqueueWork(ctx, slices.Concat(owed...)); err != nil {
			return err
		}
		return tx.FinishWork(ctx, work)
	})
}

// stepTarget tries again what one target is owed.
func (r *Runner) stepTarget(ctx context.Context, dest Destination, work []store.Work) {
	scope := usersOf(work)
	d, err := r.decideAndSave(ctx, scope)
	if err != nil {
		r.Log.Error("decide again", "target", dest.Name(), "error", err)
		return // the lease ends, and somebody tries again
	}
	failed := map[int64]store.Work{}
	for _, w := range r.bringUp(ctx, dest, d, scope) {
		failed[w.UserN] = w
	}
	var done, later []store.Work
	for _, w := range work {
		again, ok := failed[w.UserN]
		if !ok {
			done = append(done, w)
			continue
		}
		w.Attempts++
		w.Removal, w.LastError = again.Removal, again.LastError
		w.DueAt = latest(again.DueAt, r.Now().Add(retryAfter(w.Attempts, w.Removal)))
		later = append(later, w)
	}
	err = r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.PostponeWork(ctx, later); err != nil {
			return err
		}
		return tx.FinishWork(ctx, done)
	})
	if err != nil {
		r.Log.Error("put work back", "target", dest.Name(), "error", err)
	}
}

func (r *Runner) decideAndSave(ctx context.Context, scope []int64) (*decision, error) {
	var d *decision
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		d, err = r.decideSome(ctx, tx, scope)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, r.saveDecision(ctx, d)
}

// bringUp makes one target right for a few users and returns what could not be
// done. A target that was never read whole is left to the full loop: what it
// holds cannot be told from what is remembered.
func (r *Runner) bringUp(ctx context.Context, dest Destination, d *decision, scope []int64) []store.Work {
	run, owed, err := r.syncUsers(ctx, dest, d, scope)
	switch {
	case err == nil:
	case identity.KindOf(err) == neverRead:
		r.owe(dest.Name())
		return nil
	default:
		r.Log.Warn("target could not be brought up to date; it will be tried again", "target", dest.Name(), "error", err)
		if len(owed) == 0 {
			owed = r.allOwed(dest, d, scope, err)
		}
	}
	for _, c := range run.Changes {
		r.Log.Info("change", "target", dest.Name(), "action", c.Action, "account", c.Account, "entitlement", c.Entitlement, "outcome", c.Outcome, "error", c.Error)
	}
	return owed
}

// allOwed is the work for everybody in scope, for when it is not known who is
// concerned. Somebody without access counts as a removal: that goes first.
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

func usersOf(work []store.Work) []int64 {
	users := make([]int64, len(work))
	for i, w := range work {
		users[i] = w.UserN
	}
	slices.Sort(users)
	return slices.Compact(users)
}

// calendarTurned returns the users whose work was put off to a date: their
// lifecycle follows from the calendar and must be looked at again.
func calendarTurned(work []store.Work) []int64 {
	var users []int64
	for _, w := range work {
		if w.DueAt.Sub(w.Since) > time.Second {
			users = append(users, w.UserN)
		}
	}
	return users
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// owe notes that a target waits for its first full run.
func (r *Runner) owe(target string) {
	r.owedMu.Lock()
	defer r.owedMu.Unlock()
	r.owed[target] = true
}

// TakeOwed returns the targets that wait for a full run, sorted, and forgets them.
func (r *Runner) TakeOwed() []string {
	r.owedMu.Lock()
	defer r.owedMu.Unlock()
	names := make([]string, 0, len(r.owed))
	for name := range r.owed {
		names = append(names, name)
	}
	clear(r.owed)
	slices.SortFunc(names, cmp.Compare[string])
	return names
}
