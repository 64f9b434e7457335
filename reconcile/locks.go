package reconcile

import (
	"context"
	"sync"
)

// locks are the target locks within this process, each given in the order of
// asking: between two waves of a long first load, a leaver's turn comes. The
// store's lock, which is between processes, knows no order.
type locks struct {
	mu     sync.Mutex
	byName map[string]chan struct{}
}

func (l *locks) get(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byName == nil {
		l.byName = map[string]chan struct{}{}
	}
	if l.byName[name] == nil {
		l.byName[name] = make(chan struct{}, 1)
	}
	return l.byName[name]
}

// lockTarget waits for the lock without which nobody changes a target.
func (r *Runner) lockTarget(ctx context.Context, target string) (unlock func(), err error) {
	turn := r.locks.get(target)
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	free, err := r.Store.Lock(ctx, "target:"+target)
	if err != nil {
		<-turn
		return nil, err
	}
	return func() { free(); <-turn }, nil
}
