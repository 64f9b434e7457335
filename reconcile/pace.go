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
)

// paces remembers how many ops each target gets through in a call's time.
type paces struct {
	mu     sync.Mutex
	byName map[string]int
}

// size is how many ops go into one call.
func (p *paces) size(target string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, known := p.byName[target]; known {
		return n
	}
	return firstBatch
}

// took notes how long a target took for calls of so many ops.
func (p *paces) took(target string, ops int, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName == nil {
		p.byName = map[string]int{}
	}
	now, known := p.byName[target]
	if !known {
		now = firstBatch
	}
	most := ops * mostGrowth // a call of two that took no time says nothing of five hundred
	if d > 0 {
		most = min(most, int(float64(ops)*float64(batchTime)/float64(d)))
	}
	if ops < now && most < now && d < batchTime {
		return // too few to tell
	}
	p.byName[target] = min(max(most, 1), defaultBatch)
}
