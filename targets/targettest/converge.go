package targettest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"birthright/targets"
)

// converge makes the target hold exactly w, applying each step twice, and fails
// the test unless a second look finds nothing left to do. It returns that look.
func (p Peer) converge(t testing.TB, w want) targets.State {
	t.Helper()
	p.provide(t, w)
	ids := map[string]string{}
	for _, phase := range p.differ(p.read(t), w) {
		for round := range 2 {
			ops := named(phase, ids, p)
			for i, r := range p.apply(t, ops) {
				if !r.Outcome.OK() {
					t.Fatalf("%s, time %d: %s", describe(ops[i]), round+1, told(r))
				}
				if ops[i].Action == targets.CreateAccount && r.AccountID == "" {
					t.Fatalf("%s: %s, but the new account's id is not told", describe(ops[i]), r.Outcome)
				}
				learn(ids, ops[i], r, p)
			}
		}
	}
	return p.settled(t, w)
}

// convergeAtOnce does the same with all steps in as few calls as the target's
// batch size allows, each step once.
func (p Peer) convergeAtOnce(t testing.TB, w want) targets.State {
	t.Helper()
	p.provide(t, w)
	var all []targets.Op
	for _, phase := range p.differ(p.read(t), w) {
		all = append(all, phase...)
	}
	for i, r := range p.apply(t, all) {
		if !r.Outcome.OK() {
			t.Fatalf("%s, in one call of %d: %s", describe(all[i]), len(all), told(r))
		}
	}
	return p.settled(t, w)
}

// provide puts in what the target cannot make and w is about: people who have
// accounts already, and groups that somebody made.
func (p Peer) provide(t testing.TB, w want) {
	t.Helper()
	caps := p.Target.Capabilities()
	if p.Seed == nil || caps.CreateAccounts && (caps.CreateEntitlements || caps.ImplicitEntitlements) {
		return
	}
	d := newDiff(p, p.read(t))
	var missing targets.State
	for _, name := range slices.Sorted(maps.Keys(w.accounts)) {
		if _, there := d.byName[p.fold(name)]; !there && !caps.CreateAccounts && !caps.ImplicitAccounts {
			missing.Accounts = append(missing.Accounts, p.normal(w.accounts[name]))
		}
	}
	for _, e := range w.entitlements() {
		if !d.catalog[e.String()] && !caps.CreateEntitlements && !caps.ImplicitEntitlements {
			missing.Entitlements = append(missing.Entitlements, targets.Entitlement{Address: e})
		}
	}
	if len(missing.Accounts)+len(missing.Entitlements) > 0 {
		p.Seed(t, missing)
	}
}

// settled reads and fails unless nothing is left to do for w.
func (p Peer) settled(t testing.TB, w want) targets.State {
	t.Helper()
	s := p.read(t)
	var left []string
	for _, phase := range p.differ(s, w) {
		for _, op := range phase {
			left = append(left, describe(op))
		}
	}
	if len(left) > 0 {
		t.Fatalf("after everything was done, %d steps are still to do, first: %s", len(left), strings.Join(left[:min(3, len(left))], "; "))
	}
	return s
}

// apply passes ops on within the target's batch size and checks that there is
// one result for each, with an error exactly where it did not work.
func (p Peer) apply(t testing.TB, ops []targets.Op) []targets.Result {
	t.Helper()
	size := p.Target.Capabilities().MaxBatch
	if size <= 0 {
		size = max(1, len(ops))
	}
	results := make([]targets.Result, 0, len(ops))
	for start := 0; start < len(ops); start += size {
		part := ops[start:min(start+size, len(ops))]
		got := p.Target.Apply(t.Context(), part)
		if len(got) != len(part) {
			t.Fatalf("Apply returned %d results for %d ops", len(got), len(part))
		}
		results = append(results, got...)
	}
	for i, r := range results {
		if r.Outcome.OK() == (r.Err != nil) && r.Outcome != targets.Pending {
			t.Fatalf("%s: outcome %s with error %v", describe(ops[i]), r.Outcome, r.Err)
		}
	}
	return results
}

// one applies a single op.
func (p Peer) one(t testing.TB, op targets.Op) targets.Result {
	t.Helper()
	return p.apply(t, []targets.Op{op})[0]
}

// named returns ops with the ids that were learned of accounts made meanwhile.
func named(ops []targets.Op, ids map[string]string, p Peer) []targets.Op {
	out := make([]targets.Op, len(ops))
	for i, op := range ops {
		if op.Account.ID == "" && op.Action != targets.CreateAccount {
			op.Account.ID = ids[p.fold(op.Account.Name)]
		}
		out[i] = op
	}
	return out
}

func learn(ids map[string]string, op targets.Op, r targets.Result, p Peer) {
	if op.Action == targets.CreateAccount {
		ids[p.fold(op.Account.Name)] = r.AccountID
	}
}

// describe returns an op in words.
func describe(op targets.Op) string {
	text := string(op.Action)
	if op.Account.Name != "" || op.Account.ID != "" {
		text += fmt.Sprintf(" %q", op.Account.Name)
	}
	if !op.Entitlement.IsZero() {
		text += " " + op.Entitlement.String()
	}
	return text
}

// told returns a result in words.
func told(r targets.Result) string {
	if r.Err != nil {
		return fmt.Sprintf("%s: %v", r.Outcome, r.Err)
	}
	return string(r.Outcome)
}
