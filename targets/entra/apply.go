package entra

import (
	"context"
	"errors"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Apply makes ops true. Memberships that follow each other travel together, group by
// group; everything else is a request of its own.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ctx: ctx, ops: ops, results: make([]targets.Result, len(ops)), made: map[string]string{}}
	for i, op := range ops {
		if err := t.check(op); err != nil {
			a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
			continue
		}
		if op.Action == targets.Add || op.Action == targets.Remove {
			a.held = append(a.held, i)
			continue
		}
		a.flush()
		a.results[i] = a.settle(op, func() targets.Result { return a.one(op) })
	}
	a.flush()
	return a.results
}

// application is one Apply on its way.
type application struct {
	t       *Target
	ctx     context.Context
	ops     []targets.Op
	results []targets.Result
	held    []int // membership ops that wait
	// made maps folded names to the ids of accounts created in this call.
	made map[string]string
	// halted answers for the rest once going on makes no sense.
	halted error
}

// settle runs one step unless the application has halted, and halts it where its
// outcome says that the rest would fare no better.
func (a *application) settle(op targets.Op, step func() targets.Result) targets.Result {
	if a.halted != nil {
		return lookup(op, a.halted)
	}
	if err := a.ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	r := step()
	if hopeless(r) {
		a.halted = r.Err
	}
	return r
}

func (a *application) one(op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount:
		r := a.t.createAccount(a.ctx, op)
		if r.Outcome.OK() {
			a.made[strings.ToLower(op.Account.Name)] = r.AccountID
		}
		return r
	case targets.UpdateAccount:
		clear(a.made) // names may mean others now
		return a.t.updateAccount(a.ctx, op)
	case targets.EnableAccount, targets.DisableAccount:
		return a.t.setEnabled(a.ctx, op, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		clear(a.made)
		return a.t.deleteAccount(a.ctx, op)
	}
	return a.t.createGroup(a.ctx, op)
}

// hopeless reports whether the next request would end like this one.
func hopeless(r targets.Result) bool {
	f := httpkit.AsFailure(r.Err)
	switch {
	case r.Outcome.OK() || f == nil:
		return false
	case f.Status == 0:
		return !f.Sent || errors.Is(f, context.DeadlineExceeded) || errors.Is(f, context.Canceled)
	}
	return f.Kind() == identity.Throttled || f.Status == 401
}

// check refuses what Graph cannot be asked.
func (t *Target) check(op targets.Op) error {
	if err := targets.CheckGroupOp(op, t.name, Group, t.create); err != nil {
		return err
	}
	if op.Action == targets.CreateEntitlement && byID.MatchString(op.Entitlement.ID) {
		return errors.New("a group that is named by its id cannot be made")
	}
	return targets.CheckText(op, t.fields)
}

// lookup is the result of an op before which something could not be learned: nothing
// was changed.
func lookup(op targets.Op, err error) targets.Result {
	switch {
	case errors.Is(err, errNoAccount), errors.Is(err, errNoGroup):
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	case httpkit.AsFailure(err) == nil && identity.KindOf(err) == identity.Conflict:
		return targets.Failed(op, targets.Refused, identity.Conflict, err)
	case httpkit.AsFailure(err) == nil:
		return targets.Failed(op, targets.Unreachable, kindOf(err), err)
	}
	r := httpkit.Result(op, err)
	switch r.Outcome {
	case targets.Unknown:
		r.Outcome = targets.Unreachable
	case targets.Stale:
		r.Outcome = targets.Refused // a 404 that is not Graph's: the address is wrong
	}
	return r
}

// written is the result of an op's write.
func written(op targets.Op, id string, err error) targets.Result {
	if err == nil {
		return targets.Result{Outcome: targets.Done, AccountID: id}
	}
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Stale && !isMissing(err) {
		r.Outcome = targets.Refused
	}
	return r
}

// later is the result where what is new is not there everywhere.
func (t *Target) later(op targets.Op) targets.Result {
	r := targets.Failed(op, targets.Throttled, identity.Throttled, errors.New("the tenant is still copying what was made a moment ago"))
	r.RetryAt = t.now().Add(10 * time.Second)
	return r
}

func already(id string) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: id}
}
