package mysql

import (
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// createAccount makes an account. One that is there just as wanted is what an earlier
// try left.
func (a *application) createAccount(op targets.Op) targets.Result {
	i := a.t.accountID(op.Account.Name)
	if r := a.impossible(op, i); r != nil {
		return *r
	}
	if found := a.known.account(i); found != nil {
		if found.locked == !op.Account.Active {
			return already(i)
		}
		r := a.t.answer(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"), "")
		r.AccountID = i.String()
		return r
	}
	if a.known.principals[i] != nil {
		return a.t.refuse(op, identity.Conflict, fmt.Errorf("%s is a role, and no account", i))
	}
	if r := a.send(op, createAccount{account: i, login: a.t.config.Login, locked: !op.Account.Active}); r != nil {
		return *r
	}
	a.known.principals[i] = &principal{id: i, locked: !op.Account.Active}
	return done(i)
}

// impossible refuses names that nothing may have, or that are not the hub's to use.
func (a *application) impossible(op targets.Op, i id) *targets.Result {
	if err := a.known.badName(i.user); err != nil {
		r := a.t.refuse(op, identity.Invalid, err)
		return &r
	}
	if err := a.known.untouchable(i); err != nil {
		r := a.t.refuse(op, identity.Conflict, err)
		return &r
	}
	return nil
}

// createRole makes a role that may be given to accounts.
func (a *application) createRole(op targets.Op) targets.Result {
	i := roleID(a.where().dialect, op.Entitlement.ID)
	if r := a.impossible(op, i); r != nil {
		return *r
	}
	if a.known.role(i) != nil {
		return targets.Result{Outcome: targets.Already}
	}
	if a.known.principals[i] != nil {
		return a.t.refuse(op, identity.Conflict, fmt.Errorf("%s may log in: it is an account, and no role", i))
	}
	if r := a.send(op, createRole{i}); r != nil {
		return *r
	}
	a.known.principals[i] = &principal{id: i, role: true, locked: true}
	return targets.Result{Outcome: targets.Done}
}

// rename is all that can be updated of an account. It gives it another id.
func (a *application) rename(op targets.Op, p *principal) targets.Result {
	to := a.t.accountID(op.Account.Name)
	if op.Account.Name == "" || to == p.id {
		return already(p.id)
	}
	if r := a.impossible(op, to); r != nil {
		return *r
	}
	if a.known.principals[to] != nil {
		return a.t.refuse(op, identity.Conflict, errors.New("another account has that name"))
	}
	if r := a.send(op, rename{p.id, to}); r != nil {
		return *r
	}
	a.known.move(p, to)
	return done(to)
}

// lock keeps an account from logging in, or lets it.
func (a *application) lock(op targets.Op, p *principal, locked bool) targets.Result {
	if p.locked == locked {
		return already(p.id)
	}
	if r := a.send(op, setLock{p.id, locked}); r != nil {
		return *r
	}
	p.locked = locked
	return done(p.id)
}

// drop deletes an account, and with it what it holds.
func (a *application) drop(op targets.Op, p *principal) targets.Result {
	if r := a.send(op, drop{p.id}); r != nil {
		return *r
	}
	a.known.forget(p.id)
	return done(p.id)
}
