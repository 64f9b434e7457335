package reconcile_test

import (
	"testing"
	"time"

	"birthright/reconcile"
	"birthright/targets/memory"
)

// TestKilledAndWhatIsOpenSessions kills the hub anywhere on its way from the end of somebody's
// access to that of what they have open: whoever looks next must end it.
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
	h := newHub(t, `
groups: [{name: guests, access: ["app:group/guests"]}]
rules: [{name: guests, when: "true", groups: [guests], valid_until: 2026-11-23T13:00:00Z}]
`, func(o *reconcile.Options) {
		for i := range o.Destinations {
			o.Destinations[i].Target = mortal{o.Destinations[i].Target.(*memory.Target), k}
		}
	})
	h.kill, k.end = k, func() { _ = h.db.Close() }
	h.join("ada", "department", "Engineering")
	h.full()
	alive := h.app.Login("ada")
	h.steps()
	h.pass(time.Hour)
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
	h.full() // what a program begins with
	h.steps()
	if alive() {
		t.Errorf("killed at %d: the session goes on", at)
	}
	h.must(h.db.Close())
	return killed && !t.Failed()
}
