package postgres

import (
	"context"
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes the ops true in one transaction.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if len(ops) == 0 {
		return nil
	}
	a := &application{t: t, ops: ops, results: make([]targets.Result, len(ops))}
	if !a.check() {
		return a.results
	}
	s, err := t.server.begin(ctx, changing)
	if err != nil {
		a.fail(err)
		return a.results
	}
	defer s.end()
	a.session = s
	if err := a.carryOut(); err != nil {
		a.lose(targets.Unreachable, err)
		return a.results
	}
	a.commit()
	return a.results
}

// application is one call of Apply.
type application struct {
	session
	t       *Target
	ops     []targets.Op
	results []targets.Result // an empty outcome: not decided yet
	known   *known
	held    map[pair][]grant // as read before the first change
	queue   []queued
	at      int // which op is being performed
	changed bool
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
	named := op.Entitlement == t.address(op.Entitlement.ID) && op.Entitlement.ID != ""
	switch op.Action {
	case targets.CreateEntitlement:
		if !t.config.Roles.Create {
			return errors.New("this target is not set up to make roles: set roles.create")
		}
		if !named {
			return errors.New("it names no role of this target")
		}
		return badName(op.Entitlement.ID)
	case targets.Add, targets.Remove:
		if !named {
			return errors.New("it names no role of this target")
		}
	case targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount, targets.DeleteAccount:
	case targets.CreateAccount:
		if op.Account.Name == "" {
			return errors.New("an account without a name")
		}
		return badName(fold(op.Account.Name))
	default:
		return errors.New("this target does not do that")
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("an account without id and name")
	}
	return nil
}

// carryOut does one op after the other. An error means that the transaction is lost.
func (a *application) carryOut() error {
	var names, oids []string
	for i, op := range a.ops {
		if a.results[i].Outcome != "" {
			continue
		}
		names = append(names, op.Account.Name, op.Entitlement.ID)
		if isOID(op.Account.ID) {
			oids = append(oids, op.Account.ID)
		}
	}
	roles, err := a.roles(names, oids)
	if err != nil {
		return err
	}
	a.known = &known{roles}
	if err := a.loadGrants(); err != nil {
		return err
	}
	for i, op := range a.ops {
		if a.results[i].Outcome != "" {
			continue
		}
		if err := a.turn(i, op); err != nil {
			return err
		}
	}
	return a.flush()
}

// turn performs one op. What is queued goes first, unless this joins it.
func (a *application) turn(i int, op targets.Op) error {
	if op.Action != targets.Add {
		if err := a.flush(); err != nil {
			return err
		}
	}
	a.at = i
	r, err := a.perform(op)
	if err != nil {
		return err
	}
	if a.results[i].Outcome == "" { // flush may have learned more
		a.results[i] = r
	}
	a.changed = a.changed || r.Outcome == targets.Done
	return nil
}

// perform does one op. An error means that the connection is of no more use.
func (a *application) perform(op targets.Op) (targets.Result, error) {
	switch op.Action {
	case targets.CreateEntitlement:
		return a.createRole(op)
	case targets.CreateAccount:
		return a.createAccount(op)
	}
	found := a.known.find(op.Account)
	switch {
	case len(found) > 1:
		return a.t.refuse(op, identity.Conflict, fmt.Errorf("roles %q and %q differ in letter case only", found[0].name, found[1].name)), nil
	case len(found) == 0 && op.Action == targets.DeleteAccount:
		return targets.Result{Outcome: targets.Already}, nil
	case len(found) == 0:
		return a.t.stale(op, "no such account"), nil
	}
	if err := a.t.untouchable(found[0], a.where().self); err != nil {
		return a.t.refuse(op, identity.Denied, err), nil
	}
	switch op.Action {
	case targets.Add, targets.Remove:
		return a.member(op, found[0])
	case targets.UpdateAccount:
		return a.rename(op, found[0])
	case targets.DeleteAccount:
		return a.dropAccount(op, found[0])
	}
	return a.setLogin(op, found[0], op.Action == targets.EnableAccount)
}

// commit makes it all lasting. When no answer comes nobody knows whether it was.
func (a *application) commit() {
	err := a.session.commit()
	switch {
	case err == nil:
	case errors.Is(err, errUndone), answered(err):
		a.lose(targets.Unreachable, err)
	default:
		a.lose(targets.Unknown, err)
	}
}

// fail gives every op that is not decided what a failure to begin means.
func (a *application) fail(err error) {
	for i, r := range a.results {
		if r.Outcome == "" {
			a.results[i] = a.t.failed(a.ops[i], err)
		}
	}
}

// lose takes back what the transaction would have made true.
func (a *application) lose(outcome targets.Outcome, err error) {
	for i, r := range a.results {
		if r.Outcome == "" || r.Outcome == targets.Done || r.Outcome == targets.Already && a.changed {
			a.results[i] = a.t.undone(a.ops[i], outcome, err)
		}
	}
}
