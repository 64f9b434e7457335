package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// slow is a target that takes its time for each change, and writes down when it was
// told to take something away.
type slow struct {
	*memory.Target
	each    time.Duration
	removed map[string]time.Time // by account
}

func (s *slow) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		<-time.After(s.each)
		results[i] = s.Target.Apply(ctx, []targets.Op{op})[0]
		if op.Action == targets.Remove {
			s.removed[op.Account.Name] = time.Now()
		}
	}
	return results
}

// A first load of many on a slow target keeps a leaver waiting for a moment only,
// whether the event loop or a full run is at it.
func TestARemovalDoesNotWaitForAdditions(t *testing.T) {
	for name, load := range map[string]func(h *hub){
		"of the event loop": func(*hub) {},
		"of a full run":     func(h *hub) { h.OweAll() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newBubble(t, company)
				app := &slow{Target: h.app, removed: map[string]time.Time{}}
				h.Destinations[0].Target = app
				h.Destinations[0].Settings.Capabilities.Concurrency = 1
				h.join("zoe", "department", "Sales")
				h.full()
				app.each = 50 * time.Millisecond
				for i := range 160 { // sixteen seconds of work
					h.join(fmt.Sprintf("new%03d", i), "department", "Sales")
				}
				load(h)
				stop := h.running(never)
				pass(3 * time.Second)
				left := time.Now()
				h.leave("zoe")
				pass(8 * time.Second)
				if took := app.removed["zoe"].Sub(left); took <= 0 || took > 3*time.Second {
					t.Errorf("zoe's access went %v after zoe, behind additions", took)
				}
				pass(5 * time.Minute)
				stop()
				h.same("overdue", h.overdue(), nilWork)
				h.same("accounts", len(h.app.Snapshot().Accounts), 161)
				h.orderly()
			})
		})
	}
}

// What a program does that was stopped for a while, after another one has looked
// after its people, is put on record as late, looked at again and put right.
func TestWhatComesTooLateIsLookedAtAgain(t *testing.T) {
	h := newHub(t, company, limits(noLimits))
	h.join("ada", "department", "Engineering")
	h.full()
	h.change("ada", "department", "Sales")
	meanwhile := &meddled{Target: h.app, action: targets.Add, do: func() {
		// The other program closes what is open, and ada goes back.
		h.update(func(ctx context.Context, tx *store.Tx) error {
			open, err := tx.OpenChanges(ctx, "app")
			for i := range open {
				open[i].Outcome, open[i].FinishedAt = "unknown", tx.Now()
			}
			if err != nil {
				return err
			}
			return tx.SaveChanges(ctx, open)
		})
		h.change("ada", "department", "Engineering")
	}}
	h.Destinations[0].Target = meanwhile
	h.steps()
	if !meanwhile.done {
		t.Fatal("nothing was added")
	}
	h.onApp("ada: group/all group/engineers")
	late := 0
	h.view(func(ctx context.Context, tx *store.Tx) error {
		return tx.EachAudit(ctx, store.AuditQuery{}, func(r audit.Record) error {
			if r.Action == "change.late" {
				late++
			}
			return nil
		})
	})
	h.same("late outcomes on record", late, 1)
}

// meddled does something after the first op of an action was done, before that is known.
type meddled struct {
	*memory.Target
	action targets.Action
	do     func()
	done   bool
}

func (m *meddled) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := m.Target.Apply(ctx, ops)
	for _, op := range ops {
		if op.Action == m.action && !m.done {
			m.done = true
			m.do()
		}
	}
	return results
}

// Work whose step failed by the store's fault is due again at once, and not when its
// lease is over.
func TestWorkOfAFailedStepIsGivenBack(t *testing.T) {
	away := false
	h := newHub(t, company, func(o *reconcile.Options) {
		refresh := o.Refresh
		o.Refresh = func(ctx context.Context, users []int64) error {
			if away {
				return errors.New("the store is away")
			}
			return refresh(ctx, users)
		}
	})
	h.join("ada", "department", "Sales", identity.AttrEndDate, noon.Add(time.Hour).Format(time.RFC3339))
	away = false
	h.full()
	h.pass(time.Hour)
	away = true
	if _, err := h.Step(t.Context()); err == nil {
		t.Fatal("the step did not fail")
	}
	away = false
	h.steps() // within less than a lease
	h.onApp("-ada:")
}
