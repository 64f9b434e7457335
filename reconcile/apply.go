package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// defaultBatch is how many ops go into one call where the target sets no limit.
const defaultBatch = 500

// applier carries out one prepared plan.
type applier struct {
	*Runner
	*prepared
	run   string
	actor string
	// partOf is the ordered run that this is a part of, "" for none.
	partOf string
	// locked is true where the run has the target's lock from start to end; until is
	// when such a run leaves the rest to a later one.
	locked bool
	until  time.Time
	// markTrusted is true where the target was as the picture shows it just
	// before the first change; markAfter is its mark after the last one.
	markTrusted bool
	markAfter   string

	mu       sync.Mutex
	verdicts map[string]verdict // by change ID
	// superseded are the users about whom somebody decided since.
	superseded map[int64]bool
	// accountIDs are the immutable ids of accounts made by this run, by user.
	accountIDs map[int64]string
	// stop is set when the target is gone, or asks for more patience than a run
	// has: what is left is not even tried.
	stop *verdict
	// mute is how many answers in a row were lost, or said nothing.
	mute int
	done int
	// owed is what must be tried again.
	owed []store.Work
	// opened is what is to be ended after the changes that are being made.
	opened []store.SessionEnd
}

// verdict is what became of one change.
type verdict struct {
	outcome string
	err     string
	result  targets.Result
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
// once as the target allows. The target is locked for a wave of them and free
// in between, so that a long first load does not keep a leaver waiting.
func (a *applier) phase(ctx context.Context, changes []plan.Change) error {
	waves := newWaves(a.dest.Target, changes)
	for {
		next, more := waves.next()
		if !more {
			return nil
		}
		if a.givesWay(next) {
			a.putOff(waves.rest())
			return nil
		}
		if err := a.wave(ctx, waves, next.Action.Removes()); err != nil {
			return err
		}
	}
}

// batchSize is how many ops go into one call: as many as the target takes, and as it
// gets through in a moment.
func (a *applier) batchSize() int {
	size := a.dest.Settings.Capabilities.MaxBatch
	if size <= 0 || size > defaultBatch {
		size = defaultBatch
	}
	return min(size, a.paces.size(a.dest.Name(), a.Now()))
}

// givesWay reports whether a run that keeps the target locked leaves the rest, which
// begins with next, to a later one: somebody waits who has something to take away,
// and this has not, or it goes on for too long.
func (a *applier) givesWay(next plan.Change) bool {
	if !a.locked {
		return false
	}
	return !next.Action.Removes() && a.locks.get(a.dest.Name()).urgentWaits() || !a.Now().Before(a.until)
}

// putOff leaves changes to a later run, which may come at once.
func (a *applier) putOff(changes []plan.Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range changes {
		if c.UserN != 0 {
			a.owed = append(a.owed, store.Work{Target: c.Target, UserN: c.UserN, DueAt: a.Now(), Removal: c.Action.Removes()})
		}
	}
}

// wave sends batches in several lanes for a while: what one lane writes down does not
// hold up what the others send.
func (a *applier) wave(ctx context.Context, w *waves, removes bool) error {
	unlock, err := a.lock(ctx, removes)
	if err != nil {
		return err
	}
	defer unlock()
	over := a.Now().Add(waveTime)
	var lanes errgroup.Group
	for range max(1, a.dest.Settings.Capabilities.Concurrency) {
		lanes.Go(func() error { return a.lane(ctx, w, removes, over) })
	}
	if err := lanes.Wait(); err != nil {
		return err
	}
	opened := a.opened
	a.opened = nil
	return a.endSessions(ctx, opened)
}

// lane sends one batch after the other until the wave is over, or somebody waits who
// has something to take away and this has not.
func (a *applier) lane(ctx context.Context, w *waves, removes bool, over time.Time) error {
	for {
		batch, done := w.take(a.batchSize())
		if len(batch) == 0 {
			return nil
		}
		err := a.batch(ctx, batch)
		done()
		if err != nil || !a.Now().Before(over) || !removes && a.locks.get(a.dest.Name()).urgentWaits() {
			return err
		}
	}
}

// batch writes the intents, calls the target, and writes the outcomes.
func (a *applier) batch(ctx context.Context, changes []plan.Change) (err error) {
	if changes, err = a.intend(ctx, a.ready(changes)); err != nil || len(changes) == 0 {
		return err
	}
	ctx, span := tracing.Start(ctx, "apply")
	defer func() { span.End(err) }()
	span.Target(a.dest.Name())
	ops := make([]targets.Op, len(changes))
	for i, c := range changes {
		ops[i] = c.Op()
	}
	results := a.call(ctx, ops)
	a.noteReach(results)
	a.settleUnknown(ctx, changes, results)
	verdicts := a.judge(changes, results)
	a.sent(span, changes, verdicts)
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
		if a.superseded[c.UserN] {
			continue
		}
		if a.stop != nil {
			a.skip(c, *a.stop)
			continue
		}
		if id, ok := a.accountIDs[c.UserN]; ok && c.UserN != 0 && c.Account.ID == "" {
			c.Account.ID = id
		}
		if c.Action == targets.Add && c.Account.ID == "" && a.invited[c.UserN] {
			a.verdicts[c.ID] = verdict{outcome: string(targets.Pending)} // as soon as the account is there
			continue
		}
		if c.Action == targets.Add && c.Account.ID == "" && !a.dest.Settings.Capabilities.ImplicitAccounts {
			a.verdicts[c.ID] = verdict{outcome: string(targets.Stale), err: "its account could not be made"}
			continue
		}
		out = append(out, c)
	}
	return out
}

// skip notes that a change is not tried for the reason in v, and owed.
func (a *applier) skip(c plan.Change, v verdict) {
	a.verdicts[c.ID] = shown(c, v)
	a.owe(c, v)
}

// sickAfter is after how many lost answers in a row a target is left alone: each may
// have cost a long wait, and a look at what became of it.
const sickAfter = 25

// noteReach stops the run where the target is gone, asks for too much patience, or
// no longer answers sensibly. What it says of single changes does not.
func (a *applier) noteReach(results []targets.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, res := range results {
		switch res.Outcome {
		case targets.Unreachable, targets.Throttled:
			if a.stop == nil {
				v := verdictFor(res)
				a.stop = &v
			}
			a.outages.failed(a.dest.Name(), a.Now(), resultError(res))
			return
		case targets.Unknown:
			if a.mute++; a.mute >= sickAfter && a.stop == nil {
				a.stop = &verdict{
					outcome: string(targets.Unreachable), result: targets.Result{Outcome: targets.Unreachable},
					err: fmt.Sprintf("left alone after %d lost answers in a row, the last: %v", a.mute, resultError(res)),
				}
				a.outages.failed(a.dest.Name(), a.Now(), resultError(res))
			}
		default:
			a.mute = 0
			a.outages.answered(a.dest.Name())
		}
	}
}

// judge turns results into verdicts and notes what the rest of the run needs.
func (a *applier) judge(changes []plan.Change, results []targets.Result) []verdict {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]verdict, len(changes))
	for i, res := range results {
		c, v := changes[i], verdictFor(res)
		if res.Outcome.OK() && res.AccountID != "" && c.Action == targets.CreateAccount {
			a.accountIDs[c.UserN] = res.AccountID
		}
		out[i] = v
		a.verdicts[c.ID] = shown(c, v)
		switch {
		case res.Outcome == targets.Pending:
			a.invited[c.UserN] = a.invited[c.UserN] || c.Action == targets.CreateAccount
			a.oweLook(c, latest(res.RetryAt, a.Now().Add(firstPendingLook)))
		case !res.Outcome.OK():
			a.owe(c, v)
		}
	}
	a.done += len(changes)
	a.Progress(a.dest.Name(), "applying", a.done, len(a.changes))
	return out
}

func verdictFor(res targets.Result) verdict {
	v := verdict{outcome: string(res.Outcome), result: res}
	if !res.Outcome.OK() && (res.Outcome != targets.Pending || res.Err != nil) {
		v.err = resultError(res).Error()
	}
	return v
}

// shown is a verdict as people see it: a removal that was due and could not be
// made is overdue.
func shown(c plan.Change, v verdict) verdict {
	switch targets.Outcome(v.outcome) {
	case targets.Unreachable, targets.Throttled, targets.Unknown:
		if c.Action.Removes() {
			v.outcome = Overdue
		}
	}
	return v
}

// owe notes that a change must be tried again. A stranger's account has no user
// to note it for: the next full run finds it.
func (a *applier) owe(c plan.Change, v verdict) {
	if c.UserN == 0 {
		return
	}
	a.owed = append(a.owed, store.Work{
		Target: c.Target, UserN: c.UserN, DueAt: a.retryTime(c, v), Removal: c.Action.Removes(), LastError: v.err,
	})
}

// verdictOf tells what became of a change, for the report.
func (a *applier) verdictOf(c plan.Change) (string, string) {
	v, ok := a.verdicts[c.ID]
	if !ok {
		return Superseded, ""
	}
	return v.outcome, v.err
}
