package slack

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/identity"
	"birthright/targets"
)

// Apply makes ops true: those of one user group by one write, those of a channel by few.
func (t *Target) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	a := &application{t: t, ops: ops, results: make([]targets.Result, len(ops)), byEntitlement: map[identity.Entitlement][]int{}, written: map[string][]change{}}
	for i, op := range ops {
		a.take(ctx, i, op)
	}
	a.flush(ctx)
	a.verify(ctx)
	return a.results
}

// application is one Apply on its way.
type application struct {
	t       *Target
	ops     []targets.Op
	results []targets.Result
	// byEntitlement are the membership ops that wait, in the order of order.
	byEntitlement map[identity.Entitlement][]int
	order         []identity.Entitlement
	// written are the changes by handle that Slack took, to be looked at once more.
	written map[string][]change
	// halt is why nothing more is sent.
	halt error
}

func (a *application) take(ctx context.Context, i int, op targets.Op) {
	if err := a.t.check(op); err != nil {
		a.results[i] = targets.Failed(op, targets.Refused, identity.Invalid, err)
		return
	}
	if op.Action == targets.CreateEntitlement {
		a.flush(ctx) // what names it sees it as it was
		a.results[i] = a.settle(ctx, op, func() targets.Result { return a.t.createGroup(ctx, op) })
		return
	}
	if a.byEntitlement[op.Entitlement] == nil {
		a.order = append(a.order, op.Entitlement)
	}
	a.byEntitlement[op.Entitlement] = append(a.byEntitlement[op.Entitlement], i)
}

// settle runs one step unless there is no point in going on.
func (a *application) settle(ctx context.Context, op targets.Op, step func() targets.Result) targets.Result {
	if err := ctx.Err(); err != nil {
		return targets.Failed(op, targets.Unreachable, identity.Unavailable, err)
	}
	if a.halt != nil {
		return looked(op, a.halt)
	}
	r := step()
	if !r.Outcome.OK() && hopeless(r.Err) {
		a.halt = r.Err
	}
	return r
}

// change is a membership op whose account was found.
type change struct {
	i  int
	id string
}

// flush makes the membership ops true, entitlement by entitlement.
func (a *application) flush(ctx context.Context) {
	for _, e := range a.order {
		var changes []change
		for _, i := range a.byEntitlement[e] {
			c := change{i: i}
			a.results[i] = a.settle(ctx, a.ops[i], func() targets.Result {
				id, err := a.t.accountID(ctx, a.ops[i].Account)
				if err != nil {
					return looked(a.ops[i], err)
				}
				c.id = id
				return targets.Result{Outcome: targets.Done, AccountID: id}
			})
			if c.id != "" {
				changes = append(changes, c)
			}
		}
		switch {
		case len(changes) == 0:
		case e.Kind == kindChannel:
			a.channel(ctx, e.ID, changes)
		default:
			a.group(ctx, e.ID, changes)
		}
	}
	a.order = nil
	clear(a.byEntitlement)
}

// all gives changes one result, each in its own words.
func (a *application) all(changes []change, of func(op targets.Op) targets.Result) {
	for _, c := range changes {
		r := of(a.ops[c.i])
		r.AccountID = c.id
		a.results[c.i] = r
		if !r.Outcome.OK() && hopeless(r.Err) {
			a.halt = r.Err
		}
	}
}

// handles are what Slack takes for the handle of a user group.
var handles = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,79}$`)

// check refuses what cannot be asked.
func (t *Target) check(op targets.Op) error {
	switch op.Action {
	case targets.CreateEntitlement:
		switch {
		case !t.config.Usergroups.Create:
			return errors.New("user groups are not created here: allow it with usergroups: {create: true}, or make the group by hand")
		case op.Entitlement.Kind == kindChannel:
			return errors.New("channels are not created here: make the channel, and invite the app")
		case !handles.MatchString(op.Entitlement.ID):
			return fmt.Errorf("%q cannot be a handle: lower-case letters, digits, dots, dashes and underscores", op.Entitlement.ID)
		}
	case targets.Add, targets.Remove:
		if op.Account.ID == "" && op.Account.Name == "" {
			return errors.New("the op names no account")
		}
	default:
		return fmt.Errorf("%q is not something that this API does: accounts are made and ended by SCIM or by hand", op.Action)
	}
	if e := op.Entitlement; e.Target != t.name || e.ID == "" || !slices.Contains(t.Capabilities().Kinds, e.Kind) {
		return fmt.Errorf("%s is nothing that target %s gives", e, t.name)
	}
	for _, s := range []string{op.Account.ID, op.Account.Name, op.Entitlement.ID} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fmt.Errorf("%q is not text", s)
		}
	}
	return nil
}
