package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

// longPause is longer than anything waits for the next try.
const longPause = 16 * time.Minute

// down makes a target not answer; up ends that.
func (h *hub) down(t *memory.Target) {
	t.SetFaults(memory.Faults{
		Op: func(targets.Op) memory.Fault { return memory.Unreach },
		Read: func(int) error {
			return &identity.Error{Kind: identity.Unavailable, Err: errors.New("connection refused")}
		},
	})
}

func (h *hub) up(t *memory.Target) { t.SetFaults(memory.Faults{}) }

// failing makes every op of an action end in a fault.
func failing(action targets.Action, fault memory.Fault) memory.Faults {
	return memory.Faults{Op: func(op targets.Op) memory.Fault {
		if op.Action == action {
			return fault
		}
		return memory.NoFault
	}}
}

func TestATargetThatIsDownGetsWhatItIsOwedWhenItAnswers(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Sales")
	h.full()
	h.down(h.app)
	h.leave("ada")
	h.change("bob", "department", "Engineering")
	h.steps()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.onWiki("-ada:", "bob: space/engineering") // the other one does not wait
	h.same("overdue", len(h.overdue()), 2)
	h.same("removal first", []bool{h.overdue()[0].Removal}, []bool{true})

	for range 5 { // nobody forgets it
		h.pass(longPause)
		h.steps()
	}
	h.same("still overdue", len(h.overdue()), 2)
	report := h.full()
	h.same("complete", []bool{report.Runs[0].Complete, report.Runs[1].Complete}, []bool{false, true})
	h.same("shown as", told(report)[:3], []string{
		"app remove ada group/all overdue", "app remove ada group/engineers overdue", "app remove bob group/sellers overdue",
	})

	h.up(h.app)
	h.pass(time.Minute + time.Second)
	h.steps()
	h.onApp("-ada:", "bob: group/all group/engineers")
	h.same("overdue now", h.overdue(), nilWork)
	h.quiet()
	h.orderly()
}

func TestAFullRunSettlesWhatIsOwed(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	h.down(h.app)
	h.leave("ada")
	h.steps()
	h.up(h.app)
	h.full()
	h.onApp("-ada:")
	h.same("work", h.queue(), map[string]int{})
	h.quiet()
	h.orderly()
}

func TestALimitedRunLeavesTheQueueAlone(t *testing.T) {
	h := newHub(t, company, nil)
	h.full()
	h.join("ada", "department", "Engineering")
	h.sync(reconcile.Request{Targets: []string{"app"}})
	h.onApp("ada: group/all group/engineers")
	h.same("work", h.queue(), map[string]int{"": 1})
	h.sync(reconcile.Request{})
	h.onWiki("ada: space/engineering")
	h.same("work", h.queue(), map[string]int{})
}

func TestThrottledAShortWhileIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newBubble(t, company)
		h.join("ada", "department", "Engineering")
		slow := &throttling{Target: h.app, until: time.Now().Add(20 * time.Second)}
		h.Destinations[0].Target = slow
		h.full()
		h.onApp("ada: group/all group/engineers")
		h.same("calls before", slow.refused, 1)
		h.orderly()
	})
}

// throttling takes no ops until a time, and says so.
type throttling struct {
	*memory.Target
	until   time.Time
	refused int
}

func (t *throttling) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if !time.Now().Before(t.until) {
		return t.Target.Apply(ctx, ops)
	}
	t.refused++
	results := make([]targets.Result, len(ops))
	for i := range results {
		results[i] = targets.Result{Outcome: targets.Throttled, RetryAt: t.until, Err: errors.New("slow down")}
	}
	return results
}

func TestThrottledForLongIsLeftToTheQueue(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	h.app.SetFaults(failing(targets.Remove, memory.Throttle)) // until the year 2100
	h.leave("ada")
	h.steps()
	h.same("calls", h.app.Counts().ByAction[targets.Remove], 2)
	h.pass(longPause)
	h.steps()
	h.same("calls a quarter of an hour later", h.app.Counts().ByAction[targets.Remove], 4)
	h.up(h.app)
	h.pass(longPause)
	h.steps()
	h.onApp("-ada:")
	h.quiet()
	h.orderly()
}

func TestALostAnswerIsReadBack(t *testing.T) {
	for _, fault := range []memory.Fault{memory.LoseReply, memory.DropOp} {
		for _, action := range []targets.Action{
			targets.CreateEntitlement, targets.CreateAccount, targets.Add, targets.UpdateAccount,
			targets.Remove, targets.DisableAccount, targets.EnableAccount,
		} {
			t.Run(string(fault)+" "+string(action), func(t *testing.T) {
				h := newHub(t, company, nil)
				h.app.SetFaults(failing(action, fault))
				settle := func() {
					h.steps()
					h.app.SetFaults(failing(action, fault))
				}
				h.join("ada", "department", "Engineering")
				h.full()
				if fault == memory.DropOp {
					h.up(h.app)
					h.pass(longPause)
				}
				settle()
				h.change("ada", "department", "Sales", "displayName", "Ada")
				h.steps()
				h.leave("ada")
				h.steps()
				h.join("ada", "department", "Engineering", "displayName", "Ada L")
				h.steps()
				if fault == memory.DropOp {
					h.up(h.app)
					h.pass(longPause)
					h.steps()
				}
				h.onApp("ada: group/all group/engineers")
				h.same("overdue", h.overdue(), nilWork)
				h.quiet()
				h.orderly()
			})
		}
	}
}

// TestALostAnswerThatCannotBeReadBack loses the answer and the target with it,
// then lets the person go: what was perhaps given must not stay.
func TestALostAnswerThatCannotBeReadBack(t *testing.T) {
	for _, fault := range []memory.Fault{memory.LoseReply, memory.DropOp} {
		t.Run(string(fault), func(t *testing.T) {
			h := newHub(t, company, nil)
			h.join("ada")
			h.full()
			h.app.SetFaults(memory.Faults{
				Op:   failing(targets.Add, fault).Op,
				Read: func(int) error { return errors.New("gone") },
			})
			h.change("ada", "department", "Engineering")
			h.steps()
			h.up(h.app)
			h.leave("ada")
			h.steps()
			h.pass(longPause)
			h.steps()
			h.onApp("-ada:")
			h.quiet()
			h.orderly()
		})
	}
}

func TestWhatIsRefusedIsShownAndTriedNowAndThen(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.app.SetFaults(failing(targets.Add, memory.Refuse))
	report := h.full()
	h.same("failed", report.Failed(), 2)
	h.onApp("ada:")
	h.same("work", h.queue(), map[string]int{"app": 1})
	h.steps()
	ops := h.app.Counts().Ops
	h.pass(time.Minute)
	h.steps()
	h.same("ops a minute later", h.app.Counts().Ops, ops)
	h.up(h.app)
	h.pass(longPause)
	h.steps()
	h.onApp("ada: group/all group/engineers")
	h.quiet()
	h.orderly()
}

func TestHalfAReadRemovesNothing(t *testing.T) {
	for name, cut := range map[string]func(h *hub){
		"an error in the middle": func(h *hub) {
			h.app.SetFaults(memory.Faults{PageSize: 3, Read: func(page int) error {
				if page == 2 {
					return errors.New("cut off")
				}
				return nil
			}})
		},
		"no end": func(h *hub) { h.Destinations[0].Target = endless{h.app} },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, company, nil)
			h.crowd("Engineering", 5)
			h.full()
			before, head := has(h.app), h.auditHead()
			h.app.TakeAway("engineering001", entitlement("app:group/all"))
			cut(h)
			report := h.full()
			h.same("complete", report.Runs[0].Complete, false)
			h.same("changes", told(report), []string{})
			h.same("drift", drifts(report), []string{})
			h.same("audit head", h.auditHead(), head)
			h.up(h.app)
			h.Destinations[0].Target = h.app
			h.full()
			h.same("on app", has(h.app), before)
			h.quiet()
		})
	}
}

// endless never says that it told everything.
type endless struct{ *memory.Target }

func (t endless) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	_, err := t.Target.Read(ctx, q, sink)
	return targets.End{}, err
}

func TestATargetNeverReadIsLeftToTheFullLoop(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.steps()
	h.onApp()
	h.same("owed", h.TakeOwed(), []string{"app", "wiki"})
	h.same("owed once", len(h.TakeOwed()), 0)
	h.same("and noted, for the case of a crash", h.queue(), map[string]int{"app": 1, "wiki": 1})
	h.same("overdue", len(h.overdue()), 0)
	report := h.sync(reconcile.Request{User: "ada"})
	h.same("complete", report.Runs[0].Complete, false)
	h.full()
	h.onApp("ada: group/all group/engineers")
	h.same("work", h.queue(), map[string]int{})
}

// TestACrashAroundTheFirstReadForgetsNobody has somebody join while a first full
// run is on its way that knows nothing of them, and the hub die after it.
func TestACrashAroundTheFirstReadForgetsNobody(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.steps() // not read yet: left to a full run
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for _, name := range []string{"app", "wiki"} { // a full run that decided before ada came
			state, err := tx.TargetState(ctx, name)
			if err != nil {
				return err
			}
			state.LastFullAt = tx.Now()
			if err := tx.SaveTargetState(ctx, state); err != nil {
				return err
			}
		}
		return nil
	})
	h.open() // the hub died, and nobody knows any more that a full run was owed
	h.pass(longPause)
	h.steps()
	h.onApp("ada: group/all group/engineers")
	h.same("work", h.queue(), map[string]int{})
	h.orderly()
}

func TestPendingIsNotDriftAndIsTakenBack(t *testing.T) {
	h := newHub(t, company, nil)
	inviting := &inviting{Target: h.app, invited: map[string]bool{}}
	h.Destinations[0].Target = inviting
	h.join("ada", "department", "Engineering")
	report := h.full()
	h.same("failed", report.Failed(), 0)
	h.same("what is looked at again", h.queue(), map[string]int{"app": 1})
	h.same("nothing overdue", h.overdue(), nilWork)
	report = h.full()
	h.same("drift", drifts(report), []string{})
	h.same("asked again at once", told(report), []string{})
	h.same("what waits", len(report.Runs[0].Waiting), 2)
	h.pass(2 * time.Hour)
	report, err := h.Plan(t.Context(), reconcile.Request{})
	h.same("planned", told(report), []string{})
	if err != nil {
		t.Fatal(err)
	}
	report = h.full()
	h.same("asked again later", told(report), []string{"app add ada group/all pending", "app add ada group/engineers pending"})
	h.leave("ada")
	h.steps()
	h.same("open invitations", inviting.invited, map[string]bool{})
	h.Destinations[0].Target = h.app
	h.quiet()
	h.orderly()
}

// What was accepted comes true without anybody's doing: it is seen at the next look,
// and no look is owed then.
func TestPendingComesTrue(t *testing.T) {
	h := newHub(t, company, nil)
	inviting := &inviting{Target: h.app, invited: map[string]bool{}}
	h.Destinations[0].Target = inviting
	h.join("ada", "department", "Engineering")
	h.full()
	for range 3 {
		h.pass(time.Minute)
		h.steps()
	}
	h.same("still looked at", h.queue(), map[string]int{"app": 1})
	h.same("asked for once", inviting.asked, 2)
	h.Destinations[0].Target = h.app
	for _, group := range []string{"all", "engineers"} {
		r := h.app.Apply(t.Context(), []targets.Op{{Action: targets.Add, Account: targets.Account{Name: "ada"}, Entitlement: identity.Entitlement{Target: "app", Kind: "group", ID: group}}})
		h.same(group, r[0].Outcome, targets.Done)
	}
	h.pass(lastLook)
	h.steps()
	h.same("work", h.queue(), map[string]int{})
	h.quiet()
	h.orderly()
}

// Who is invited is not yet there: what they are to get waits with the invitation, and
// is given when they have come.
func TestAnInvitationHoldsBackWhatNeedsTheAccount(t *testing.T) {
	h := newHub(t, company, nil)
	guests := &guests{Target: h.app, invited: map[string]targets.Account{}}
	h.Destinations[0].Target = guests
	h.join("ada", "department", "Engineering")
	report := h.full()
	h.same("failed at first", report.Failed(), 0)
	h.same("pending at first", report.Runs[0].Counts.Pending, 3)
	h.pass(time.Minute)
	report = h.full()
	h.same("asked again", told(report), []string{})
	h.same("what waits", len(report.Runs[0].Waiting), 3) // the account, and two groups
	h.same("failed", report.Failed(), 0)
	guests.arrive(t)
	h.pass(lastLook)
	h.steps()
	h.onApp("ada: group/all group/engineers")
	h.quiet()
	h.orderly()
}

// Somebody who leaves before they came is not to come any more.
func TestAnInvitationOfALeaverIsTakenBack(t *testing.T) {
	h := newHub(t, company, nil)
	guests := &guests{Target: h.app, invited: map[string]targets.Account{}}
	h.Destinations[0].Target = guests
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Engineering")
	h.full()
	h.same("invited", len(guests.invited), 2)
	h.leave("ada")
	h.steps()
	_, stillAda := guests.invited["ada"]
	h.same("ada's invitation stands", stillAda, false)
	_, stillBob := guests.invited["bob"]
	h.same("bob's invitation stands", stillBob, true)
	h.pass(lastLook)
	h.steps()
	report := h.full()
	h.same("changes after that", told(report), []string{})
	h.orderly()
}

// guests takes in nobody before they have accepted.
type guests struct {
	*memory.Target
	invited map[string]targets.Account
	open    bool
}

func (t *guests) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		if op.Action == targets.CreateAccount && !t.open {
			t.invited[op.Account.Name] = op.Account
			results[i] = targets.Result{Outcome: targets.Pending}
			continue
		}
		if _, waits := t.invited[op.Account.Name]; waits && op.Action == targets.DeleteAccount {
			delete(t.invited, op.Account.Name)
			results[i] = targets.Result{Outcome: targets.Done}
			continue
		}
		results[i] = t.Target.Apply(ctx, []targets.Op{op})[0]
	}
	return results
}

// arrive has everybody accept who was invited.
func (t *guests) arrive(tb testing.TB) {
	tb.Helper()
	t.open = true
	for _, a := range t.invited {
		if r := t.Target.Apply(tb.Context(), []targets.Op{{Action: targets.CreateAccount, Account: a}}); !r[0].Outcome.OK() {
			tb.Fatal(r[0].Err)
		}
	}
}

// lastLook is longer than any pause between looks at what is pending.
const lastLook = 20 * time.Minute

// inviting makes nobody a member before they accepted, which nobody does.
type inviting struct {
	*memory.Target
	invited map[string]bool
	asked   int
}

func (t *inviting) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		switch op.Action {
		case targets.Add:
			t.asked++
			t.invited[op.Account.Name+op.Entitlement.String()] = true
			results[i] = targets.Result{Outcome: targets.Pending}
		case targets.Remove:
			delete(t.invited, op.Account.Name+op.Entitlement.String())
			results[i] = targets.Result{Outcome: targets.Done}
		default:
			results[i] = t.Target.Apply(ctx, []targets.Op{op})[0]
		}
	}
	return results
}

var nilWork []store.Work

// A target that answers nonsense to every change is left alone after some of them, and
// what is owed goes out when it has come to its senses. The others do not wait.
func TestASickTargetIsLeftAlone(t *testing.T) {
	h := newHub(t, company, limits(noLimits))
	for i := range 200 {
		h.join(fmt.Sprintf("p%03d", i), "department", "Engineering")
	}
	h.steps()
	sick := &mute{Target: h.app}
	h.Destinations[0].Target = sick
	h.Destinations[0].Settings.Capabilities.MaxBatch = 5
	report := h.full()
	if asked := sick.asked.Load(); asked > sickAfter {
		t.Errorf("%d changes were tried on a target that answers nothing", asked)
	}
	if got := report.Runs[1].Counts; got.Done == 0 || got.Failed > 0 {
		t.Errorf("the healthy target: %+v", got)
	}
	h.Destinations[0].Target = h.app
	h.pass(longPause)
	h.steps()
	h.same("work", h.queue(), map[string]int{})
	h.quiet()
	h.orderly()
}

// sickAfter is how many lost answers may be taken before a target is left alone.
const sickAfter = 25 + 4*5 // and a wave of four calls that was on its way

// mute loses every answer, and does nothing. Several calls at once ask it.
type mute struct {
	*memory.Target
	asked atomic.Int64
}

func (t *mute) Apply(_ context.Context, ops []targets.Op) []targets.Result {
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		t.asked.Add(1)
		results[i] = targets.Failed(op, targets.Unknown, identity.Unavailable, errors.New("500"))
	}
	return results
}
