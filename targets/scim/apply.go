package scim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Apply makes ops true. Membership ops are held back and sent together, group
// by group; one that follows an account or group op on what it names sees its
// effect.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ctx: ctx, ops: ops, results: make([]targets.Result, len(ops)),
		made: map[string]string{}, fresh: map[string]bool{}, waiting: map[string]bool{}}
	if err := t.learn(ctx); err != nil {
		a.stop(err)
	}
	for i, op := range ops {
		a.take(i, op)
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
	// made maps folded names to the ids of accounts created in this call.
	made map[string]string
	// fresh are the ids of those that were not there before, and so hold nothing.
	fresh map[string]bool
	// held are the indexes of membership ops that wait; waiting holds what they
	// name, see keys.
	held    []int
	waiting map[string]bool
	// halt answers for the rest once going on makes no sense.
	halt func(op targets.Op) targets.Result
}

func (a *application) take(i int, op targets.Op) {
	if err := a.t.check(op); err != nil {
		a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
		return
	}
	if a.mustFollow(op) {
		a.flush()
	}
	if op.Action == targets.Add || op.Action == targets.Remove {
		a.held = append(a.held, i)
		for _, key := range keys(op) {
			a.waiting[key] = true
		}
		return
	}
	a.results[i] = a.settle(op, func() targets.Result { return a.t.one(a.ctx, op) })
	switch r := a.results[i]; {
	case op.Action == targets.CreateAccount && r.Outcome.OK():
		a.made[fold(op.Account.Name)] = r.AccountID
		a.fresh[r.AccountID] = r.Outcome == targets.Done
	case op.Action == targets.UpdateAccount, op.Action == targets.DeleteAccount:
		clear(a.made) // names may mean others now, or nobody
	}
}

// mustFollow reports whether a waiting op names what op names, so that it has
// to be done first. One that is named by id alone and one by name alone may be
// the same account.
func (a *application) mustFollow(op targets.Op) bool {
	for _, key := range conflicts(op) {
		if a.waiting[key] {
			return true
		}
	}
	who := op.Account
	return op.Action != targets.CreateEntitlement && (who.Name == "" && a.waiting[noID] || who.ID == "" && a.waiting[noName])
}

// noID and noName are the keys of waiting ops that leave one of them out.
const (
	noID   = "no id"
	noName = "no name"
)

// keys are what a waiting membership op names.
func keys(op targets.Op) []string {
	out := []string{"group " + op.Entitlement.ID}
	for _, who := range names(op) {
		out = append(out, who, who+" in "+op.Entitlement.ID)
	}
	if op.Account.ID == "" {
		out = append(out, noID)
	}
	if op.Account.Name == "" {
		out = append(out, noName)
	}
	return out
}

// conflicts are the keys of waiting ops that must be done before op.
func conflicts(op targets.Op) []string {
	switch op.Action {
	case targets.CreateEntitlement:
		return []string{"group " + op.Entitlement.ID}
	case targets.Add, targets.Remove:
		var out []string
		for _, who := range names(op) {
			out = append(out, who+" in "+op.Entitlement.ID)
		}
		return out
	}
	return names(op)
}

func names(op targets.Op) []string {
	var out []string
	if op.Account.ID != "" {
		out = append(out, "id "+op.Account.ID)
	}
	if op.Account.Name != "" {
		out = append(out, "name "+fold(op.Account.Name))
	}
	return out
}

func fold(name string) string { return strings.ToLower(name) }

// settle runs one step unless the application has halted, and halts it where
// its outcome says that the rest would fare no better.
func (a *application) settle(op targets.Op, step func() targets.Result) targets.Result {
	if a.halt != nil {
		return a.halt(op)
	}
	if err := a.ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	r := step()
	if hopeless(r) {
		a.stop(r.Err)
	}
	return r
}

// hopeless reports whether the next request would end like this one.
func hopeless(r targets.Result) bool {
	f := failure(r.Err)
	switch {
	case r.Outcome.OK() || f == nil:
		return false
	case f.Status == 0:
		return !f.Sent || errors.Is(f, context.DeadlineExceeded) || errors.Is(f, context.Canceled)
	}
	return f.Kind() == identity.Throttled || f.Status == 401
}

// stop lets err stand for everything that is still to come. What was not sent
// is not Unknown, whatever became of the op that failed.
func (a *application) stop(err error) {
	a.halt = func(op targets.Op) targets.Result {
		r := httpkit.Result(op, err)
		if r.Outcome == targets.Unknown {
			r.Outcome = targets.Unreachable
		}
		return r
	}
}

// check refuses what no server can be asked.
func (t *Target) check(op targets.Op) error {
	if err := targets.CheckGroupOp(op, t.name, Group, t.create); err != nil {
		return err
	}
	if op.Action == targets.DeleteAccount && t.habits.UserDelete == never {
		return errors.New("users of this server are not deleted: have leavers disabled, with accounts: {leaver: disable}")
	}
	return t.checkText(op)
}

// checkText refuses what JSON cannot carry unchanged.
func (t *Target) checkText(op targets.Op) error {
	all := []string{op.Account.ID, op.Account.Name, op.Entitlement.ID}
	for _, f := range t.fields {
		all = append(all, op.Account.Attributes.First(f.hub))
	}
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fmt.Errorf("%q is not text", s)
		}
	}
	if op.Account.ID == "." || op.Account.ID == ".." {
		return fmt.Errorf("%q cannot be an id", op.Account.ID)
	}
	return nil
}

// failure returns the HTTP failure behind err, nil if there is none.
func failure(err error) *httpkit.Failure { return httpkit.AsFailure(err) }

// explain turns what find and groupID return into a result.
func explain(op targets.Op, err error) targets.Result {
	var known *identity.Error
	switch {
	case errors.Is(err, errNoAccount), errors.Is(err, errNoGroup):
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	case failure(err) == nil && errors.As(err, &known) && known.Kind == identity.Conflict:
		return targets.Failed(op, targets.Refused, identity.Conflict, err)
	}
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Unknown || failure(err) == nil {
		r.Outcome = targets.Unreachable // only a look-up failed: nothing was changed
	}
	if r.Outcome == targets.Stale {
		r.Outcome = targets.Refused // the endpoint itself is not there
	}
	return r
}
