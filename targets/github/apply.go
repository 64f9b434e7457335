package github

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes ops true, one after the other. What is looked up on the way is asked
// once in a call.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	own := *t
	a := &application{
		t: &own, ctx: ctx, ops: ops, results: make([]targets.Result, len(ops)), people: map[string]*found{},
		members: map[string][]teamMember{}, repos: map[string][]collaborator{}, instead: map[int]int{},
	}
	for i, op := range ops {
		if err := t.check(op); err != nil {
			a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
			continue
		}
		a.results[i] = a.settle(i, op)
	}
	a.isLate = true
	for _, i := range a.late {
		a.results[i] = a.settle(i, ops[i])
	}
	for i, j := range a.instead {
		a.results[i] = replaced(ops[i], a.results[j])
	}
	return a.results
}

// application is one Apply on its way.
type application struct {
	t       *Target
	ctx     context.Context
	ops     []targets.Op
	results []targets.Result

	people  map[string]*found
	members map[string][]teamMember   // by slug
	repos   map[string][]collaborator // by name
	invited []invitation              // those that are open, once asked
	asked   bool
	// late are ops that wait for the others: a role needs the membership that may
	// come after it.
	late   []int
	isLate bool
	// instead are removals of a level that another takes the place of, by the index of
	// what gives that.
	instead map[int]int
	// halt answers for the rest once going on makes no sense.
	halt error
}

// found is who an op names.
type found struct {
	user
	membership
	err error
}

func (f *found) active() bool  { return f.State == stateActive }
func (f *found) pending() bool { return f.State == statePending }

// settle runs one op unless the application has halted.
func (a *application) settle(i int, op targets.Op) targets.Result {
	if a.halt != nil {
		return looked(op, a.halt)
	}
	if err := a.ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	a.t.removing = op.Action.Removes()
	r := a.do(i, op)
	if hopeless(r) {
		a.halt = r.Err
	}
	return r
}

func (a *application) do(i int, op targets.Op) targets.Result {
	switch op.Action {
	case targets.CreateAccount:
		return a.create(i, op)
	case targets.DeleteAccount:
		return a.delete(op)
	}
	at, _ := parse(op.Entitlement)
	who := a.who(op.Account)
	if who.err != nil {
		return looked(op, who.err)
	}
	if who.ID == 0 && who.Login == "" {
		return a.byMail(op, at)
	}
	switch at.kind {
	case kindTeam:
		return a.team(i, op, at, who)
	case kindRepo:
		return a.repo(i, op, at, who)
	}
	return a.org(op, at, who)
}

// who tells who an op's account is by now, asked once. A zero one is somebody who
// can only be known by their address.
func (a *application) who(account targets.Account) *found {
	if account.ID == "" {
		account.Name = a.t.fields.loginOf(account)
		if account.Name == "" && a.t.fields.emailOf(account) != "" {
			return &found{}
		}
	}
	key := account.ID + "\x00" + strings.ToLower(account.Name)
	if known := a.people[key]; known != nil {
		return known
	}
	f := &found{}
	f.user, f.membership, f.err = a.t.find(a.ctx, account)
	a.people[key] = f
	return f
}

// forget has people looked up again.
func (a *application) forget() { clear(a.people) }

// check refuses what GitHub cannot be asked.
func (t *Target) check(op targets.Op) error {
	switch op.Action {
	case targets.CreateAccount:
		if !t.Capabilities().CreateAccounts {
			return errors.New("nobody is invited here: say with map which attribute holds the login or the address")
		}
	case targets.DeleteAccount, targets.Add, targets.Remove:
	default:
		return fmt.Errorf("%q is not something a GitHub organisation does", op.Action)
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("the op names no account")
	}
	if op.Action == targets.CreateAccount && op.Account.Name == "" {
		return errors.New("an account needs a name")
	}
	if op.Action == targets.Add || op.Action == targets.Remove {
		a, ok := parse(op.Entitlement)
		if op.Entitlement.Target != t.name || !t.has(a.kind) || op.Entitlement.ID == "" {
			return fmt.Errorf("%s is none of target %s", op.Entitlement, t.name)
		}
		if !ok {
			return fmt.Errorf("%s: write team/SLUG, team/SLUG@maintainer, repo/NAME@LEVEL, org/member or org/owner", op.Entitlement)
		}
	}
	return nil
}

// stranger is an op on somebody who is not in the organisation: nothing is given to
// them, and they have nothing to lose.
func (f *found) stranger(op targets.Op) targets.Result {
	if op.Action == targets.Remove && f.ID != 0 {
		return f.done(op, targets.Already)
	}
	return targets.Failed(op, targets.Stale, identity.NotFound, errors.New("no member of the organisation"))
}

func (f *found) done(op targets.Op, outcome targets.Outcome) targets.Result {
	r := targets.Result{Outcome: outcome}
	if f.ID != 0 {
		r.AccountID = accountID(f.ID)
	}
	return r
}

// refused is a change that makes no sense, in words.
func refused(op targets.Op, kind identity.Kind, words string) targets.Result {
	return targets.Failed(op, targets.Refused, kind, errors.New(words))
}

// replaced is what became of a removal whose place a gift takes.
func replaced(op targets.Op, gift targets.Result) targets.Result {
	if gift.Outcome.OK() {
		gift.Outcome, gift.Err = targets.Done, nil
	} else if gift.Err != nil {
		gift = targets.Result{Outcome: gift.Outcome, AccountID: gift.AccountID, RetryAt: gift.RetryAt,
			Err: &identity.Error{Kind: identity.KindOf(gift.Err), Op: string(op.Action), Object: op.Object(), Err: gift.Err}}
	}
	return gift
}
