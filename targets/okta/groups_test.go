package okta

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/okta/oktasim"
)

func address(name string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: Group, ID: name}
}

// What rules, imports and Okta itself fill is shown as such and never changed.
func TestGroupsThatOthersFill(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.org.Seed(targets.State{
		Accounts:    []targets.Account{named("ada"), named("bob")},
		Assignments: []targets.Assignment{{AccountID: "ada" + domain, Entitlement: address("ruled"), Indirect: true}, {AccountID: "bob" + domain, Entitlement: eng()}},
	})
	r.org.Import("APP_GROUP", "imported", "ada"+domain)
	r.org.Import("APP_GROUP", "eng", "ada"+domain) // of the same name as one of Okta's own
	r.org.Import("BUILT_IN", "Okta Administrators", "bob"+domain)
	s := r.read(t)
	shown := map[string]bool{}
	for _, e := range s.Entitlements {
		shown[e.Address.ID] = e.ReadOnly
	}
	want := map[string]bool{"ruled": true, "imported": true, "Okta Administrators": true, "eng": false}
	if fmt.Sprint(shown) != fmt.Sprint(want) {
		t.Errorf("read only: %v, want %v", shown, want)
	}
	for _, a := range s.Assignments {
		if a.Indirect != want[a.Entitlement.ID] {
			t.Errorf("%s: indirect %v", a.Entitlement, a.Indirect)
		}
	}
	if len(s.Assignments) != 4 {
		t.Errorf("%d assignments, want 4", len(s.Assignments))
	}
	for _, name := range []string{"ruled", "imported", "Okta Administrators"} {
		for _, action := range []targets.Action{targets.Add, targets.Remove} {
			res := r.one(t, targets.Op{Action: action, Account: named("bob"), Entitlement: address(name)})
			if res.Outcome != targets.Refused || identity.KindOf(res.Err) != identity.Denied {
				t.Errorf("%s %s: %+v, want refused", action, name, res)
			}
		}
	}
	if res := r.one(t, targets.Op{Action: targets.Remove, Account: named("bob"), Entitlement: eng()}); res.Outcome != targets.Done {
		t.Errorf("the group of Okta's own: %+v", res)
	}
	if res := r.one(t, targets.Op{Action: targets.Add, Account: named("bob"), Entitlement: address("Everyone")}); res.Outcome != targets.Stale {
		t.Errorf("Everyone: %+v, want stale", res)
	}
}

// With ignore_rules, rules are not even asked for.
func TestRulesCanBeIgnored(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true, Denied: []string{"GET rules"}}, nil)
	r.org.Seed(targets.State{Entitlements: []targets.Entitlement{{Address: eng()}}})
	_, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if identity.KindOf(err) != identity.Denied || !strings.Contains(hintOf(err), "ignore_rules") {
		t.Errorf("rules that cannot be read: %v, want denied and what to do", err)
	}
	free := newRig(t, oktasim.Options{NamesOptional: true, Denied: []string{"GET rules"}}, func(c *Config) { c.Groups.IgnoreRules = true })
	free.org.Seed(targets.State{
		Accounts: []targets.Account{named("ada")}, Assignments: []targets.Assignment{{AccountID: "ada" + domain, Entitlement: eng(), Indirect: true}},
	})
	if s := free.read(t); len(s.Entitlements) != 1 || s.Entitlements[0].ReadOnly || s.Assignments[0].Indirect {
		t.Errorf("%+v, want an ordinary group", s)
	}
}

// Members are read again when Okta says that they changed, and not before.
func TestUnchangedMembersAreNotReadAgain(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.PageSize = 200 })
	seed := targets.State{Accounts: []targets.Account{named("ada"), named("bob")}}
	for i := range 10 {
		seed.Assignments = append(seed.Assignments, targets.Assignment{AccountID: "ada" + domain, Entitlement: address(fmt.Sprint("g", i))})
	}
	r.org.Seed(seed)
	calls := func() int {
		r.Transport.ResetCalls()
		r.read(t)
		n, _ := r.Transport.Calls()
		return n
	}
	const whole = 13 // users, groups, rules, ten groups' members
	if n := calls(); n != whole {
		t.Errorf("the first read: %d calls, want %d", n, whole)
	}
	if n := calls(); n != whole-1 { // rules are known; the groups changed a moment ago
		t.Errorf("a read at once: %d calls, want %d", n, whole-1)
	}
	r.Clock.Advance(time.Hour)
	calls()
	if n := calls(); n != 2 {
		t.Errorf("an hour later: %d calls, want 2", n)
	}
	r.org.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: "bob" + domain, Entitlement: address("g3")}}})
	if n := calls(); n != 3 {
		t.Errorf("after somebody changed one group: %d calls, want 3", n)
	}
	if n := len(r.read(t).Assignments); n != 11 {
		t.Errorf("%d assignments, want 11", n)
	}
	r.Clock.Advance(25 * time.Hour)
	if n := calls(); n != whole {
		t.Errorf("a day later: %d calls, want %d", n, whole)
	}
}

// One account, or one group, costs the same however many there are.
func TestScopedReadsAreCheap(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.PageSize = 200 })
	var seed targets.State
	for i := range 150 {
		seed.Accounts = append(seed.Accounts, named(fmt.Sprintf("p%03d", i)))
		seed.Assignments = append(seed.Assignments, targets.Assignment{AccountID: seed.Accounts[i].Name, Entitlement: address(fmt.Sprint("g", i%40))})
	}
	r.org.Seed(seed)
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{
		Accounts: []targets.Account{{Name: seed.Accounts[7].Name}}, Entitlements: []identity.Entitlement{address("g7")},
	})
	if err != nil || len(s.Assignments) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if n, _ := r.Transport.Calls(); n != 4 { // the user, the group, the rules, the user's groups
		t.Errorf("%d calls, want 4", n)
	}
}

// q answers with 300 groups at most; one that is behind them is still found.
func TestAGroupBehindManyOfItsName(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.PageSize = 200 })
	var seed targets.State
	for i := range 320 {
		seed.Entitlements = append(seed.Entitlements, targets.Entitlement{Address: address(fmt.Sprintf("team %03d", i))})
	}
	seed.Entitlements = append(seed.Entitlements, targets.Entitlement{Address: address("team")})
	seed.Accounts = []targets.Account{named("ada")}
	r.org.Seed(seed)
	if res := r.one(t, targets.Op{Action: targets.Add, Account: named("ada"), Entitlement: address("team")}); res.Outcome != targets.Done {
		t.Errorf("%+v", res)
	}
	if s := r.read(t); len(s.Assignments) != 1 || s.Assignments[0].Entitlement.ID != "team" {
		t.Errorf("%+v", s.Assignments)
	}
}

// hintOf is what the innermost error that has a hint says.
func hintOf(err error) string {
	hint := ""
	for err != nil {
		var e *identity.Error
		if !errors.As(err, &e) {
			break
		}
		if e.Hint != "" {
			hint = e.Hint
		}
		err = e.Err
	}
	return hint
}

// A group that is there and said not to be must not read as empty.
func TestAGroupThatFlickersIsNotEmpty(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}, Assignments: []targets.Assignment{{AccountID: "ada" + domain, Entitlement: eng()}}})
	r.Transport.Plant(sim.Fault{Method: "GET", Path: "/users", After: 1, Status: 404, Body: `{"errorCode":"E0000007","errorSummary":"Not found"}`})
	if s, err := targets.ReadState(t.Context(), r.target, targets.Query{}); identity.KindOf(err) != identity.Incomplete {
		t.Errorf("%+v, %v; want an error", s, err)
	}
}
