package okta

import (
	"context"
	"errors"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Apply makes ops true, one after the other: Okta has no batches.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ctx: ctx, made: map[string]string{}}
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		results[i] = a.take(op)
	}
	return results
}

// application is one Apply on its way.
type application struct {
	t   *Target
	ctx context.Context
	// made maps folded names to the ids of accounts created in this call.
	made map[string]string
	// halted answers for the rest once going on makes no sense.
	halted error
}

func (a *application) take(op targets.Op) targets.Result {
	if err := a.t.check(op); err != nil {
		return targets.Failed(op, targets.Refused, identity.Invalid, err)
	}
	if a.halted != nil {
		return lookup(op, a.halted)
	}
	if err := a.ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	r := a.one(op)
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
	case targets.EnableAccount:
		return a.t.enable(a.ctx, op)
	case targets.DisableAccount:
		return a.t.disable(a.ctx, op)
	case targets.DeleteAccount:
		clear(a.made)
		return a.t.deleteAccount(a.ctx, op)
	case targets.CreateEntitlement:
		return a.t.createGroup(a.ctx, op)
	}
	return a.member(op)
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

// check refuses what Okta cannot be asked.
func (t *Target) check(op targets.Op) error {
	if err := targets.CheckGroupOp(op, t.name, Group, t.create); err != nil {
		return err
	}
	return targets.CheckText(op, t.fields)
}

// lookup is the result of an op before which something could not be learned: nothing
// was changed.
func lookup(op targets.Op, err error) targets.Result {
	switch {
	case errors.Is(err, errNoAccount), errors.Is(err, errNoGroup):
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	case httpkit.AsFailure(err) == nil:
		return targets.Failed(op, targets.Unreachable, kindOf(err), err)
	}
	r := httpkit.Result(op, err)
	switch r.Outcome {
	case targets.Unknown:
		r.Outcome = targets.Unreachable
	case targets.Stale:
		r.Outcome = targets.Refused // a 404 that is not Okta's: the address is wrong
	}
	return r
}

// written is the result of an op's write.
func written(op targets.Op, id string, err error) targets.Result {
	if err == nil {
		return targets.Result{Outcome: targets.Done, AccountID: id}
	}
	r := httpkit.Result(op, because(told(err)))
	if r.Outcome == targets.Stale && !isMissing(err) {
		r.Outcome = targets.Refused
	}
	return r
}

// after is the result of an op of which one step was done, and the next failed.
func after(op targets.Op, id string, err error) targets.Result {
	r := targets.Failed(op, targets.Unknown, kindOf(told(err)), because(told(err)))
	r.AccountID = id
	return r
}

func already(id string) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: id}
}
