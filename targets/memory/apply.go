package memory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes the ops true one after the other.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	t.mu.Lock()
	t.counts.Applies++
	t.mu.Unlock()

	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		if err := t.wait(ctx); err != nil {
			results[i] = targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
			continue
		}
		results[i] = t.applyOne(op)
	}
	return results
}

// applyOne counts the op, asks for trouble and makes it true.
func (t *Target) applyOne(op targets.Op) targets.Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lapse()
	t.counts.Ops++
	if t.counts.ByAction == nil {
		t.counts.ByAction = map[targets.Action]int{}
	}
	t.counts.ByAction[op.Action]++

	fault := NoFault
	if t.faults.Op != nil {
		fault = t.faults.Op(op)
	}
	if fault != NoFault && fault != LoseReply {
		return fault.result(op)
	}
	before := t.version
	r := t.perform(op)
	if t.version != before {
		t.counts.Changes++
	}
	if fault == LoseReply {
		return fault.result(op)
	}
	return r
}

// perform dispatches by action.
func (t *Target) perform(op targets.Op) targets.Result {
	if !t.understands(op.Action) {
		return refused(op, identity.Invalid, "this target does not do that")
	}
	switch op.Action {
	case targets.Add, targets.Remove, targets.CreateEntitlement:
		if !t.ours(op.Entitlement) {
			return refused(op, identity.Invalid, fmt.Sprintf("%s is no entitlement of target %s", op.Entitlement, t.name))
		}
	}
	if op.Action == targets.CreateEntitlement {
		return t.createEntitlement(op)
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return refused(op, identity.Invalid, "the op names no account")
	}
	switch op.Action {
	case targets.CreateAccount:
		return t.createAccount(op)
	case targets.Add:
		return t.add(op)
	}
	a := t.find(op.Account)
	if a == nil && op.Action == targets.Remove && t.caps.ImplicitAccounts { // as in add
		a = t.find(targets.Account{Name: op.Account.Name})
	}
	if a == nil {
		if op.Action == targets.DeleteAccount || op.Action == targets.Remove && t.caps.ImplicitAccounts {
			return targets.Result{Outcome: targets.Already}
		}
		return stale(op, "no such account")
	}
	switch op.Action {
	case targets.UpdateAccount:
		return t.update(op, a)
	case targets.EnableAccount, targets.DisableAccount:
		return t.setActive(a, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		t.drop(a)
		return done(a)
	default:
		return t.remove(op, a)
	}
}

// understands reports whether the capabilities allow the action.
func (t *Target) understands(action targets.Action) bool {
	switch action {
	case targets.CreateAccount:
		return t.caps.CreateAccounts
	case targets.UpdateAccount:
		return t.caps.UpdateAccounts
	case targets.EnableAccount, targets.DisableAccount:
		return t.caps.DisableAccounts
	case targets.DeleteAccount:
		return t.caps.DeleteAccounts
	case targets.CreateEntitlement:
		return t.caps.CreateEntitlements
	default:
		return action == targets.Add || action == targets.Remove
	}
}

// createAccount makes an account. One that is there just as wanted is what an
// earlier try left; one that differs is somebody else's until a plan says otherwise.
func (t *Target) createAccount(op targets.Op) targets.Result {
	want := op.Account
	if a := t.find(targets.Account{Name: want.Name}); a != nil {
		if a.Active == want.Active && a.Attributes.Equal(t.kept(want.Attributes)) {
			if a.implicit {
				a.implicit = false
				t.version++
				return done(a)
			}
			return already(a)
		}
		r := targets.Failed(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"))
		r.AccountID = a.ID
		return r
	}
	want.ID = ""
	return done(t.insert(want))
}

func (t *Target) update(op targets.Op, a *account) targets.Result {
	name := op.Account.Name
	if name == "" {
		name = a.Name
	}
	if other := t.find(targets.Account{Name: name}); other != nil && other != a {
		return refused(op, identity.Conflict, "another account has that name")
	}
	attributes := t.kept(op.Account.Attributes)
	if a.Name == name && a.Attributes.Equal(attributes) {
		return already(a)
	}
	delete(t.names, t.fold(a.Name))
	a.Name, a.Attributes = name, attributes
	t.names[t.fold(name)] = a.ID
	t.version++
	return done(a)
}

func (t *Target) setActive(a *account, active bool) targets.Result {
	if a.Active == active {
		return already(a)
	}
	a.Active = active
	t.version++
	return done(a)
}

func (t *Target) createEntitlement(op targets.Op) targets.Result {
	if _, ok := t.catalog[key{op.Entitlement.Kind, op.Entitlement.ID}]; ok {
		return targets.Result{Outcome: targets.Already}
	}
	t.enlist(targets.Entitlement{Address: op.Entitlement})
	return targets.Result{Outcome: targets.Done}
}

func (t *Target) add(op targets.Op) targets.Result {
	k := key{op.Entitlement.Kind, op.Entitlement.ID}
	e, known := t.catalog[k]
	switch {
	case !known && !t.caps.ImplicitEntitlements:
		return stale(op, "no such entitlement")
	case e.ReadOnly:
		return refused(op, identity.Denied, "the target does not let us change its members")
	}
	a := t.find(op.Account)
	if a == nil && t.caps.ImplicitAccounts { // the one of that id ended with the last thing it held
		a = t.find(targets.Account{Name: op.Account.Name})
	}
	if a == nil {
		if !t.caps.ImplicitAccounts {
			return stale(op, "no such account")
		}
		a = t.insert(targets.Account{Name: op.Account.Name, Active: true, Attributes: op.Account.Attributes})
		a.implicit = true
	}
	end := op.NotAfter
	if !t.caps.Expires(op.Entitlement.Kind) {
		end = time.Time{}
	}
	if h, held := a.holds[k]; held && !h.indirect && h.notAfter.Equal(end) {
		return already(a)
	}
	t.enlist(targets.Entitlement{Address: op.Entitlement})
	a.holds[k] = holding{notAfter: end}
	t.expect(end)
	t.version++
	return done(a)
}

func (t *Target) remove(op targets.Op, a *account) targets.Result {
	k := key{op.Entitlement.Kind, op.Entitlement.ID}
	e, known := t.catalog[k]
	h, held := a.holds[k]
	switch {
	case !known && !t.caps.ImplicitEntitlements:
		return stale(op, "no such entitlement")
	case e.ReadOnly:
		return refused(op, identity.Denied, "the target does not let us change its members")
	case !held:
		return already(a)
	case h.indirect:
		return refused(op, identity.Conflict, "the account holds it through something else")
	}
	delete(a.holds, k)
	t.forgetIfUnheld(k)
	t.version++
	t.endIfImplicit(a)
	return done(a)
}

func done(a *account) targets.Result {
	return targets.Result{Outcome: targets.Done, AccountID: a.ID}
}

func already(a *account) targets.Result {
	return targets.Result{Outcome: targets.Already, AccountID: a.ID}
}

func refused(op targets.Op, kind identity.Kind, why string) targets.Result {
	return targets.Failed(op, targets.Refused, kind, errors.New(why))
}

func stale(op targets.Op, why string) targets.Result {
	return targets.Failed(op, targets.Stale, identity.NotFound, errors.New(why))
}
