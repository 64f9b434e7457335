package reconcile_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/targets"
	"birthright/targets/memory"
)

// kill ends the program at one of the places where it touches the world: in
// each transaction of the store, and before and after each call of a target.
// From there on nothing is written any more.
type kill struct {
	mu    sync.Mutex
	left  int // places until it happens; it is armed while that is positive
	fired bool
	end   func()
}

func (k *kill) here() {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left > 0 {
		k.left--
		if k.left == 0 {
			k.fired = true
			k.end()
		}
	}
}

func (k *kill) arm(at int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.left, k.fired = at, false
}

func (k *kill) dead() bool {
	if k == nil {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fired
}

// mortal is a target whose caller may be killed; the dead call nobody.
type mortal struct {
	*memory.Target
	k *kill
}

func (t mortal) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i, op := range ops { // also in the middle of a call
		t.k.here()
		results[i] = targets.Result{Outcome: targets.Unreachable}
		if !t.k.dead() {
			results[i] = t.Target.Apply(ctx, []targets.Op{op})[0]
		}
	}
	t.k.here()
	return results
}

func (t mortal) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	t.k.here()
	if t.k.dead() {
		return targets.End{}, context.Canceled
	}
	return t.Target.Read(ctx, q, sink)
}

func (t mortal) EndSessions(ctx context.Context, accounts []targets.Account, e identity.Entitlement) (n int, err error) {
	t.k.here()
	if t.k.dead() {
		return 0, context.Canceled
	}
	n, err = t.Target.EndSessions(ctx, accounts, e)
	t.k.here()
	return n, err
}

func TestKilledAnywhereTheNextRunSetsItRight(t *testing.T) {
	for name, victim := range map[string]func(h *hub) error{
		"full run":        func(h *hub) error { _, err := h.Sync(h.Context(), reconcile.Request{Full: true}); return err },
		"incremental run": func(h *hub) error { _, err := h.Sync(h.Context(), reconcile.Request{}); return err },
		"event loop": func(h *hub) error {
			for {
				if n, err := h.Step(h.Context()); n == 0 || err != nil {
					return err
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := 1
			for ; killedAt(t, at, victim); at++ {
			}
			t.Logf("%d places", at-1)
			if at < 20 {
				t.Errorf("only %d places were tried", at)
			}
		})
	}
}

// killedAt plays the scenario with a kill at one place, and reports whether it
// came to that.
func killedAt(t *testing.T, at int, victim func(h *hub) error) (killed bool) {
	k := &kill{}
	h := newHub(t, company, func(o *reconcile.Options) {
		for i := range o.Destinations {
			o.Destinations[i].Target = mortal{o.Destinations[i].Target.(*memory.Target), k}
		}
	})
	h.kill, k.end = k, func() { _ = h.db.Close() }
	for _, name := range []string{"ada", "bob", "cyd"} {
		h.join(name, "department", "Engineering")
	}
	h.full()
	h.leave("ada")
	h.change("bob", "department", "Sales", "displayName", "Bob")
	h.join("dan", "department", "Sales")
	h.byHand("dan", "wiki:space/welcome")

	k.arm(at)
	err := victim(h)
	if killed = k.dead(); !killed && err != nil {
		t.Fatal(err)
	}
	k.arm(0)
	h.open()
	if name := fmt.Sprint("killed at ", at); !t.Run(name, func(t *testing.T) {
		h.TB = t
		h.pass(longPause)
		h.steps() // what was claimed comes back when the lease is over
		h.full()
		h.onApp("-ada:", "bob: group/all group/sellers", "cyd: group/all group/engineers", "dan: group/all group/sellers")
		h.onWiki("-ada:", "bob: space/welcome", "cyd: space/engineering", "dan: space/welcome")
		h.same("work", h.queue(), map[string]int{})
		h.quiet()
		h.orderly()
	}) {
		return false
	}
	h.TB = t
	h.must(h.db.Close())
	return killed
}
