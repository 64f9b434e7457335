package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/targets"
)

// truth is what a target shows of the few things that a lost answer concerned.
type truth struct {
	dest     Destination
	accounts map[string]targets.Account // by id
	byName   map[string]string          // lower-case name → id
	holds    map[targets.Assignment]bool
	ends     map[targets.Assignment]time.Time // when the target itself ends what it holds
	exists   map[identity.Entitlement]bool
}

func newTruth(dest Destination) *truth {
	return &truth{
		dest: dest, accounts: map[string]targets.Account{}, byName: map[string]string{}, holds: map[targets.Assignment]bool{},
		ends: map[targets.Assignment]time.Time{}, exists: map[identity.Entitlement]bool{},
	}
}

// readBack reads the accounts and entitlements that changes name.
func readBack(ctx context.Context, dest Destination, changes []plan.Change) (t *truth, err error) {
	ctx, span := tracing.Start(ctx, "read back")
	defer func() { span.End(err) }()
	span.Target(dest.Name())
	span.Count(tracing.Changes, len(changes))
	t = newTruth(dest)
	q := targets.Query{Accounts: []targets.Account{}, Entitlements: []identity.Entitlement{}}
	for _, c := range changes {
		if c.Account.ID != "" || c.Account.Name != "" {
			q.Accounts = append(q.Accounts, c.Account)
		}
		if !c.Entitlement.IsZero() {
			q.Entitlements = append(q.Entitlements, c.Entitlement)
		}
	}
	slices.SortFunc(q.Entitlements, identity.CompareEntitlements)
	q.Entitlements = slices.Compact(q.Entitlements)
	end, err := dest.Target.Read(ctx, q, t)
	if err == nil && !end.Complete {
		err = &identity.Error{Kind: identity.Incomplete, Op: "read back from target " + dest.Name()}
	}
	return t, err
}

// Account implements targets.Sink.
func (t *truth) Account(a targets.Account) error {
	t.accounts[a.ID] = a
	t.byName[strings.ToLower(a.Name)] = a.ID
	return nil
}

// Entitlement implements targets.Sink.
func (t *truth) Entitlement(e targets.Entitlement) error {
	t.exists[e.Address] = true
	return nil
}

// Assignment implements targets.Sink.
func (t *truth) Assignment(a targets.Assignment) error {
	end := a.NotAfter
	a.Indirect, a.NotAfter = false, time.Time{}
	t.holds[a], t.ends[a] = true, end
	return nil
}

// verify says what became of a change of which the answer does not tell.
func (t *truth) verify(c plan.Change, was targets.Result) targets.Result {
	id := c.Account.ID
	if id == "" {
		id = t.byName[strings.ToLower(c.Account.Name)]
	}
	account, there := t.accounts[id]
	held := targets.Assignment{AccountID: id, Entitlement: c.Entitlement}
	holds := t.holds[held]
	var happened bool
	switch c.Action {
	case targets.Add:
		happened = holds && plan.SameEnd(t.ends[held], c.NotAfter)
	case targets.Remove:
		happened = !holds
	case targets.CreateAccount:
		happened = there
	case targets.DeleteAccount:
		happened = !there
	case targets.EnableAccount:
		happened = there && account.Active
	case targets.DisableAccount:
		happened = !account.Active // one that is gone is not active either
	case targets.UpdateAccount:
		happened = there && !plan.Differs(c.Account, account, t.dest.Settings.Capabilities)
	case targets.CreateEntitlement:
		happened = t.exists[c.Entitlement]
	}
	switch {
	case happened && was.Outcome == targets.Stale:
		return targets.Result{Outcome: targets.Already, AccountID: id}
	case happened:
		return targets.Result{Outcome: targets.Done, AccountID: id}
	case was.Outcome == targets.Stale:
		return was
	}
	return targets.Result{
		Outcome: targets.Unreachable, RetryAt: was.RetryAt,
		Err: fmt.Errorf("the answer was lost, and reading back shows that it did not happen: %w", resultError(was)),
	}
}
