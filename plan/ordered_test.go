package plan_test

import (
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

// What somebody ordered to go goes, whoever gave it and whatever the target is told
// about members of others; not what is held through something else, nor what a
// membership gives.
func TestOrderedRemovals(t *testing.T) {
	cause := []identity.Cause{{Kind: identity.CauseReview, Name: "o_1"}}
	account := targets.Account{ID: "7", Name: "ada", Active: true}
	for name, c := range map[string]struct {
		want    []int64
		holding plan.Holding
		removed bool
	}{
		"found by hand":        {holding: plan.Holding{Entitlement: 9, Present: true, Ordered: cause}, removed: true},
		"the hub's":            {holding: plan.Holding{Entitlement: 9, Present: true, Managed: true, Ordered: cause}, removed: true},
		"not ordered":          {holding: plan.Holding{Entitlement: 9, Present: true}},
		"through another":      {holding: plan.Holding{Entitlement: 9, Present: true, Indirect: true, Ordered: cause}},
		"given by a group now": {want: []int64{9}, holding: plan.Holding{Entitlement: 9, Present: true, Managed: true, Ordered: cause}},
	} {
		s := plan.Settings{Target: "app", Unmanaged: plan.Ignore}
		out := plan.User(s, plan.Desired{UserN: 1, User: "ada", State: identity.Active, Account: account, Entitlements: c.want},
			plan.Actual{Account: &account, Managed: true, Entitlements: []plan.Holding{c.holding}}, names{})
		if removed := len(out.Changes) == 1 && out.Changes[0].Action == targets.Remove && out.Changes[0].Ordered; removed != c.removed || len(out.Changes) > 1 {
			t.Errorf("%s: %+v", name, out.Changes)
		}
		if len(c.want) > 0 {
			continue
		}
		changes, _ := plan.Strangers(s, account, []plan.Holding{c.holding}, names{})
		if removed := len(changes) == 1 && changes[0].Ordered; removed != c.removed {
			t.Errorf("%s, of a stranger: %+v", name, changes)
		}
	}
}
