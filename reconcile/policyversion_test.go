package reconcile_test

import (
	"context"
	"strings"
	"testing"

	"birthright/reconcile"
	"birthright/store"
)

// keepPolicy keeps the policy in force, as the program does when it loads one.
func (h *hub) keepPolicy() int64 {
	h.Helper()
	row := store.PolicyRow{Hash: h.engine.Policy().Hash}
	h.update(func(ctx context.Context, tx *store.Tx) error { return tx.KeepPolicy(ctx, &row) })
	return row.N
}

// givenUnder tells under which loading of the policy ada has each group.
func (h *hub) givenUnder() map[string]int64 {
	h.Helper()
	under := map[string]int64{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		u, err := tx.UserByName(ctx, "ada")
		h.must(err)
		rows, err := tx.MembershipsOfUsers(ctx, []int64{u.N})
		h.must(err)
		for _, row := range rows {
			names, err := tx.GroupNames(ctx, []int64{row.GroupN})
			h.must(err)
			under[names[row.GroupN]] = row.PolicyN
		}
		return nil
	})
	return under
}

// A membership names the policy that gave it with its causes, and keeps it while
// later ones say the same.
func TestAMembershipNamesThePolicyThatGaveIt(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	h.same("before policies were kept", h.givenUnder(), map[string]int64{"everybody": 0, "engineering": 0})

	first := h.keepPolicy()
	h.full()
	h.same("nothing changed", h.givenUnder(), map[string]int64{"everybody": 0, "engineering": 0})
	h.change("ada", "department", "Sales")
	h.steps()
	h.same("she moved", h.givenUnder(), map[string]int64{"everybody": 0, "sales": first, "newcomers": first})

	h.setPolicy(company + "  - {name: greeters, when: user.department == \"Sales\", groups: [newcomers]}\n")
	second := h.keepPolicy()
	h.sync(reconcile.Request{})
	h.same("one got a second cause", h.givenUnder(), map[string]int64{"everybody": 0, "sales": first, "newcomers": second})

	h.setPolicy(company)
	third := h.keepPolicy()
	h.sync(reconcile.Request{})
	h.same("the first policy again", h.givenUnder(), map[string]int64{"everybody": 0, "sales": first, "newcomers": third})

	h.setPolicy(strings.ReplaceAll(company, "sellers", "salespeople"))
	h.sync(reconcile.Request{})
	h.same("one that nobody kept", h.givenUnder(), map[string]int64{"everybody": 0, "sales": 0, "newcomers": third})
}
