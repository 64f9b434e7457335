package reconcile_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"birthright/reconcile"
	"birthright/targets"
	"birthright/targets/memory"
)

// TestRunsAtOnce lets full runs, incremental ones and steps of two programs run
// at once while people come, move and go, and looks at where that ends.
func TestRunsAtOnce(t *testing.T) {
	h := newHub(t, company, limits(noLimits))
	names := h.crowd("Engineering", 20)
	h.full()
	other := h.runner()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	loop := func(do func() error) {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := do(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for _, r := range []*reconcile.Runner{h.Runner, other} {
		loop(func() error { _, err := r.Step(t.Context()); return err })
		loop(func() error { _, err := r.Sync(t.Context(), reconcile.Request{Full: true}); return err })
	}
	loop(func() error { _, err := other.Sync(t.Context(), reconcile.Request{}); return err })
	for i, name := range names {
		switch i % 4 {
		case 0:
			h.leave(name)
		case 1:
			h.change(name, "department", "Sales")
		case 2:
			h.change(name, "department", "Sales")
			h.change(name, "department", "Engineering")
		}
		h.join(fmt.Sprintf("new%02d", i), "department", "Sales")
	}
	stop()
	all.Wait()
	h.steps() // whatever is left; no full run
	var want []string
	for i, name := range names {
		want = append(want, []string{"-" + name + ":", name + ": group/all group/sellers", name + ": group/all group/engineers", name + ": group/all group/engineers"}[i%4])
	}
	for i := range names {
		want = append(want, fmt.Sprintf("new%02d: group/all group/sellers", i))
	}
	h.same("on app", has(h.app), sorted(want))
	h.full()
	h.quiet()
	h.orderly()
}

// meddling does something, once, when it is asked for a kind of op.
type meddling struct {
	*memory.Target
	at   targets.Action
	do   func()
	once sync.Once
}

func (t *meddling) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if ops[0].Action == t.at {
		t.once.Do(t.do)
	}
	return t.Target.Apply(ctx, ops)
}

func TestWhoChangesDuringARunIsNotPutBack(t *testing.T) {
	for _, tt := range []struct {
		at    targets.Action
		there []string // right after the run
		after []string // when the event loop was there
		ada   []string
	}{
		{
			at: targets.CreateEntitlement, there: []string{"bob: group/all group/engineers"},
			after: []string{"bob: group/all group/engineers"}, ada: []string{"superseded", "superseded", "superseded"},
		},
		{
			at: targets.CreateAccount, there: []string{"ada:", "bob: group/all group/engineers"},
			after: []string{"-ada:", "bob: group/all group/engineers"}, ada: []string{"done", "superseded", "superseded"},
		},
		{
			at: targets.Add, there: []string{"ada: group/all group/engineers", "bob: group/all group/engineers"},
			after: []string{"-ada:", "bob: group/all group/engineers"}, ada: []string{"done", "done", "done"},
		},
	} {
		t.Run(string(tt.at), func(t *testing.T) {
			h := newHub(t, company, nil)
			h.full()
			h.join("ada", "department", "Engineering")
			h.join("bob", "department", "Engineering")
			h.Destinations[0].Target = &meddling{Target: h.app, at: tt.at, do: func() { h.leave("ada") }}
			report := h.sync(reconcile.Request{Targets: []string{"app"}})
			h.onApp(tt.there...)
			var ada []string
			for _, c := range report.Runs[0].Changes {
				if c.Account == "ada" {
					ada = append(ada, c.Outcome)
				}
			}
			h.same("ada's changes", ada, tt.ada)
			h.steps()
			h.onApp(tt.after...)
			h.quiet()
			h.orderly()
		})
	}
}

// TestWhoIsDecidedAboutDuringARunIsNotPutBack is the same for a decision that
// changes nothing about the person: a policy that is loaded meanwhile, a group
// of a source that loses a member.
func TestWhoIsDecidedAboutDuringARunIsNotPutBack(t *testing.T) {
	h := newHub(t, company, nil)
	h.full()
	h.join("ada", "department", "Engineering")
	meanwhile := func() {
		h.setPolicy(fewer)
		_, err := h.runner().Sync(h.Context(), reconcile.Request{User: "ada", Targets: []string{"wiki"}})
		h.must(err)
	}
	h.Destinations[0].Target = &meddling{Target: h.app, at: targets.CreateEntitlement, do: meanwhile}
	h.sync(reconcile.Request{Targets: []string{"app"}})
	h.onApp()
	h.same("work", h.queue(), map[string]int{"": 1})
	h.steps()
	h.onApp("ada: group/engineers")
	h.quiet()
	h.orderly()
}
