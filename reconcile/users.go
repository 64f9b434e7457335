package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"birthright/internal/tracing"
	"birthright/store"
	"birthright/targets"
)

// visit is a run for a few users on one target.
type visit struct {
	scope []int64
	sight sight
	// urgent is set where something must go: such a run is let through first.
	urgent bool
	actor  string
	partOf string
}

// visitFor is what some work of the queue asks for.
func visitFor(work []store.Work, s sight) visit {
	urgent := slices.ContainsFunc(work, func(w store.Work) bool { return w.Removal })
	return visit{scope: usersOf(work), sight: s, urgent: urgent, actor: actorHub}
}

// syncUsers makes one target right for a few users and returns, as work, what
// could not be done. It holds the target's lock from the first look to the last
// outcome, so that nothing that it plans from is on its way to change.
func (r *Runner) syncUsers(ctx context.Context, dest Destination, d *decision, v visit) (out Run, left []store.Work, err error) {
	ctx, span := tracing.Start(ctx, "sync target")
	defer func() {
		span.Run(out.ID)
		span.Count(tracing.Left, len(left))
		span.End(err)
	}()
	span.Target(dest.Name())
	unlock, err := r.lockTarget(ctx, dest.Name(), v.urgent)
	if err != nil {
		return Run{Target: dest.Name()}, nil, err
	}
	defer unlock()
	started := r.Now()
	p, err := r.prepare(ctx, dest, d, v.scope, v.sight)
	if p == nil {
		return Run{Target: dest.Name()}, nil, err
	}
	a := r.applierFor(p, v.actor)
	a.partOf = v.partOf
	a.locked, a.until = true, started.Add(patience/2)
	if err != nil {
		return a.abandon(err), a.retries(), err
	}
	err = a.carryOut(ctx)
	run := a.report(a.verdictOf)
	run.ID = a.run
	if err != nil || len(a.changes) == 0 {
		return run, a.retries(), err // without changes there is nothing to write down
	}
	return run, a.retries(), a.note(context.WithoutCancel(ctx), run, started)
}

// note keeps the row of a run for a few users.
func (a *applier) note(ctx context.Context, run Run, started time.Time) error {
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		if a.markAfter != "" {
			if err := a.changeState(ctx, tx, func(s *store.TargetState) { s.Watermark = a.markAfter }); err != nil {
				return err
			}
		}
		return tx.SaveRun(ctx, a.runRow(run, started, tx.Now()))
	})
}

// abandon reports what is owed to a target that could not be looked at.
func (a *applier) abandon(why error) Run {
	v := verdict{
		outcome: string(targets.Unreachable), err: errors.Unwrap(why).Error(),
		result: targets.Result{Outcome: targets.Unreachable},
	}
	for _, c := range a.changes {
		a.skip(c, v)
	}
	a.oweSessions(a.sessions, errors.Unwrap(why))
	run := a.report(a.verdictOf)
	run.ID = a.run
	return run
}
