package reconcile_test

import (
	"testing"

	"birthright/reconcile"
	"birthright/targets/memory"
)

// TestKilledAndWhatIsOpenSessions kills the hub anywhere on its way from somebody's leaving
// to the end of what they have open: whoever looks next must end it.
func TestKilledAndWhatIsOpenSessions(t *testing.T) {
	at := 1
	for ; sessionAfterKill(t, at); at++ {
	}
	t.Logf("%d places", at-1)
	if at < 10 {
		t.Errorf("only %d places were tried", at)
	}
}

func sessionAfterKill(t *testing.T, at int) (killed bool) {
	t.Helper()
	k := &kill{}
	h := newHub(t, company, func(o *reconcile.Options) {
		for i := range o.Destinations {
			o.Destinations[i].Target = mortal{o.Destinations[i].Target.(*memory.Target), k}
		}
	})
	h.kill, k.end = k, func() { _ = h.db.Close() }
	h.join("ada", "department", "Engineering")
	h.full()
	alive := h.app.Login("ada")
	h.leave("ada")
	k.arm(at)
	for {
		if n, err := h.Step(h.Context()); n == 0 || err != nil {
			break
		}
	}
	killed = k.dead()
	k.arm(0)
	h.open()
	h.pass(longPause)
	h.steps()
	if alive() {
		t.Errorf("killed at %d: the leaver's session goes on", at)
	}
	h.must(h.db.Close())
	return killed && !t.Failed()
}
