package ldaptarget

import (
	"context"
	"errors"
	"slices"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

var errNameless = errors.New("an account without id and name")

// Apply makes the ops true. Memberships wait until the end of the call, so that
// each group is changed by few requests, unless an account that they name is
// changed before.
func (t *Directory) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	if len(ops) == 0 {
		return nil
	}
	a := &Application{t: t, ops: ops, results: make([]targets.Result, len(ops))}
	if !a.check() {
		return a.results
	}
	s, err := t.Begin(ctx)
	if err != nil {
		a.failRest(err)
		return a.results
	}
	defer s.End()
	a.Session = s
	if err := a.lookUp(); err != nil {
		a.failRest(err)
		return a.results
	}
	for i := range ops {
		if a.results[i].Outcome == "" {
			a.perform(i)
		}
	}
	for len(a.batches) > 0 {
		a.flush(a.batches[0])
	}
	return a.results
}

// Application is one call of Apply.
type Application struct {
	*Session
	t       *Directory
	ops     []targets.Op
	results []targets.Result // an empty outcome: not decided yet
	people  people
	teams   map[string]*Team
	batches []*batch
}

// check refuses what makes no sense and reports whether anything is left.
func (a *Application) check() bool {
	left := false
	for i, op := range a.ops {
		if err := a.t.nonsense(op); err != nil {
			a.results[i] = a.t.Refuse(op, identity.Invalid, "%w", err)
			continue
		}
		left = true
	}
	return left
}

// nonsense tells why an op cannot be meant for this target.
func (t *Directory) nonsense(op targets.Op) error {
	c := t.Capabilities()
	allowed := map[targets.Action]bool{
		targets.Add: true, targets.Remove: true, targets.CreateAccount: c.CreateAccounts, targets.UpdateAccount: c.UpdateAccounts,
		targets.EnableAccount: c.DisableAccounts, targets.DisableAccount: c.DisableAccounts, targets.DeleteAccount: c.DeleteAccounts,
		targets.CreateEntitlement: c.CreateEntitlements,
	}
	if !allowed[op.Action] {
		return errors.New("this target is not set up to do that")
	}
	switch op.Action {
	case targets.Add, targets.Remove, targets.CreateEntitlement:
		if op.Entitlement != t.address(op.Entitlement.ID) || op.Entitlement.ID == "" {
			return errors.New("it names no group of this target")
		}
	}
	nameless := op.Account.ID == "" || op.Action == targets.CreateAccount
	if op.Action != targets.CreateEntitlement && nameless && op.Account.Name == "" {
		return errNameless
	}
	if op.Action == targets.CreateAccount && !op.Account.Active && !c.DisableAccounts {
		return errors.New("an account cannot be made inactive: set users.disable")
	}
	return nil
}

// failRest gives every op that is not decided the same failure, before anything
// was sent.
func (a *Application) failRest(err error) {
	for i, r := range a.results {
		if r.Outcome == "" {
			a.results[i] = a.t.Failed(a.ops[i], NotSent(err))
		}
	}
}

// NotSent makes a failure to look something up one of an op that was not sent.
func NotSent(err error) error {
	if goldap.IsErrorWithCode(err, goldap.LDAPResultBusy) {
		return &identity.Error{Kind: identity.Throttled, Err: err}
	}
	var told *identity.Error
	if errors.As(err, &told) && told.Kind != identity.Incomplete {
		return err
	}
	return &identity.Error{Kind: identity.Unavailable, Err: err}
}

// lookUp finds every account and group that the call names by few searches.
func (a *Application) lookUp() error {
	var accounts []targets.Account
	var groups []string
	for i, op := range a.ops {
		if a.results[i].Outcome != "" {
			continue
		}
		accounts = append(accounts, op.Account)
		groups = append(groups, op.Entitlement.ID)
	}
	var err error
	if a.people, err = a.find(accounts); err != nil {
		return err
	}
	a.teams, err = a.Session.teams(groups)
	return err
}

// perform does one op, or puts it into a batch.
func (a *Application) perform(i int) {
	op := a.ops[i]
	if err := a.Ready(); err != nil {
		a.results[i] = a.t.Failed(op, err)
		return
	}
	switch op.Action {
	case targets.CreateEntitlement:
		a.results[i] = a.createGroup(op)
		return
	case targets.CreateAccount:
		a.results[i] = a.create(op)
		return
	}
	found := a.people.find(op.Account)
	switch {
	case len(found) > 1:
		a.results[i] = a.t.Refuse(op, identity.Conflict, "%d entries have that name: %q and %q among them", len(found), found[0].DN, found[1].DN)
		return
	case len(found) == 0 && op.Action == targets.DeleteAccount:
		a.results[i] = targets.Result{Outcome: targets.Already}
		return
	case len(found) == 0:
		a.results[i] = a.t.Stale(op, "no such account")
		return
	}
	p := found[0]
	if op.Action == targets.Add || op.Action == targets.Remove {
		a.enqueue(i, p)
		return
	}
	a.flushNaming(p)
	a.results[i] = a.change(op, p)
}

// change does an op on an account that is there.
func (a *Application) change(op targets.Op, p *Person) targets.Result {
	if p.Protected != "" {
		return a.t.Refuse(op, identity.Denied, "it is not changed: %s", p.Protected)
	}
	var done bool
	var err error
	switch op.Action {
	case targets.UpdateAccount:
		if other := a.people.find(targets.Account{Name: op.Account.Name}); op.Account.Name != "" && slices.ContainsFunc(other, func(o *Person) bool { return o != p }) {
			return a.t.Refuse(op, identity.Conflict, "another account is called %q", op.Account.Name)
		}
		done, err = a.t.writer.Update(a, op.Account, p)
	case targets.EnableAccount, targets.DisableAccount:
		done, err = a.t.writer.SetActive(a, p, op.Action == targets.EnableAccount)
	case targets.DeleteAccount:
		done, err = a.t.writer.Delete(a, p)
	}
	switch {
	case err != nil && done: // half of it: renamed, but not in every group
		return a.t.Answer(op, targets.Unknown, identity.Unavailable, err, "")
	case err != nil:
		r := a.t.Failed(op, err)
		r.AccountID = p.ID
		return r
	case done:
		return targets.Result{Outcome: targets.Done, AccountID: p.ID}
	}
	return targets.Result{Outcome: targets.Already, AccountID: p.ID}
}
