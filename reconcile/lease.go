package reconcile

import (
	"context"
	"sync"
	"time"

	"birthright/store"
)

const (
	// workLease is for how long claimed work is nobody else's. Whoever is at it
	// renews the lease, so that it can be short: access that must go does not wait
	// long for a process that died. Should two do the same after all, that does no
	// harm.
	workLease  = 5 * time.Second
	renewEvery = workLease / 4
)

// giveBack ends the lease on work that could not be finished, so that nobody waits
// for its end. Where the store does not answer, the lease runs out by itself.
func (r *Runner) giveBack(ctx context.Context, work []store.Work) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workLease)
	defer cancel()
	err := r.Store.Update(ctx, func(tx *store.Tx) error { return tx.PostponeWork(ctx, work) })
	if err != nil {
		r.Log.Warn("work was not given back; it is due again when its lease is over", "error", err)
	}
}

// keepLease renews the lease on work until release is called.
func (r *Runner) keepLease(ctx context.Context, work []store.Work) (release func()) {
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		ticker := time.NewTicker(renewEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			err := r.Store.Update(ctx, func(tx *store.Tx) error { return tx.RenewWork(ctx, work, workLease) })
			if err != nil && ctx.Err() == nil {
				r.Log.Warn("the lease on work was not renewed; somebody else may take it over", "error", err)
			}
		}
	})
	return func() {
		cancel()
		renewing.Wait()
	}
}
