package targettest

import (
	"strings"
	"testing"

	"birthright/targets"
)

// nameCases ask about names as people and machines really write them.
func nameCases() []Case {
	return []Case{
		{
			Name: "letter case", Why: "Bob and bob are one person on some systems and two on others; guessing wrong merges or doubles people",
			needs: []need{hasPeople}, run: letterCase,
		},
		{
			Name: "awkward account names", Why: "a name that is pasted into a filter, path or DN unescaped reaches somebody else's account",
			needs: []need{hasPeople}, run: awkwardAccounts,
		},
		{
			Name: "awkward entitlement names", Why: "the same of groups: people name them freely",
			needs: []need{hasPeople}, run: awkwardEntitlements,
		},
		{
			Name: "awkward values", Why: "titles hold quotes, commas and every script there is",
			needs: []need{hasPeople, canUpdate, hasValues}, run: awkwardValues,
		},
		{
			Name: "names that are patterns", Why: "an account called * must not stand for everybody",
			needs: []need{hasPeople}, run: patterns,
		},
	}
}

// awkward are names with everything that some syntax somewhere gives a meaning to.
func awkward() []string {
	return []string{
		"o'brien", `comma, "quoted"`, "plus+sign", `back\slash`, "semi;colon<less>", "#hash", " leading blank", "trailing blank ",
		"two  blanks", "star*(paren)", "=formula", "@at", "-dash", "sla/sh", "per%20cent", "a=b", "colon:name", "q?u&ery",
		"паша", "李雷", "jos\u00e9", "jose\u0301e", "ﬁ ligature", "emoji 🦉", strings.Repeat("long-", 12) + "name",
	}
}

func letterCase(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	p.converge(t, newWant().account("Bob").gives(eng, "Bob"))
	if p.Target.Capabilities().FoldNames {
		s := p.converge(t, newWant().account("bob").gives(eng, "bob"))
		if len(s.Accounts) != 1 {
			t.Errorf("%d accounts, want one", len(s.Accounts))
		}
		if p.Target.Capabilities().ImplicitAccounts {
			return
		}
		if r := p.one(t, targets.Op{Action: targets.Add, Account: targets.Account{Name: "bOB"}, Entitlement: eng}); r.Outcome != targets.Already {
			t.Errorf("giving bOB what Bob has: %s, want already", told(r))
		}
		return
	}
	w, held := newWant().account("Bob").account("bob").gives(eng, "Bob"), 1
	if p.fleeting() {
		w, held = w.gives(eng, "bob"), 2
	}
	s := p.converge(t, w)
	if len(s.Accounts) != 2 || len(s.Assignments) != held {
		t.Errorf("%d accounts with %d assignments, want 2 with %d", len(s.Accounts), len(s.Assignments), held)
	}
}

// acceptable splits names by whether the target takes them.
func (p Peer) acceptable(names []string) (taken, refused []string) {
	for _, n := range names {
		if p.refuses(n) {
			refused = append(refused, n)
		} else {
			taken = append(taken, n)
		}
	}
	return taken, refused
}

func awkwardAccounts(t testing.TB, p Peer) {
	taken, refused := p.acceptable(awkward())
	w := newWant().gives(p.entitlement("eng"), taken...)
	for _, n := range taken {
		w.account(n)
	}
	s := p.converge(t, w)
	shown := map[string]bool{}
	for _, a := range s.Accounts {
		shown[a.Name] = true
	}
	for _, n := range taken {
		if want := p.normal(targets.Account{Name: n}).Name; !shown[want] {
			t.Errorf("%q does not read back as %q", n, want)
		}
	}
	for _, n := range refused {
		if r := p.one(t, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: n, Active: true}}); r.Outcome != targets.Refused {
			t.Errorf("creating %q: %s, want refused", n, told(r))
		}
	}
	p.converge(t, w.without(taken[0]))
	p.converge(t, newWant())
}

func awkwardEntitlements(t testing.TB, p Peer) {
	taken, _ := p.acceptable(awkward())
	w := newWant().account("ada").account("bob")
	for _, n := range taken {
		w.gives(p.entitlement(n), "ada", "bob")
	}
	s := p.converge(t, w)
	for _, n := range taken {
		if !has(s, p.entitlement(n).String()) {
			t.Errorf("entitlement %q does not read back", n)
		}
	}
	p.converge(t, w.without("bob"))
}

func has(s targets.State, address string) bool {
	for _, e := range s.Entitlements {
		if e.Address.String() == address {
			return true
		}
	}
	return false
}

func awkwardValues(t testing.TB, p Peer) {
	taken, _ := p.acceptable(awkward())
	for _, v := range taken {
		w := newWant().account("ada", p.value(0), v)
		s := p.converge(t, w)
		if got, want := s.Accounts[0].Attributes.First(p.value(0)), p.normal(w.accounts["ada"]).Attributes.First(p.value(0)); got != want {
			t.Errorf("%s %q reads back as %q", p.value(0), want, got)
		}
	}
}

func patterns(t testing.TB, p Peer) {
	w := newWant().account("ada").account("bob").gives(p.entitlement("eng"), "ada", "bob")
	p.converge(t, w)
	for _, pattern := range []string{"*", "a*", "%", "ad_", "ada)(uid=bob", `ada" or userName eq "bob`, "ada' OR '1'='1"} {
		for _, action := range []targets.Action{targets.Remove, targets.DeleteAccount} {
			p.one(t, targets.Op{Action: action, Account: targets.Account{Name: pattern}, Entitlement: p.entitlement("eng")})
		}
		if p.Target.Capabilities().ImplicitAccounts {
			continue
		}
		if s, err := targets.ReadState(t.Context(), p.Target, targets.Query{Accounts: []targets.Account{{Name: pattern}}}); err != nil || len(s.Accounts) > 0 {
			t.Errorf("asked for an account called %q: found %d accounts, error %v", pattern, len(s.Accounts), err)
		}
	}
	p.settled(t, w)
}
