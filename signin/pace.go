package signin

import (
	"sync"
	"time"
)

// mostRefusals is how many refused logins the audit log takes in a minute: it keeps
// everything for ever, and anybody can be refused. The program's log has them all.
const mostRefusals = 30

// pace counts refusals, minute by minute.
type pace struct {
	mu     sync.Mutex
	minute time.Time
	noted  int
	passed int // over, since the last that was noted
}

// take reports whether one more is to be noted, and how many were not since the last.
func (p *pace) take(now time.Time) (passed int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute := now.Truncate(time.Minute); !minute.Equal(p.minute) {
		p.minute, p.noted = minute, 0
	}
	if p.noted == mostRefusals {
		p.passed++
		return 0, false
	}
	passed, p.passed = p.passed, 0
	p.noted++
	return passed, true
}
