package targettest

import (
	"slices"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// historyCases compare a target with the reference model over random histories.
func historyCases() []Case {
	return []Case{{
		Name: "random histories agree with the model", Why: "nobody thinks of every order in which things happen",
		needs: []need{hasPeople}, long: true, run: histories,
	}}
}

// histories is how many random histories are played, and calls how many Apply
// calls each has.
const (
	historyCount = 12
	historyCalls = 12
)

func histories(t testing.TB, p Peer) {
	for seed := range historyCount {
		model := memory.New(p.name(), memory.WithCapabilities(p.Target.Capabilities()))
		m := Peer{Target: model, Name: p.name(), Kind: p.kind()}
		// Histories share one peer: the model starts from what the last one left.
		p.converge(t, newWant())
		p.provide(t, p.everybody())
		model.Seed(p.unnumbered(p.read(t)))
		history := rapid.Custom(p.history).Example(seed + 1)
		for step, ops := range history {
			got, want := p.apply(t, p.numbered(t, ops)), m.apply(t, m.numbered(t, ops))
			for i := range ops {
				if class(got[i].Outcome) != class(want[i].Outcome) {
					t.Fatalf("history %d, call %d, op %d of %d, %s: %s, but the model says %s",
						seed, step, i, len(ops), describe(ops[i]), told(got[i]), told(want[i]))
				}
			}
			if d := cmp.Diff(m.unnumbered(m.read(t)), p.unnumbered(p.read(t))); d != "" {
				t.Fatalf("history %d after call %d (-model +target):\n%s\ncall: %v", seed, step, d, describeAll(ops))
			}
		}
	}
}

// class is what must agree: a target may not know whether it was true before.
func class(o targets.Outcome) string {
	if o.OK() {
		return "ok"
	}
	return string(o)
}

// history draws calls of Apply over few names, so that they meet.
func (p Peer) history(t *rapid.T) [][]targets.Op {
	calls := make([][]targets.Op, historyCalls)
	for i := range calls {
		calls[i] = rapid.SliceOfN(rapid.Custom(p.randomOp), 1, 6).Draw(t, "call")
	}
	return calls
}

// cast are the people of a history.
var cast = []string{"ada", "bob", "c, d+e", "ßλ"}

// everybody is the cast, and what they are given.
func (p Peer) everybody() want {
	w := newWant().gives(p.entitlement("eng")).gives(p.entitlement("ops"))
	for _, name := range cast {
		if !p.refuses(name) {
			w.account(name)
		}
	}
	return w
}

func (p Peer) randomOp(t *rapid.T) targets.Op {
	name := rapid.SampledFrom(cast).Draw(t, "name")
	if p.refuses(name) {
		name = "ada"
	}
	actions := []targets.Action{targets.Add, targets.Add, targets.Remove}
	for _, a := range []targets.Action{
		targets.CreateAccount, targets.CreateAccount, targets.UpdateAccount, targets.EnableAccount, targets.DisableAccount,
		targets.DeleteAccount, targets.CreateEntitlement,
	} {
		if p.understands(a) {
			actions = append(actions, a)
		}
	}
	op := targets.Op{
		Action:      rapid.SampledFrom(actions).Draw(t, "action"),
		Account:     targets.Account{Name: name, Active: true, Attributes: identity.Attributes{}},
		Entitlement: p.entitlement(rapid.SampledFrom([]string{"eng", "ops"}).Draw(t, "entitlement")),
	}
	if len(p.Target.Capabilities().Attributes) > 0 {
		op.Account.Attributes.Set(p.value(0), rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, "value"))
	}
	op.Account = p.normal(op.Account)
	return op
}

// numbered gives the ops the ids that their accounts have on this target now; an
// account that is not there yet keeps the empty id.
func (p Peer) numbered(t testing.TB, ops []targets.Op) []targets.Op {
	deleted := slices.ContainsFunc(ops, func(op targets.Op) bool { return op.Action == targets.DeleteAccount })
	if deleted {
		return ops // ids end with their accounts; names say the same on both sides
	}
	ids := map[string]string{}
	for _, a := range p.read(t).Accounts {
		ids[p.fold(a.Name)] = a.ID
	}
	return named(ops, ids, p)
}

// unnumbered returns s with names in place of ids, sorted.
func (p Peer) unnumbered(s targets.State) targets.State {
	names := map[string]string{}
	var out targets.State
	for _, a := range s.Accounts {
		names[a.ID] = p.fold(a.Name)
		a.ID, a.Name = "", p.fold(a.Name)
		out.Accounts = append(out.Accounts, a)
	}
	for _, e := range s.Entitlements {
		e.Title = ""
		out.Entitlements = append(out.Entitlements, e)
	}
	for _, a := range s.Assignments {
		a.AccountID = names[a.AccountID]
		out.Assignments = append(out.Assignments, a)
	}
	out.Sort()
	return out
}

func describeAll(ops []targets.Op) []string {
	var out []string
	for _, op := range ops {
		out = append(out, describe(op))
	}
	return out
}
