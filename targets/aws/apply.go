package aws

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"birthright/identity"
	"birthright/targets"
)

// mostStarted is how many assignments may be on their way at once: AWS refuses more
// than about ten.
const mostStarted = 8

// Apply makes ops true one after the other. Assignments are begun and then waited for
// together; one that takes longer is pending. An op on what such a one names waits.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ctx: ctx, results: make([]targets.Result, len(ops))}
	for i, op := range ops {
		a.take(i, op)
	}
	a.settle()
	return a.results
}

// application is one Apply on its way.
type application struct {
	t       *Target
	ctx     context.Context
	results []targets.Result
	started []started
	down    error // set once AWS cannot be reached: the rest would wait for nothing
}

// started is an op whose job AWS has begun.
type started struct {
	i  int
	op targets.Op
	job
}

func (a *application) take(i int, op targets.Op) {
	if err := a.t.check(op); err != nil {
		a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
		return
	}
	set := op.Entitlement.Kind == PermissionSet && (op.Action == targets.Add || op.Action == targets.Remove)
	if !set {
		a.settle()
	}
	err := a.ctx.Err()
	if err == nil {
		err = a.down
	}
	switch {
	case err != nil:
		a.results[i] = targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	case set:
		a.assign(i, op)
	default:
		a.results[i] = a.t.one(a.ctx, op)
	}
	if r := a.results[i]; r.Outcome == targets.Unreachable {
		a.down = r.Err
	}
}

// check refuses what makes no sense here.
func (t *Target) check(op targets.Op) error {
	can := t.Capabilities()
	understood := map[targets.Action]bool{
		targets.Add: true, targets.Remove: true, targets.CreateAccount: true, targets.UpdateAccount: true, targets.DeleteAccount: true,
		targets.EnableAccount: can.DisableAccounts, targets.DisableAccount: can.DisableAccounts, targets.CreateEntitlement: can.CreateEntitlements,
	}
	switch {
	case !understood[op.Action]:
		return fmt.Errorf("%q is nothing that this target does", op.Action)
	case op.Action == targets.CreateEntitlement:
		return ours(op.Entitlement, t.name, Group)
	case op.Account.ID == "" && op.Account.Name == "", op.Action == targets.CreateAccount && op.Account.Name == "":
		return errors.New("the op names no account")
	case op.Action == targets.Add || op.Action == targets.Remove:
		return ours(op.Entitlement, t.name, Group, PermissionSet)
	}
	return nil
}

// ours reports what is wrong with an entitlement of a target with these kinds.
func ours(e identity.Entitlement, target string, kinds ...string) error {
	for _, kind := range kinds {
		if e.Target == target && e.Kind == kind && e.ID != "" {
			return nil
		}
	}
	return fmt.Errorf("%q is nothing that target %s gives here", e.String(), target)
}

// one does an op that is no assignment.
func (t *Target) one(ctx context.Context, op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount:
		return t.createAccount(ctx, op)
	case targets.UpdateAccount:
		return t.updateAccount(ctx, op)
	case targets.EnableAccount, targets.DisableAccount:
		return t.setActive(ctx, op, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		return t.deleteAccount(ctx, op)
	case targets.CreateEntitlement:
		return t.createGroup(ctx, op)
	}
	return t.changeMember(ctx, op)
}

// assign begins an assignment, after what it has to wait for.
func (a *application) assign(i int, op targets.Op) {
	for _, s := range a.started {
		// Who is named once by id and once by name may be the same.
		if s.op.Entitlement == op.Entitlement || s.op.Account.ID == op.Account.ID && s.op.Account.ID != "" ||
			fold(s.op.Account.Name) == fold(op.Account.Name) || (s.op.Account.ID == "") != (op.Account.ID == "") {
			a.settle()
			break
		}
	}
	if len(a.started) >= mostStarted {
		a.settle()
	}
	j, err := a.t.prepare(a.ctx, op)
	if err != nil {
		a.results[i] = unsettled(op, err)
		return
	}
	if err := a.turn(op.Entitlement.ID); err != nil {
		a.results[i] = targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
		return
	}
	s := started{i, op, j}
	if r, waiting := a.t.still(a.ctx, op, j); waiting {
		a.finish(s, r)
		return
	}
	state, r := a.t.start(a.ctx, op, &s.job)
	switch state.state {
	case types.StatusValuesInProgress:
		a.started = append(a.started, s)
	case "":
		if r.Outcome == "" {
			r = targets.Failed(op, targets.Unknown, identity.Incomplete, errors.New("AWS does not tell how far it is"))
		}
		a.finish(s, r)
	default:
		a.finish(s, a.t.ended(op, s.job, state))
	}
}

// ended is what became of a job that has an end.
func (t *Target) ended(op targets.Op, j job, state progress) targets.Result {
	if state.state == types.StatusValuesSucceeded {
		return targets.Result{Outcome: targets.Done, AccountID: j.user}
	}
	return withID(t.failed(op, state.reason), j.user)
}

// still looks at a job that an earlier Apply left on its way for the same permission
// set and account. Where it has ended well, or is not known any more, op goes its own way.
func (t *Target) still(ctx context.Context, op targets.Op, j job) (targets.Result, bool) {
	key := op.Entitlement.ID
	t.memory.mu.Lock()
	left, ok := t.memory.pending[key]
	t.memory.mu.Unlock()
	if !ok {
		return targets.Result{}, false
	}
	state, _, err := t.ask(ctx, left)
	switch {
	case err != nil && !isMissing(err):
		return withID(unsettled(op, err), j.user), true
	case err == nil && state.state == types.StatusValuesInProgress && left.same(j):
		return pending(j), true
	case err == nil && state.state == types.StatusValuesInProgress:
		return withID(t.busy(op, errors.New("AWS still changes somebody else's assignment of this permission set on this account")), j.user), true
	}
	t.memory.mu.Lock()
	delete(t.memory.pending, key)
	t.memory.mu.Unlock()
	if err == nil && state.state == types.StatusValuesFailed && left.same(j) {
		return withID(t.failed(op, state.reason), j.user), true
	}
	return targets.Result{}, false
}

// pending is what AWS works on.
func pending(j job) targets.Result {
	return targets.Result{Outcome: targets.Pending, AccountID: j.user}
}

// turn waits until nobody else of us changes the permission set on the account. Two
// that wait for each other would wait for ever: whoever has to wait first lets go of
// what it has.
func (a *application) turn(key string) error {
	turn := a.t.memory.turn(key)
	select {
	case turn <- struct{}{}:
		return nil
	default:
	}
	a.settle()
	select {
	case turn <- struct{}{}:
		return nil
	case <-a.ctx.Done():
		return a.ctx.Err()
	}
}

func (m *memory) turn(key string) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.turns[key] == nil {
		m.turns[key] = make(chan struct{}, 1)
	}
	return m.turns[key]
}

// finish writes down what became of an op, and lets the next one at its place.
func (a *application) finish(s started, r targets.Result) {
	a.results[s.i] = r
	<-a.t.memory.turn(s.op.Entitlement.ID)
}

// settle waits for what was begun, as long as the configuration says.
func (a *application) settle() {
	end := a.t.now().Add(a.t.wait)
	for pause := 250 * time.Millisecond; len(a.started) > 0; pause = min(2*pause, 2*time.Second) {
		a.look()
		if len(a.started) == 0 || a.t.now().Add(pause).After(end) {
			break
		}
		if a.t.sleep(a.ctx, pause) != nil {
			break
		}
	}
	for _, s := range a.started {
		a.t.memory.leave(s.op.Entitlement.ID, s.job)
		a.finish(s, pending(s.job))
	}
	a.started = nil
}

// look asks once how far each is.
func (a *application) look() {
	var left []started
	for _, s := range a.started {
		state, _, err := a.t.ask(a.ctx, s.job)
		switch {
		case err != nil: // begun, and nobody knows how it goes
			a.t.memory.leave(s.op.Entitlement.ID, s.job)
			a.finish(s, withID(targets.Failed(s.op, targets.Unknown, kindOf(err), err), s.user))
		case state.state == types.StatusValuesInProgress:
			left = append(left, s)
		default:
			a.finish(s, a.t.ended(s.op, s.job, state))
		}
	}
	a.started = left
}

// leave remembers a job that goes on after its Apply.
func (m *memory) leave(key string, j job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending[key] = j
}
