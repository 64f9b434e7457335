package scim

import (
	"fmt"
	"testing"

	"birthright/targets"
	"birthright/targets/scim/scimsim"
	"birthright/targets/targettest/simtest"
)

// TestCallsOfAFirstLoad fills an empty server with 1,000 people and 100 groups of 100,
// as the engine does: a call for each person, each group and each hundred members, and
// nothing is looked up that the read before told.
func TestCallsOfAFirstLoad(t *testing.T) {
	const people, groups, size = 1000, 100, 100
	app := scimsim.New(scimsim.Options{Token: token, PageSize: 100, MaxMembers: 100})
	rig := simtest.New(app)
	target := speaker(t, rig, func(c *Config) { c.PageSize, c.MaxMembers = 100, 100 })
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	reading := target.Calls()
	batch := target.Capabilities().MaxBatch
	apply := func(ops []targets.Op) (ids []string) {
		for from := 0; from < len(ops); from += batch {
			for _, r := range target.Apply(t.Context(), ops[from:min(from+batch, len(ops))]) {
				if r.Outcome != targets.Done {
					t.Fatal(r.Outcome, r.Err)
				}
				ids = append(ids, r.AccountID)
			}
		}
		return ids
	}
	var ops []targets.Op
	for i := range people {
		ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: fmt.Sprintf("p%04d", i), Active: true}})
	}
	ids := apply(ops)
	ops = nil
	for g := range groups {
		ops = append(ops, targets.Op{Action: targets.CreateEntitlement, Entitlement: ent(fmt.Sprint("g", g))})
	}
	apply(ops)
	ops = nil
	for g := range groups {
		for m := range size {
			ops = append(ops, targets.Op{Action: targets.Add, Account: targets.Account{ID: ids[(g*7+m)%people]}, Entitlement: ent(fmt.Sprint("g", g))})
		}
	}
	apply(ops)
	if calls := target.Calls() - reading; calls != people+groups+groups*size/100 {
		t.Errorf("%d calls, want %d", calls, people+groups+groups*size/100)
	}
	if u, g, m := app.Size(); u != people || g != groups || m != groups*size {
		t.Errorf("%d users, %d groups, %d memberships", u, g, m)
	}
	before := target.Calls()
	if _, err := targets.ReadState(t.Context(), target, targets.Query{}); err != nil {
		t.Fatal(err)
	}
	if calls := target.Calls() - before; calls != people/100+groups/100 {
		t.Errorf("a whole read took %d calls", calls)
	}
}

// TestCallsOfALook asks for many people and groups of many: lists are read where that
// takes fewer requests than one question for each, and what is found is the same.
func TestCallsOfALook(t *testing.T) {
	app := scimsim.New(scimsim.Options{Token: token, PageSize: 100})
	rig := simtest.New(app)
	target := speaker(t, rig, func(c *Config) { c.PageSize = 100 })
	var all targets.State
	for i := range 300 {
		a := targets.Account{Name: fmt.Sprintf("p%04d", i), Active: true}
		all.Accounts = append(all.Accounts, a)
		all.Assignments = append(all.Assignments, targets.Assignment{AccountID: a.Name, Entitlement: ent(fmt.Sprint("g", i%150)), Indirect: i%2 == 1})
	}
	app.Seed(all)
	for _, want := range []struct {
		n     int
		calls int64
	}{{2, 7}, {90, 8}, {90, 6}} { // how long the lists are need not be asked again
		n := want.n
		var q targets.Query
		for i := range n {
			who := targets.Account{Name: fmt.Sprintf("P%04d", i)}
			q.Accounts, q.Entitlements = append(q.Accounts, who), append(q.Entitlements, ent(fmt.Sprint("g", i)))
		}
		before := target.Calls()
		s, err := targets.ReadState(t.Context(), target, q)
		if err != nil || len(s.Accounts) != n || len(s.Entitlements) != n || len(s.Assignments) != n {
			t.Fatalf("%d: %d accounts, %d groups, %d assignments, %v", n, len(s.Accounts), len(s.Entitlements), len(s.Assignments), err)
		}
		for _, a := range s.Assignments {
			if odd := (a.Entitlement.ID[len(a.Entitlement.ID)-1]-'0')%2 == 1; odd != a.Indirect {
				t.Errorf("%+v", a)
			}
		}
		if calls := target.Calls() - before; calls != want.calls {
			t.Errorf("%d of each took %d requests, want %d", n, calls, want.calls)
		}
	}
}
