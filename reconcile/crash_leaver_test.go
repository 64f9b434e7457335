package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/targets"
	"birthright/targets/memory"
)

// TestKilledAndThenTheyLeave kills the hub while it makes somebody's account,
// and that person leaves before it is up again: the account was made by the hub,
// whether it knows of it or not, and may not stay open.
func TestKilledAndThenTheyLeave(t *testing.T) {
	for name, heir := range map[string]func(h *hub){
		"event loop": func(h *hub) { h.steps() },
		"run":        func(h *hub) { h.sync(reconcile.Request{}) },
		"full run":   func(h *hub) { h.full() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := 1
			for ; leavesAfterKill(t, at, heir); at++ {
			}
			if at < 10 {
				t.Errorf("only %d places were tried", at)
			}
		})
	}
}

func leavesAfterKill(t *testing.T, at int, heir func(h *hub)) (killed bool) {
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
	h.join("dan", "department", "Sales")
	k.arm(at)
	for {
		if n, err := h.Step(h.Context()); n == 0 || err != nil {
			break
		}
	}
	killed = k.dead()
	k.arm(0)
	h.open()
	h.leave("dan")
	h.pass(longPause)
	heir(h)
	h.nothingOpenFor(at, "dan")
	h.full() // ends what was left behind of the target as a whole
	h.orderly()
	h.must(h.db.Close())
	return killed && !t.Failed()
}

// TestAnswerLostAndThenTheyLeave loses the answer to the making of an account
// together with the target, and the person leaves before it is back.
func TestAnswerLostAndThenTheyLeave(t *testing.T) {
	for name, heir := range map[string]func(h *hub){
		"event loop": func(h *hub) { h.steps() },
		"run":        func(h *hub) { h.sync(reconcile.Request{}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, company, func(o *reconcile.Options) {
				for i := range o.Destinations {
					o.Destinations[i].Target = &forgetful{Target: o.Destinations[i].Target.(*memory.Target)}
				}
			})
			h.join("ada", "department", "Engineering")
			h.full()
			h.join("dan", "department", "Engineering") // the groups are there
			for _, d := range h.Destinations {
				d.Target.(*forgetful).dying = true
			}
			h.steps()
			h.leave("dan")
			h.steps() // they are still down
			for _, d := range h.Destinations {
				d.Target.(*forgetful).dying, d.Target.(*forgetful).down = false, false
			}
			h.pass(longPause)
			heir(h)
			h.nothingOpenFor(0, "dan")
			h.same("work", h.queue(), map[string]int{})
			h.orderly()
		})
	}
}

// forgetful is a target that goes down, when it is dying, with the first change
// that it is asked for: it does that and answers nothing any more.
type forgetful struct {
	*memory.Target
	dying, down bool
}

var errGone = errors.New("the line is dead")

func (t *forgetful) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if t.down {
		return targets.End{}, &identity.Error{Kind: identity.Unavailable, Err: errGone}
	}
	return t.Target.Read(ctx, q, sink)
}

func (t *forgetful) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := t.Target.Apply(ctx, ops)
	t.down = t.down || t.dying
	if t.down {
		for i := range results {
			results[i] = targets.Result{Outcome: targets.Unknown, Err: errGone}
		}
	}
	return results
}

// nothingOpenFor checks that somebody has no account that works, and no access.
func (h *hub) nothingOpenFor(at int, name string) {
	h.Helper()
	for _, t := range []*memory.Target{h.app, h.wiki} {
		if i := slices.IndexFunc(has(t), func(line string) bool { return strings.HasPrefix(strings.TrimPrefix(line, "-"), name+":") }); i >= 0 {
			if line := has(t)[i]; line != "-"+name+":" {
				h.Errorf("killed at %d: %s left and still has %q", at, name, line)
			}
		}
	}
}
