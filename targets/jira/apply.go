package jira

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// Apply makes ops true, one after the other. What a name stands for is asked once in
// a call.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	own := *t
	a := &application{t: &own, ctx: ctx, ids: map[string]string{}, people: map[string]string{}}
	results := make([]targets.Result, len(ops))
	for i, op := range ops {
		if err := t.check(op); err != nil {
			results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
			continue
		}
		results[i] = a.settle(op)
	}
	return results
}

// application is one Apply on its way.
type application struct {
	t   *Target
	ctx context.Context
	// ids are the groupIds and role ids that addresses stand for; people the
	// accountIds of names.
	ids, people map[string]string
	// halt answers for the rest once going on makes no sense.
	halt error
}

// settle runs one op unless the application has halted.
func (a *application) settle(op targets.Op) targets.Result {
	if a.halt != nil {
		return looked(op, a.halt)
	}
	if err := a.ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	a.t.removing = op.Action.Removes()
	r := a.do(op)
	if hopeless(r) {
		a.halt = r.Err
	}
	return r
}

func (a *application) do(op targets.Op) targets.Result {
	who, err := a.who(op.Account)
	if err != nil {
		return looked(op, err)
	}
	var r targets.Result
	if op.Entitlement.Kind == kindGroup {
		r = a.group(op, who)
	} else {
		r = a.role(op, who)
	}
	r.AccountID = who
	return r
}

// who returns the accountId of an op's account: that is what it is named by, and
// nothing has to be asked; a name has to be looked up.
func (a *application) who(account targets.Account) (string, error) {
	if account.ID != "" {
		return account.ID, nil
	}
	if known, ok := a.people[account.Name]; ok {
		return known, nil
	}
	u, err := a.t.find(a.ctx, account)
	if err == nil {
		a.people[account.Name] = u.AccountID
	}
	return u.AccountID, err
}

// check refuses what Jira cannot be asked.
func (t *Target) check(op targets.Op) error {
	if op.Action != targets.Add && op.Action != targets.Remove {
		return fmt.Errorf("%q is not something a Jira site does: accounts are the Atlassian organisation's", op.Action)
	}
	if op.Account.ID == "" && op.Account.Name == "" {
		return errors.New("the op names no account")
	}
	e := op.Entitlement
	if e.Target != t.name || !t.has(e.Kind) || e.ID == "" || !utf8.ValidString(e.ID) {
		return fmt.Errorf("%s is none of target %s", e, t.name)
	}
	if key, _, ok := splitRole(e.ID); e.Kind == kindRole && (!ok || !t.looksAt(key)) {
		return fmt.Errorf("%s: write project-role/KEY/ROLE, with the key of a project that is looked at", e)
	}
	if e.Kind == kindGroup && t.foreign(e.ID) {
		return fmt.Errorf("%s is read only here: read_only says that somebody else decides about it", e)
	}
	return nil
}

var errNotThere = errors.New("the site has no such group, project or role, or the token may not see it")

// looked tells what became of an op of which only a look failed: nothing was changed.
func looked(op targets.Op, err error) targets.Result {
	if errors.Is(err, errNobody) || errors.Is(err, errNotThere) {
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	}
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Unknown || httpkit.AsFailure(err) == nil {
		r.Outcome = targets.Unreachable
	}
	return r
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
	return f.Status == 401 || f.Kind() == identity.Throttled
}
