package memory

import (
	"context"
	"slices"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// session is something that an account has open.
type session struct{ account string } // the account's id

// Login opens a session of the account of that name and tells of it whether it
// still goes on. What the account holds afterwards does not matter to it.
func (t *Target) Login(name string) (alive func() bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &session{}
	if a := t.find(targets.Account{Name: name}); a != nil {
		s.account = a.ID
		t.sessions = append(t.sessions, s)
	}
	return func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		return slices.Contains(t.sessions, s)
	}
}

// EndSessions ends all that the accounts have open: it is not kept under which
// entitlement that was.
func (t *Target) EndSessions(ctx context.Context, accounts []targets.Account, _ identity.Entitlement) (int, error) {
	if err := t.wait(ctx); err != nil {
		return 0, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.faults.Sessions != nil {
		if err := t.faults.Sessions(); err != nil {
			return 0, err
		}
	}
	ids := map[string]bool{}
	for _, a := range accounts {
		id := a.ID
		if found := t.find(a); found != nil {
			id = found.ID
		}
		ids[id] = id != ""
	}
	before := len(t.sessions)
	t.sessions = slices.DeleteFunc(t.sessions, func(s *session) bool { return ids[s.account] })
	return before - len(t.sessions), nil
}

// Advance sets the target's own clock, by which what has an end ends.
func (t *Target) Advance(to time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clock = func() time.Time { return to }
	t.lapse()
}

// lapse takes away what has come to its own end. It looks at everything only when
// something may have.
func (t *Target) lapse() {
	if t.clock == nil || t.soonest.IsZero() || t.clock().Before(t.soonest) {
		return
	}
	now := t.clock()
	t.soonest = time.Time{}
	for _, a := range t.accounts {
		for k, h := range a.holds {
			switch {
			case h.notAfter.IsZero():
			case now.Before(h.notAfter):
				t.expect(h.notAfter)
			default:
				delete(a.holds, k)
				t.forgetIfUnheld(k)
				t.version++
				t.endIfImplicit(a)
			}
		}
	}
}

// expect notes that something ends at a time.
func (t *Target) expect(end time.Time) {
	if !end.IsZero() && (t.soonest.IsZero() || end.Before(t.soonest)) {
		t.soonest = end
	}
}
