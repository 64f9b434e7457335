package plan_test

import (
	"fmt"
	"testing"

	"birthright/plan"
	"birthright/targets"
)

// removal is the i-th removal that nobody ordered.
func removal(i int) plan.Change {
	return plan.Change{
		ID: fmt.Sprint("r", i), Target: "app", Action: targets.Remove, Account: account(fmt.Sprintf("user%03d", i)),
		Entitlement: names{}.Entitlement(1),
	}
}

func removals(n int) (changes []plan.Change) {
	for i := range n {
		changes = append(changes, removal(i))
	}
	return changes
}

// What a person refused stays, whatever the numbers, and holds up nothing else; what is
// ordered goes all the same.
func TestGuardAndRefusals(t *testing.T) {
	changes := removals(4)
	changes[1].Ordered = true
	refused := map[string]string{"r0": "ada: is wrong", "r1": "ada: is wrong", "r2": "ada: is wrong"}
	pass, held := plan.Guard(plan.Limits{Removals: 1, Percent: -1}, plan.Standing{Refused: refused}, changes)
	ids := []string{}
	for _, c := range pass {
		ids = append(ids, c.ID)
	}
	same(t, "pass", ids, []string{"r1", "r3"})
	for _, h := range held {
		same(t, h.Change.ID, h, plan.Stopped{Change: h.Change, Reason: "ada: is wrong", Refused: true})
	}
	same(t, "held", len(held), 2)
}

func TestGuard(t *testing.T) {
	none := plan.Limits{Removals: -1, Percent: -1}
	for _, tt := range []struct {
		name     string
		limits   plan.Limits
		standing plan.Standing
		n        int
		pass     int
		reason   string
	}{
		{name: "nothing", limits: plan.Limits{}, n: 0, pass: 0},
		{name: "no limits", limits: none, n: 1000, pass: 1000},
		{name: "at the limit", limits: plan.Limits{Removals: 3, Percent: -1}, n: 3, pass: 3},
		{name: "one more", limits: plan.Limits{Removals: 3, Percent: -1}, n: 4, reason: "4 removals that nobody ordered: the limit is 3 in 24 hours (guard.max_removals)"},
		{name: "none allowed", limits: plan.Limits{Removals: 0, Percent: -1}, n: 1, reason: "1 removal that nobody ordered: the limit is 0 in 24 hours (guard.max_removals)"},
		{name: "a drip", limits: plan.Limits{Removals: 3, Percent: -1}, standing: plan.Standing{Recent: 2}, n: 1, pass: 1},
		{name: "the last drop", limits: plan.Limits{Removals: 3, Percent: -1}, standing: plan.Standing{Recent: 3}, n: 1, reason: "1 removal now and 3 within the last 24 hours that nobody ordered: the limit is 3 in 24 hours (guard.max_removals)"},
		{name: "at the share", limits: plan.Limits{Removals: -1, Percent: 10}, standing: plan.Standing{Managed: 100}, n: 10, pass: 10},
		{name: "over the share", limits: plan.Limits{Removals: -1, Percent: 10}, standing: plan.Standing{Managed: 100}, n: 11, reason: "11 removals that nobody ordered, 11.0 % of the 100 managed assignments: the limit is 10 % in 24 hours (guard.max_removal_percent)"},
		{name: "the share of what was", limits: plan.Limits{Removals: -1, Percent: 10}, standing: plan.Standing{Managed: 91, Recent: 9}, n: 1, pass: 1},
		{name: "over it", limits: plan.Limits{Removals: -1, Percent: 2.5}, standing: plan.Standing{Managed: 98, Recent: 2}, n: 1, reason: "1 removal now and 2 within the last 24 hours that nobody ordered, 3.0 % of the 100 managed assignments: the limit is 2.5 % in 24 hours (guard.max_removal_percent)"},
		{name: "a small company", limits: plan.Limits{Removals: -1, Percent: 10, Floor: 10}, standing: plan.Standing{Managed: 20}, n: 10, pass: 10},
		{name: "not that small", limits: plan.Limits{Removals: -1, Percent: 10, Floor: 10}, standing: plan.Standing{Managed: 20}, n: 11, reason: "11 removals that nobody ordered, 55.0 % of the 20 managed assignments: the limit is 10 % in 24 hours (guard.max_removal_percent)"},
		{name: "held stays held", limits: none, standing: plan.Standing{Held: map[string]string{"r0": "because"}}, n: 1, reason: "because"},
		{name: "released goes", limits: plan.Limits{}, standing: plan.Standing{Recent: 9, Released: map[string]bool{"r0": true}}, n: 1, pass: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pass, held := plan.Guard(tt.limits, tt.standing, removals(tt.n))
			same(t, "pass", len(pass), tt.pass)
			same(t, "held", len(held), tt.n-tt.pass)
			for _, h := range held {
				same(t, "reason", h.Reason, tt.reason)
			}
		})
	}
}

func TestTheGuardIsForRemovalsThatNobodyOrdered(t *testing.T) {
	ordered, add := removal(0), removal(1)
	ordered.Ordered, add.Action = true, targets.Add
	pass, held := plan.Guard(plan.Limits{Removals: 0, Percent: 0}, plan.Standing{Recent: 1000, Managed: 1}, []plan.Change{add, ordered, removal(2)})
	same(t, "pass, in order", []string{pass[0].ID, pass[1].ID}, []string{"r0", "r1"})
	same(t, "held", len(held), 1)
}

func TestAReleasedChangeCountsAsOrdered(t *testing.T) {
	pass, _ := plan.Guard(plan.Limits{}, plan.Standing{Released: map[string]bool{"r0": true}}, removals(1))
	same(t, "ordered", pass[0].Ordered, true)
}
