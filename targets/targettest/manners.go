package targettest

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"

	"github.com/google/go-cmp/cmp"
)

// mannerCases ask how a target treats what is not ours and what makes no sense.
func mannerCases() []Case {
	return []Case{
		{
			Name: "strangers are left alone", Why: "what the hub did not make, it does not touch",
			needs: []need{hasPeople, canSeed}, run: strangers,
		},
		{
			Name: "held through something else", Why: "fighting a nested group removes and re-adds for ever, or removes the wrong thing",
			needs: []need{nests}, run: indirect,
		},
		{
			Name: "unknown account is stale", Why: "a deed for an account that is not there is not done, and nothing may be made up",
			needs: []need{hasPeople, explicit}, run: unknownAccount,
		},
		{
			Name: "unknown entitlement is stale", Why: "giving what does not exist gives nothing, whatever the reply said",
			needs: []need{hasPeople, {"entitlements that must exist", func(p Peer) bool { return !p.Target.Capabilities().ImplicitEntitlements }}},
			run:   unknownEntitlement,
		},
		{
			Name: "nonsense is refused, in its place", Why: "one bad op must neither panic, nor shift the results of the good ones",
			needs: []need{hasPeople}, run: nonsense,
		},
		{
			Name: "nothing to do", Why: "an empty call is asked by every engine sooner or later",
			run: func(t testing.TB, p Peer) {
				if got := p.Target.Apply(t.Context(), nil); len(got) != 0 {
					t.Errorf("Apply of nothing returned %d results", len(got))
				}
			},
		},
		{
			Name: "scoped reads", Why: "a read of one account that shows too little looks like drift, one that shows too much costs like all",
			needs: []need{hasPeople}, run: scopedReads,
		},
		{
			Name: "a sink's error ends the read", Why: "whoever cannot take what is read must not be told that all is well",
			needs: []need{hasPeople}, run: sinkError,
		},
	}
}

func strangers(t testing.TB, p Peer) {
	eng, theirs := p.entitlement("eng"), p.entitlement("theirs")
	p.Seed(t, targets.State{
		Accounts:     []targets.Account{{Name: "stranger", Active: true}},
		Entitlements: []targets.Entitlement{{Address: eng}, {Address: theirs}},
		Assignments:  []targets.Assignment{{AccountID: "stranger", Entitlement: eng}, {AccountID: "stranger", Entitlement: theirs}},
	})
	before := p.read(t)
	if len(before.Accounts) == 0 || len(before.Assignments) != 2 {
		t.Fatalf("seeded strangers are not seen: %d accounts, %d assignments", len(before.Accounts), len(before.Assignments))
	}
	base := wantOf(before)
	p.converge(t, base.clone().account("ada", p.value(0), "one").account("bob").gives(eng, "ada", "bob").gives(theirs, "ada"))
	p.converge(t, base.clone().account("ada", p.value(0), "two").gives(eng, "ada"))
	after := p.converge(t, base)
	after.Accounts = keep(after.Accounts, func(a targets.Account) bool { return a.Name == "stranger" })
	before.Accounts = keep(before.Accounts, func(a targets.Account) bool { return a.Name == "stranger" })
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("strangers changed (-before +after):\n%s", d)
	}
}

func keep[E any](in []E, ok func(E) bool) []E {
	var out []E
	for _, e := range in {
		if ok(e) {
			out = append(out, e)
		}
	}
	return out
}

func indirect(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	p.Seed(t, targets.State{
		Accounts:     []targets.Account{{Name: "nested", Active: true}, {Name: "direct", Active: true}},
		Entitlements: []targets.Entitlement{{Address: eng}},
		Assignments: []targets.Assignment{
			{AccountID: "nested", Entitlement: eng, Indirect: true}, {AccountID: "direct", Entitlement: eng},
		},
	})
	before := p.read(t)
	found := map[bool]int{}
	for _, a := range before.Assignments {
		if a.Entitlement == eng {
			found[a.Indirect]++
		}
	}
	if found[true] != 1 || found[false] != 1 {
		t.Fatalf("one direct and one indirect assignment were seeded; read %d and %d", found[false], found[true])
	}
	r := p.one(t, targets.Op{Action: targets.Remove, Account: targets.Account{Name: "nested"}, Entitlement: eng})
	if r.Outcome == targets.Done {
		t.Error("removing what is held through something else: done, which cannot be")
	}
	if d := cmp.Diff(before, p.read(t)); d != "" {
		t.Errorf("contents changed (-before +after):\n%s", d)
	}
}

func unknownAccount(t testing.TB, p Peer) {
	w := newWant().account("ada").gives(p.entitlement("eng"), "ada")
	p.converge(t, w)
	unknown := []targets.Account{{Name: "nobody"}, {ID: "00000000-0000-4000-8000-000000000000", Name: "ada"}}
	for _, a := range unknown {
		for _, action := range []targets.Action{targets.Add, targets.Remove, targets.UpdateAccount, targets.DisableAccount, targets.EnableAccount} {
			if !p.understands(action) {
				continue
			}
			r := p.one(t, targets.Op{Action: action, Account: a, Entitlement: p.entitlement("eng")})
			if r.Outcome != targets.Stale || identity.KindOf(r.Err) != identity.NotFound {
				t.Errorf("%s for id %q, name %q: %s (kind %s), want stale and not found", action, a.ID, a.Name, told(r), identity.KindOf(r.Err))
			}
		}
	}
	p.settled(t, w)
}

func unknownEntitlement(t testing.TB, p Peer) {
	p.converge(t, newWant().account("ada"))
	for _, action := range []targets.Action{targets.Add, targets.Remove} {
		r := p.one(t, targets.Op{Action: action, Account: targets.Account{Name: "ada"}, Entitlement: p.entitlement("nowhere")})
		if r.Outcome != targets.Stale || identity.KindOf(r.Err) != identity.NotFound {
			t.Errorf("%s of an entitlement that is not there: %s, want stale and not found", action, told(r))
		}
	}
	p.settled(t, newWant().account("ada"))
}

func nonsense(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	p.converge(t, newWant().account("ada").gives(eng))
	ada := targets.Account{Name: "ada"}
	elsewhere := identity.Entitlement{Target: p.name() + "-not", Kind: p.kind(), ID: "eng"}
	ops := []targets.Op{
		{Action: "dance", Account: ada, Entitlement: eng},
		{},
		{Action: targets.Add, Account: ada, Entitlement: elsewhere},
		{Action: targets.Add, Account: ada},
		{Action: targets.Add, Entitlement: eng},
		{Action: targets.CreateAccount},
		{Action: targets.Add, Account: ada, Entitlement: eng},
	}
	if kinds := p.Target.Capabilities().Kinds; len(kinds) > 0 {
		other := identity.Entitlement{Target: p.name(), Kind: strings.Join(kinds, "") + "x", ID: "eng"}
		ops = append([]targets.Op{{Action: targets.Remove, Account: ada, Entitlement: other}}, ops...)
	}
	results := p.apply(t, ops)
	for i, r := range results[:len(ops)-1] {
		if r.Outcome != targets.Refused {
			t.Errorf("op %d (%s): %s, want refused", i, describe(ops[i]), told(r))
		}
	}
	if last := results[len(ops)-1]; last.Outcome != targets.Done {
		t.Errorf("the good op after the bad ones: %s, want done", told(last))
	}
	p.settled(t, newWant().account("ada").gives(eng, "ada"))
}

func scopedReads(t testing.TB, p Peer) {
	eng, ops := p.entitlement("eng"), p.entitlement("ops")
	whole := p.converge(t, newWant().account("ada").account("bob").account("eve").gives(eng, "ada", "bob").gives(ops, "bob"))
	var ada, bob targets.Account
	for _, a := range whole.Accounts {
		switch p.fold(a.Name) {
		case p.fold("ada"):
			ada = a
		case p.fold("bob"):
			bob = a
		}
	}
	queries := map[string]targets.Query{
		"by id":              {Accounts: []targets.Account{{ID: bob.ID}}},
		"by name":            {Accounts: []targets.Account{{Name: "bob"}}},
		"by both, and twice": {Accounts: []targets.Account{bob, {Name: "bob"}, ada}},
		"not there":          {Accounts: []targets.Account{{Name: "nobody"}}},
		"no accounts":        {Accounts: []targets.Account{}},
		"one entitlement":    {Entitlements: []identity.Entitlement{ops, ops}},
		"no entitlements":    {Entitlements: []identity.Entitlement{}},
		"absent entitlement": {Entitlements: []identity.Entitlement{p.entitlement("nowhere")}},
		"both":               {Accounts: []targets.Account{ada}, Entitlements: []identity.Entitlement{eng}},
	}
	for name, q := range queries {
		got, err := targets.ReadState(t.Context(), p.Target, q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(cut(p, whole, q), got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// cut returns the part of s that q asks for.
func cut(p Peer, s targets.State, q targets.Query) targets.State {
	var out targets.State
	shown := map[string]bool{}
	for _, a := range s.Accounts {
		asked := q.Accounts == nil
		for _, want := range q.Accounts {
			asked = asked || want.ID == a.ID || want.ID == "" && p.fold(want.Name) == p.fold(a.Name)
		}
		if asked {
			shown[a.ID] = true
			out.Accounts = append(out.Accounts, a)
		}
	}
	asked := func(e identity.Entitlement) bool {
		for _, want := range q.Entitlements {
			if want == e {
				return true
			}
		}
		return q.Entitlements == nil
	}
	out.Entitlements = keep(s.Entitlements, func(e targets.Entitlement) bool { return asked(e.Address) })
	out.Assignments = keep(s.Assignments, func(a targets.Assignment) bool { return shown[a.AccountID] && asked(a.Entitlement) })
	return out
}

func sinkError(t testing.TB, p Peer) {
	p.converge(t, newWant().account("ada").account("bob").gives(p.entitlement("eng"), "ada"))
	for _, at := range []string{"account", "entitlement", "assignment"} {
		sink := &stubborn{at: at}
		end, err := p.Target.Read(t.Context(), targets.Query{}, sink)
		if err == nil || end.Complete || !sinkSaid(err) {
			t.Errorf("a sink that fails at an %s: complete %v, error %v; want its own error", at, end.Complete, err)
		}
		if sink.after {
			t.Errorf("a sink that failed at an %s was given more", at)
		}
	}
}
