package mysql

import (
	"context"
	"errors"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes the ops true one after the other, and looks at the end whether they are.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if len(ops) == 0 {
		return nil
	}
	a := &application{t: t, ctx: ctx, ops: ops, results: make([]targets.Result, len(ops))}
	if !a.check() {
		return a.results
	}
	s, err := t.server.begin(ctx)
	if err != nil {
		a.fail(err)
		return a.results
	}
	defer s.end()
	a.session = s
	if a.known, err = a.lookUp(); err != nil {
		a.fail(err)
		return a.results
	}
	a.carryOut()
	a.verify()
	return a.results
}

// application is one call of Apply.
type application struct {
	session
	t       *Target
	ctx     context.Context
	ops     []targets.Op
	results []targets.Result // an empty outcome: not decided yet
	known   *known
	lost    error // why nothing more can be sent
}

// check refuses what makes no sense and reports whether anything is left.
func (a *application) check() bool {
	left := false
	for i, op := range a.ops {
		if err := a.t.nonsense(op); err != nil {
			a.results[i] = a.t.refuse(op, identity.Invalid, err)
			continue
		}
		left = true
	}
	return left
}

// nonsense tells why an op cannot be meant for this target.
func (t *Target) nonsense(op targets.Op) error {
	ours := op.Entitlement == t.address(op.Entitlement.ID) && op.Entitlement.ID != ""
	switch op.Action {
	case targets.CreateEntitlement:
		if !t.config.Roles.Create {
			return errors.New("this target is not set up to make roles: set roles.create")
		}
		if !ours {
			return errors.New("it names no role of this target")
		}
		return nil
	case targets.Add, targets.Remove:
		if !ours {
			return errors.New("it names no role of this target")
		}
	case targets.CreateAccount:
		if op.Account.Name == "" {
			return errors.New("an account without a name")
		}
	case targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount, targets.DeleteAccount:
	default:
		return errors.New("this target does not do that")
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("an account without id and name")
	}
	return nil
}

// lookUp reads what the ops name.
func (a *application) lookUp() (*known, error) {
	c, err := a.contents(a.ctx, a.scope())
	if err != nil {
		return nil, err
	}
	return a.t.knowing(a.where(), c), nil
}

// scope is what the ops name, by id or by name.
func (a *application) scope() *scope {
	out := newScope()
	for _, op := range a.ops {
		a.t.include(out, op.Account)
	}
	return out
}

func newScope() *scope { return &scope{hosts: []string{}} }

// include asks for an account, by its id and by its name; what nobody can be called is
// not asked for.
func (t *Target) include(in *scope, a targets.Account) {
	if i, ok := parseID(a.ID); ok && askable(i.user) {
		in.add(i)
	}
	if i := t.accountID(a.Name); askable(i.user) {
		in.add(i)
	}
}

// carryOut does one op after the other, until nothing more can be sent.
func (a *application) carryOut() {
	for i, op := range a.ops {
		switch {
		case a.results[i].Outcome != "":
		case a.lost != nil:
			a.results[i] = a.t.lost(op, targets.Unreachable, a.lost)
		case a.ctx.Err() != nil:
			a.results[i] = a.t.lost(op, targets.Unreachable, a.ctx.Err())
		default:
			a.results[i] = a.perform(op)
		}
	}
}

// perform does one op.
func (a *application) perform(op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateEntitlement:
		return a.createRole(op)
	case targets.CreateAccount:
		return a.createAccount(op)
	}
	found := a.find(op.Account)
	switch {
	case found == nil && op.Action == targets.DeleteAccount:
		return targets.Result{Outcome: targets.Already}
	case found == nil:
		return a.t.stale(op, "no such account")
	}
	if err := a.known.untouchable(found.id); err != nil {
		return a.t.refuse(op, identity.Denied, err)
	}
	switch op.Action {
	case targets.Add:
		return a.give(op, found)
	case targets.Remove:
		return a.take(op, found)
	case targets.UpdateAccount:
		return a.rename(op, found)
	case targets.DeleteAccount:
		return a.drop(op, found)
	}
	return a.lock(op, found, op.Action == targets.DisableAccount)
}

// find returns the account that an op names, by its id if it says one.
func (a *application) find(account targets.Account) *principal {
	if account.ID == "" {
		return a.known.account(a.t.accountID(account.Name))
	}
	if i, ok := parseID(account.ID); ok {
		return a.known.account(i)
	}
	return nil
}

// send makes one change. A result means that it was not made, or that nobody knows;
// after a connection that is lost nothing more is sent.
func (a *application) send(op targets.Op, c change) *targets.Result {
	err := a.exec(a.ctx, c)
	if err == nil {
		return nil
	}
	if answered(err) == nil {
		a.lost = err
	}
	r := a.t.failed(op, err)
	return &r
}

// fail gives every op that is not decided what a failure to begin means.
func (a *application) fail(err error) {
	for i, r := range a.results {
		if r.Outcome == "" {
			a.results[i] = a.t.unbegun(a.ops[i], err)
		}
	}
}

func done(i id) targets.Result {
	return targets.Result{Outcome: targets.Done, AccountID: i.String()}
}

func already(i id) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: i.String()}
}
