package reconcile

import (
	"context"
	"slices"
	"sync"
	"time"

	"birthright/store"
)

// turns remembers up to when the policy's own calendar was followed: rules begin
// and end, exclusions end. It is a hint for when to look: what is decided
// follows from the time alone, and the full run decides everything anew.
type turns struct {
	mu       sync.Mutex
	followed time.Time
	latest   time.Time
}

// tolerance is how far two looks at the clock may be out of order without its having
// been set back.
const tolerance = time.Second

// setBack reports whether the clock was set back since it was looked at last. Nobody
// knows what it did before the first look: that counts as if it were.
func (t *turns) setBack(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	back := t.latest.IsZero() || now.Add(tolerance).Before(t.latest)
	if back || now.After(t.latest) {
		t.latest = now
	}
	return back
}

// due reports since when the calendar was not followed and whether it turned in
// that time, and takes it as followed up to now.
func (t *turns) due(next func(time.Time) time.Time, now time.Time) (from time.Time, turned bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from, t.followed = t.followed, now
	if from.IsZero() {
		return from, false // what turned before the program began, its first full run sees
	}
	at := next(from)
	return from, !at.IsZero() && !now.Before(at)
}

// again has the calendar followed once more from an instant.
func (t *turns) again(from time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.followed = from
}

// followCalendar looks, when a rule or an exclusion began or ended, for whom that
// changes something, and has them looked after: deciding and acting are one step,
// so that what ended by itself is known to have.
func (r *Runner) followCalendar(ctx context.Context) error {
	from, turned := r.turns.due(r.Engine().NextTurn, r.Now())
	if !turned {
		return nil
	}
	d, err := r.decide(ctx, nil)
	for chunk := range slices.Chunk(d.changed(), usersPerTransaction) {
		if err == nil {
			err = r.Store.Update(ctx, func(tx *store.Tx) error { return tx.EnqueueWork(ctx, chunk) })
		}
	}
	if err != nil {
		r.turns.again(from)
	}
	return err
}

// changed is the work for everybody whose memberships are not as stored. Somebody
// who loses one goes first.
func (d *decision) changed() []store.Work {
	if d == nil {
		return nil
	}
	work := make([]store.Work, len(d.diffs))
	for i, diff := range d.diffs {
		work[i] = store.Work{UserN: diff.user.n, Removal: len(diff.drop) > 0}
	}
	return work
}
