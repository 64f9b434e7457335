package plan_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

func same(t failer, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// names are ten entitlements, e1 to e10: those from 6 on are not governed, and
// e5 does not exist.
type names struct{}

func (names) Entitlement(n int64) identity.Entitlement {
	return identity.Entitlement{Target: "app", Kind: "group", ID: fmt.Sprint("e", n)}
}
func (names) Exists(n int64) bool   { return n != 5 }
func (names) Governed(n int64) bool { return n <= 5 }
func (names) Why(_, n int64) []identity.Cause {
	return []identity.Cause{{Kind: identity.CauseRule, Name: fmt.Sprint("rule", n)}}
}

// Until gives e4 an end.
func (names) Until(_, n int64) time.Time {
	if n == 4 {
		return evening
	}
	return time.Time{}
}

var evening = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// able is a target that can do everything.
var able = targets.Capabilities{
	CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true, CreateEntitlements: true,
	Attributes: []string{"email", "title"},
}

func settings(change func(*plan.Settings)) plan.Settings {
	s := plan.Settings{Target: "app", CreateAccounts: true, Leaver: plan.DisableLeaver, Capabilities: able}
	if change != nil {
		change(&s)
	}
	return s
}

func account(name string) targets.Account {
	return targets.Account{Name: name, Active: true, Attributes: identity.Attributes{"email": {name + "@example.com"}}}
}

// ada is the person of most tests, with what she should have.
func ada(state identity.State, entitlements ...int64) plan.Desired {
	return plan.Desired{UserN: 1, User: "ada", State: state, Account: account("ada"), Entitlements: entitlements}
}

// there is what she has: an account of hers that is as wanted.
func there(holdings ...plan.Holding) plan.Actual {
	a := account("ada")
	a.ID = "id-1"
	return plan.Actual{Account: &a, Managed: true, Entitlements: holdings}
}

// texts renders an outcome, one line a step.
func texts(o plan.Outcome) []string {
	out := []string{}
	for _, c := range o.Changes {
		line := string(c.Action) + " " + c.Account.Name
		if !c.Entitlement.IsZero() {
			line += " " + c.Entitlement.ID
		}
		if c.Action.Removes() && c.Ordered {
			line += ", ordered"
		}
		if !c.NotAfter.IsZero() {
			line += ", until " + c.NotAfter.Format("15:04")
		}
		out = append(out, line)
	}
	if o.AdoptAccount {
		out = append(out, "adopt account")
	}
	for _, n := range o.Adopt {
		out = append(out, fmt.Sprint("adopt e", n))
	}
	for _, n := range o.Forget {
		out = append(out, fmt.Sprint("forget e", n))
	}
	for _, n := range o.Renew {
		out = append(out, fmt.Sprint("renew e", n))
	}
	for _, d := range o.Drift {
		out = append(out, "tell "+string(d.Kind)+" "+d.Entitlement.ID)
	}
	for _, n := range o.WaitingFor {
		out = append(out, fmt.Sprint("wait for e", n, ": ", o.Waiting))
	}
	slices.Sort(out)
	return out
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}
