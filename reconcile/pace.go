package reconcile

import (
	"sync"
	"time"
)

const (
	// waveTime is for how long a target is kept locked at a time, about: whoever has
	// something to take away waits no longer than that for what is on its way.
	waveTime = 250 * time.Millisecond
	// batchTime is for how long one call is under way, about: a lane that is through
	// writes down what became of it while the others send.
	batchTime = 100 * time.Millisecond
	// firstBatch is how many ops go into the first call, when nobody knows yet how
	// fast the target is, and mostGrowth how many times as many into the next.
	firstBatch = 25
	mostGrowth = 4
	// paceHolds is for how long a target is taken to be as fast as it was: what it got
	// through at night says nothing of the morning, and a call that is too large holds
	// up whoever has something to take away.
	paceHolds = 10 * time.Second
)

// paces remembers how many ops each target gets through in a call's time.
type paces struct {
	mu     sync.Mutex
	byName map[string]pace
}

// pace is a number of ops, and when that was seen.
type pace struct {
	ops int
	at  time.Time
}

// size is how many ops go into one call.
func (p *paces) size(target string, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known(target, now)
}

// known is what is still taken to be so.
func (p *paces) known(target string, now time.Time) int {
	if seen, any := p.byName[target]; any && now.Sub(seen.at) < paceHolds {
		return seen.ops
	}
	return firstBatch
}

// took notes how long a target took for calls of so many ops.
func (p *paces) took(target string, ops int, d time.Duration, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName == nil {
		p.byName = map[string]pace{}
	}
	size := p.known(target, now)
	most := ops * mostGrowth // a call of two that took no time says nothing of five hundred
	if d > 0 {
		most = min(most, int(float64(ops)*float64(batchTime)/float64(d)))
	}
	if ops < size && most < size && d < batchTime {
		return // too few to tell
	}
	p.byName[target] = pace{min(max(most, 1), defaultBatch), now}
}
