package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// Plan works out what Sync would do, and changes nothing.
func (r *Runner) Plan(ctx context.Context, req Request) (out Report, err error) {
	ctx, span := r.Traces.Start(ctx, "plan run")
	defer func() { span.End(err) }()
	span.Kind(req.kind())
	dests, scope, err := r.resolve(ctx, req)
	if err != nil {
		return Report{}, err
	}
	d, err := r.decide(ctx, scope)
	if err != nil {
		return Report{}, err
	}
	report, err := r.each(dests, func(dest Destination) (Run, error) {
		p, err := r.prepare(ctx, dest, d, scope, sightFor(req))
		if p == nil {
			return Run{Target: dest.Name()}, err
		}
		p.withhold(r.Now(), always)
		return p.report(func(plan.Change) (string, string) { return Planned, "" }), err
	})
	return report.refusing(d), err
}

// Sync makes the targets what they should be, as far as guards and targets
// allow, and reports what became of each change. The error is nil when every
// target was dealt with; what could not be done stands in the report.
func (r *Runner) Sync(ctx context.Context, req Request) (out Report, err error) {
	ctx, span := r.Traces.Start(ctx, "sync run")
	defer func() { span.End(err) }()
	span.Kind(req.kind())
	dests, scope, err := r.resolve(ctx, req)
	if err != nil {
		return Report{}, err
	}
	if err := r.refreshTurned(ctx, scope); err != nil {
		return Report{}, err
	}
	d, err := r.decideAndSave(ctx, scope)
	if err != nil {
		return Report{}, err
	}
	report, err := r.each(dests, func(dest Destination) (Run, error) {
		if scope == nil {
			return r.syncWhole(ctx, dest, d, req)
		}
		run, owed, err := r.syncUsers(ctx, dest, d, visit{scope: scope, sight: sightFor(req), actor: req.Actor, partOf: req.PartOf})
		return run, r.enqueued(ctx, owed, err)
	})
	for _, run := range report.Runs {
		r.Ran(run)
	}
	if err == nil {
		var again []store.Work
		again, err = r.settleGrants(ctx, scope)
		err = r.enqueued(ctx, again, err)
	}
	// Not before: a crash in between must find the work again.
	if err == nil && scope == nil && len(req.Targets) == 0 {
		err = r.clearWork(ctx, "", d.mark, nil)
	}
	return report.refusing(d), err
}

// clearWork ends the work for a target that a run over everybody has seen to, of some
// users at a time. What a crash in between leaves is done again.
func (r *Runner) clearWork(ctx context.Context, target string, mark int64, except []int64) error {
	for last := int64(0); ; {
		err := r.Store.Update(ctx, func(tx *store.Tx) (err error) {
			last, err = tx.ClearWork(ctx, target, mark, except, last, usersPerTransaction)
			return err
		})
		if err != nil || last == 0 {
			return err
		}
	}
}

// enqueued keeps what a run could not do, and returns err or why it could not be kept.
func (r *Runner) enqueued(ctx context.Context, owed []store.Work, err error) error {
	if len(owed) == 0 {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if lost := r.Store.Update(ctx, func(tx *store.Tx) error { return tx.EnqueueWork(ctx, owed) }); lost != nil {
		return lost
	}
	return err
}

// resolve finds what a request names: the targets, and the users, nil for everybody.
func (r *Runner) resolve(ctx context.Context, req Request) ([]Destination, []int64, error) {
	dests, err := r.chosen(req.Targets)
	if err != nil || req.User == "" {
		return dests, nil, err
	}
	var scope []int64
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByName(ctx, req.User)
		scope = []int64{u.N}
		return err
	})
	return dests, scope, err
}

// chosen returns the named destinations, all if no name is given.
func (r *Runner) chosen(targets []string) ([]Destination, error) {
	if len(targets) == 0 {
		return r.Destinations, nil
	}
	var dests []Destination
	for _, name := range targets {
		i := slices.IndexFunc(r.Destinations, func(d Destination) bool { return d.Name() == name })
		if i < 0 {
			return nil, &identity.Error{
				Kind: identity.Invalid, Op: "choose targets", Err: fmt.Errorf("there is no target %q", name),
				Hint: "configured are: " + strings.Join(r.targetNames(), ", "),
			}
		}
		if !slices.ContainsFunc(dests, func(d Destination) bool { return d.Name() == name }) {
			dests = append(dests, r.Destinations[i])
		}
	}
	return dests, nil
}

func (r *Runner) targetNames() []string {
	names := make([]string, len(r.Destinations))
	for i, d := range r.Destinations {
		names[i] = d.Name()
	}
	return names
}

// each runs do for every target at once, so that a sick one does not delay the
// others, and reports in the order of the configuration.
func (r *Runner) each(dests []Destination, do func(Destination) (Run, error)) (Report, error) {
	runs := make([]Run, len(dests))
	errs := make([]error, len(dests))
	var wg sync.WaitGroup
	for i, dest := range dests {
		wg.Go(func() {
			started, before := r.Now(), calls(dest)
			run, err := do(dest)
			run.Started, run.Finished, run.Calls = started, r.Now(), calls(dest)-before
			run.Complete = err == nil
			if err != nil {
				run.Error = err.Error()
			}
			if !isTrouble(err) {
				errs[i] = err
			}
			runs[i] = run.withLists()
		})
	}
	wg.Wait()
	return Report{Runs: runs}, errors.Join(errs...)
}

// calls is how many requests a target has sent so far, 0 where it does not count.
func calls(dest Destination) int64 {
	if c, ok := dest.Target.(targets.Counter); ok {
		return c.Calls()
	}
	return 0
}
