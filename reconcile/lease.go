package reconcile

import (
	"context"
	"sync"
	"time"

	"birthright/identity"
	"birthright/store"
)

const (
	// workLease is for how long claimed work is nobody else's. Whoever is at it
	// renews the lease, so that it can be short: access that must go does not wait
	// long for a process that died. Should two do the same after all, that does no
	// harm.
	workLease  = 3 * time.Second
	renewEvery = workLease / 4
)

// giveBack ends the lease on work that could not be finished, so that nobody waits
// for its end. A store that cannot be reached is asked again as long as the lease
// lasts, by a program that is being stopped once; then the lease runs out by itself.
func (r *Runner) giveBack(ctx context.Context, work []store.Work) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), workLease)
	defer cancel()
	for {
		err := r.Store.Update(limited, func(tx *store.Tx) error { return tx.PostponeWork(limited, work) })
		if err == nil {
			return
		}
		if identity.KindOf(err) != identity.Unavailable || ctx.Err() != nil || limited.Err() != nil {
			r.Log.Warn("work was not given back; it is due again when its lease is over", "error", err)
			return
		}
		pause(limited, nil, renewEvery/4)
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
