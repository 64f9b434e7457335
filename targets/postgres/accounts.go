package postgres

import (
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// attempt makes an op's changes. A refusal is the op's result, and undid them; an
// error means that the session is of no more use.
func (a *application) attempt(op targets.Op, changes ...change) (oid string, refusal *targets.Result, err error) {
	oid, err = a.try(changes...)
	if err == nil || !answered(err) {
		return oid, nil, err
	}
	r := a.t.failed(op, err)
	return "", &r, nil
}

// change is attempt for an op that is done when its changes went through; then notes
// what it changed.
func (a *application) change(op targets.Op, r *role, then func(), changes ...change) (targets.Result, error) {
	_, refusal, err := a.attempt(op, changes...)
	switch {
	case err != nil:
		return targets.Result{}, err
	case refusal != nil:
		refusal.AccountID = r.oid
		return *refusal, nil
	}
	then()
	return targets.Result{Outcome: targets.Done, AccountID: r.oid}, nil
}

func already(r *role) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: r.oid}
}

// createAccount makes a login without a password: how it is let in is the server's
// business. One that is there just as wanted is what an earlier try left.
func (a *application) createAccount(op targets.Op) (targets.Result, error) {
	name := fold(op.Account.Name)
	if found := a.known.find(targets.Account{Name: name}); len(found) > 0 {
		if err := a.t.untouchable(found[0], a.where().self); err != nil {
			return a.t.refuse(op, identity.Conflict, err), nil
		}
		if len(found) == 1 && found[0].login == op.Account.Active {
			return already(found[0]), nil
		}
		r := a.t.answer(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"), "")
		r.AccountID = found[0].oid
		return r, nil
	}
	made := &role{name: name, login: op.Account.Active, comment: mark}
	if r := a.taken(op, made); r != nil {
		return *r, nil
	}
	return a.create(op, made)
}

// createRole makes a role that may be given to accounts.
func (a *application) createRole(op targets.Op) (targets.Result, error) {
	made := &role{name: op.Entitlement.ID, comment: ownRole}
	if found := a.known.called(made.name); found != nil && !found.isAccount() {
		return targets.Result{Outcome: targets.Already}, nil
	}
	if r := a.taken(op, made); r != nil {
		return *r, nil
	}
	r, err := a.create(op, made)
	r.AccountID = ""
	return r, err
}

// taken refuses a name that something else has: accounts and roles share theirs.
func (a *application) taken(op targets.Op, made *role) *targets.Result {
	var err error
	switch found := a.known.called(made.name); {
	case found != nil && found.isAccount():
		err = fmt.Errorf("role %q may log in: it is an account", made.name)
	case found != nil:
		err = fmt.Errorf("role %q is there and may not log in: it is something to be given, and no account", made.name)
	case a.t.ignored(made.name):
		err = fmt.Errorf("role %q is one to ignore, by the configuration", made.name)
	default:
		return nil
	}
	r := a.t.refuse(op, identity.Conflict, err)
	return &r
}

func (a *application) create(op targets.Op, made *role) (targets.Result, error) {
	oid, refusal, err := a.attempt(op, createRole{made.name, made.login, made.comment})
	switch {
	case err != nil:
		return targets.Result{}, err
	case refusal != nil:
		return *refusal, nil
	}
	made.oid = oid
	a.known.add(made)
	return targets.Result{Outcome: targets.Done, AccountID: made.oid}, nil
}

// rename is all that can be updated of an account.
func (a *application) rename(op targets.Op, r *role) (targets.Result, error) {
	name := fold(op.Account.Name)
	if name == "" || name == fold(r.name) {
		return already(r), nil
	}
	if err := badName(name); err != nil {
		return a.t.refuse(op, identity.Invalid, err), nil
	}
	if refusal := a.taken(op, &role{name: name}); refusal != nil {
		return *refusal, nil
	}
	return a.change(op, r, func() { r.name = name }, renameRole{r.name, name})
}

// setLogin lets an account log in, or not. Who may not is marked, so that it is
// known for an account.
func (a *application) setLogin(op targets.Op, r *role, login bool) (targets.Result, error) {
	if r.login == login {
		return already(r), nil
	}
	if login {
		return a.change(op, r, func() { r.login = true }, allowLogin{r.name})
	}
	changes, text := []change{denyLogin{r.name}}, r.comment
	if off := (role{comment: text}); !off.isAccount() {
		text = r.marked()
		changes = append(changes, comment{r.name, text})
	}
	return a.change(op, r, func() { r.login, r.comment = false, text }, changes...)
}

// dropAccount deletes the role, which takes it out of all others.
func (a *application) dropAccount(op targets.Op, r *role) (targets.Result, error) {
	return a.change(op, r, func() { a.known.drop(r) }, dropRole{r.name})
}
