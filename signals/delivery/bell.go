package delivery

import "sync"

// Bell wakes everybody who waits for something to deliver. Who misses it only
// comes later: everybody also looks by themselves.
type Bell struct {
	mu   sync.Mutex
	next chan struct{}
}

// NewBell returns a bell that nobody rang yet.
func NewBell() *Bell { return &Bell{next: make(chan struct{})} }

// Ring wakes all who listen.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.next)
	b.next = make(chan struct{})
}

// Next is closed when the bell is rung the next time. Ask for it before looking
// whether there is something, or a ring in between is lost.
func (b *Bell) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.next
}
