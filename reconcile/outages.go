package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"birthright/identity"
	"birthright/store"
)

// knockEvery is how often a target that did not answer, and is owed removals, is
// asked whether it is back: what is owed goes out within seconds of that, however
// long the pauses between attempts have become.
const knockEvery = time.Second

// outages remembers which targets did not answer, so that one that is down is
// asked now and then instead of with every change, and which of them wait for a
// full run. It is a hint for pacing: what is owed stands in the store.
type outages struct {
	mu   sync.Mutex
	down map[string]outage
	owed map[string]bool
}

// outage is how long a target is left alone, and why.
type outage struct {
	failures int
	until    time.Time
	err      error
}

// failed notes that a target did not answer.
func (o *outages) failed(target string, now time.Time, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down == nil {
		o.down = map[string]outage{}
	}
	n := o.down[target].failures + 1
	o.down[target] = outage{failures: n, until: now.Add(retryAfter(n, true)), err: err}
}

// answered notes that a target is there.
func (o *outages) answered(target string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.down, target)
}

// resting returns why a target is not to be asked now, nil when it may be.
func (o *outages) resting(target string, now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if d, ok := o.down[target]; ok && d.lasts(now) {
		return d.err
	}
	return nil
}

// lasts reports whether the target is still left alone. An end that is further ahead than
// any can be is that of a clock that was set back since.
func (d outage) lasts(now time.Time) bool {
	return now.Before(d.until) && d.until.Sub(now) <= longestRemoval
}

// absent returns the targets that did not answer when they were asked last, sorted.
func (o *outages) absent() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(maps.Keys(o.down))
}

// owe notes that a target waits for a full run.
func (o *outages) owe(target string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.owed == nil {
		o.owed = map[string]bool{}
	}
	o.owed[target] = true
}

// take returns the targets that wait for a full run and may be asked now,
// sorted, and forgets that they wait.
func (o *outages) take(now time.Time) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []string
	for name := range o.owed {
		if d, ok := o.down[name]; !ok || !d.lasts(now) {
			names = append(names, name)
			delete(o.owed, name)
		}
	}
	slices.Sort(names)
	return names
}

// TakeOwed returns the targets that wait for a full run, because nobody can tell
// what they hold or the last one failed, and forgets that they wait.
func (r *Runner) TakeOwed() []string { return r.outages.take(r.Now()) }

// OweAll makes every target wait for a full run, which FullLoop makes next: the
// policy has changed, and with it what everybody should have.
func (r *Runner) OweAll() {
	for _, dest := range r.Destinations {
		r.outages.owe(dest.Name())
	}
}

// trouble is an error of a target, not of the hub: it stands in the report, and
// the other targets go on.
type trouble struct{ error }

func (t trouble) Unwrap() error { return t.error }

func isTrouble(err error) bool {
	var t trouble
	return errors.As(err, &t)
}

// errNeverRead is why a few people cannot be looked after on a target.
var errNeverRead = errors.New("it was never read whole, so nobody can tell what it holds")

func neverRead(target string) error {
	return trouble{&identity.Error{
		Kind: identity.Incomplete, Op: "sync target " + target, Err: errNeverRead,
		Hint: "run `birthright sync --target " + target + " --full` first; a running hub does it by itself",
	}}
}

// watchOutages asks targets that did not answer, and are owed removals, whether they
// are back, and has what they are owed done at once when they are.
func (r *Runner) watchOutages(ctx context.Context) {
	for ctx.Err() == nil {
		pause(ctx, nil, knockEvery)
		for _, name := range r.outages.absent() {
			if ctx.Err() != nil {
				return
			}
			if err := r.knock(ctx, name); err != nil && ctx.Err() == nil {
				r.Log.Error("look whether a target is back", "target", name, "error", err)
			}
		}
	}
}

// knock asks one target whether it is back, if it is owed a removal.
func (r *Runner) knock(ctx context.Context, name string) error {
	at := slices.IndexFunc(r.Destinations, func(d Destination) bool { return d.Name() == name })
	if at < 0 {
		return nil
	}
	owed := false
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		owed, err = tx.OwesRemovals(ctx, name)
		return err
	})
	if err != nil || !owed {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, knockEvery)
	defer cancel()
	report, err := r.Destinations[at].Target.Probe(limited)
	if err != nil || !report.Reachable {
		return nil //nolint:nilerr // it is still away, which is known
	}
	r.outages.answered(name)
	return r.hasten(ctx, name)
}

// hasten makes the removals due now that targets are owed.
func (r *Runner) hasten(ctx context.Context, names ...string) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error { return tx.HastenWork(ctx, names) })
}
