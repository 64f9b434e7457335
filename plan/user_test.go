package plan_test

import (
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
)

// TestTheTruthTable is the table of the package's documentation.
func TestTheTruthTable(t *testing.T) {
	type h = plan.Holding
	for _, tt := range []struct {
		name   string
		want   plan.Desired
		have   []plan.Holding
		policy plan.UnmanagedPolicy
		then   []string
	}{
		{name: "yes no no", want: ada(identity.Active, 1), then: []string{"add ada e1"}},
		{name: "yes no yes, asked for", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Managed: true}}, then: []string{"add ada e1"}},
		{
			name: "yes no yes, vanished", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Managed: true, Vanished: true}},
			then: []string{"add ada e1", "tell vanished e1"},
		},
		{name: "yes yes no", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Present: true}}, then: []string{"adopt e1"}},
		{name: "yes yes no, indirect", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Present: true, Indirect: true}}, then: []string{}},
		{name: "yes yes yes", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Present: true, Managed: true}}, then: []string{}},
		{name: "no yes yes", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Managed: true}}, then: []string{"remove ada e1"}},
		{name: "no yes yes, its time is over", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Managed: true, Ended: true}}, then: []string{"remove ada e1, ordered"}},
		{name: "no no yes, never seen, its time is over", want: ada(identity.Active), have: []h{{Entitlement: 1, Managed: true, Ended: true}}, then: []string{"remove ada e1, ordered"}},
		{name: "no yes yes, excluded", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Managed: true, Refused: []identity.Cause{{Kind: identity.CauseExclusion, Name: "audit"}}}}, then: []string{"remove ada e1, ordered"}},
		{name: "no yes yes, kept apart", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Managed: true, Refused: []identity.Cause{{Kind: identity.CauseConstraint, Name: "sod"}}}}, then: []string{"remove ada e1"}},
		{name: "yes yes yes, given anew", want: ada(identity.Active, 1), have: []h{{Entitlement: 1, Present: true, Managed: true, Ended: true}}, then: []string{"renew e1"}},
		{name: "no yes yes, not governed any more", want: ada(identity.Active), have: []h{{Entitlement: 6, Present: true, Managed: true}}, then: []string{"remove ada e6"}},
		{name: "no yes yes, left", want: ada(identity.Left), have: []h{{Entitlement: 1, Present: true, Managed: true}}, then: []string{"disable-account ada, ordered", "remove ada e1, ordered"}},
		{name: "no yes yes, now indirect", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Managed: true, Indirect: true}}, then: []string{"tell unmanaged e1"}},
		{name: "no yes no", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true}}, then: []string{"tell unmanaged e1"}},
		{name: "no yes no, ignored", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true}}, policy: plan.Ignore, then: []string{}},
		{name: "no yes no, told to remove", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true}}, policy: plan.RemoveUnmanaged, then: []string{"remove ada e1", "tell unmanaged e1"}},
		{name: "no yes no, of a leaver", want: ada(identity.Left), have: []h{{Entitlement: 1, Present: true}}, policy: plan.RemoveUnmanaged, then: []string{"disable-account ada, ordered", "remove ada e1", "tell unmanaged e1"}},
		{name: "no yes no, indirect", want: ada(identity.Active), have: []h{{Entitlement: 1, Present: true, Indirect: true}}, policy: plan.RemoveUnmanaged, then: []string{"tell unmanaged e1"}},
		{name: "no yes no, nobody's business", want: ada(identity.Active), have: []h{{Entitlement: 6, Present: true}}, policy: plan.RemoveUnmanaged, then: []string{}},
		{name: "no no yes", want: ada(identity.Active), have: []h{{Entitlement: 1, Managed: true, Vanished: true}}, then: []string{"forget e1"}},
		{name: "no no yes, never seen", want: ada(identity.Active), have: []h{{Entitlement: 1, Managed: true}}, then: []string{"remove ada e1"}},
		{name: "no no no", want: ada(identity.Active), then: []string{}},
		{
			name: "several at once", want: ada(identity.Active, 1, 2, 4),
			have: []h{{Entitlement: 2, Present: true, Managed: true}, {Entitlement: 3, Present: true, Managed: true}, {Entitlement: 4, Present: true}},
			then: []string{"add ada e1", "adopt e4", "remove ada e3"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := settings(func(s *plan.Settings) { s.Unmanaged = tt.policy })
			same(t, "outcome", texts(plan.User(s, tt.want, there(tt.have...), names{})), tt.then)
		})
	}
}

func TestAccounts(t *testing.T) {
	changed := func(change func(*plan.Actual)) plan.Actual {
		have := there()
		change(&have)
		return have
	}
	foreign := changed(func(a *plan.Actual) { a.Managed = false })
	disabled := changed(func(a *plan.Actual) { a.Account.Active = false })
	older := changed(func(a *plan.Actual) { a.Account.Attributes = identity.Attributes{"email": {"old@example.com"}} })
	implicit := func(s *plan.Settings) { s.Capabilities.ImplicitAccounts = true }
	leaver := func(p plan.LeaverPolicy) func(*plan.Settings) { return func(s *plan.Settings) { s.Leaver = p } }
	const noWay = ": no account of that name on the target, and it is not told to create accounts (match finds one by another attribute)"
	for _, tt := range []struct {
		name     string
		settings func(*plan.Settings)
		want     plan.Desired
		have     plan.Actual
		then     []string
	}{
		{name: "made with the first thing it holds", want: ada(identity.Active, 1), then: []string{"add ada e1", "create-account ada"}},
		{name: "not made for nothing", want: ada(identity.Active), then: []string{}},
		{name: "taken away and made again", want: ada(identity.Active, 1), have: plan.Actual{Managed: true}, then: []string{"add ada e1", "create-account ada", "tell vanished "}},
		{name: "not told to create", settings: func(s *plan.Settings) { s.CreateAccounts = false }, want: ada(identity.Active, 1, 2), then: []string{"wait for e1" + noWay, "wait for e2" + noWay}},
		{name: "not able to create", settings: func(s *plan.Settings) { s.Capabilities.CreateAccounts = false }, want: ada(identity.Active, 1), then: []string{"wait for e1: no account of that name on the target, and as it is set up it makes none (match finds one by another attribute)"}},
		{name: "implicit", settings: implicit, want: ada(identity.Active, 1), then: []string{"add ada e1"}},
		{name: "implicit, and there already", settings: implicit, want: ada(identity.Active, 1), have: foreign, then: []string{"add ada e1"}},
		{name: "adopted", want: ada(identity.Active, 1), have: foreign, then: []string{"add ada e1", "adopt account"}},
		{name: "not ours to adopt", settings: func(s *plan.Settings) { s.CreateAccounts = false }, want: ada(identity.Active, 1), have: foreign, then: []string{"add ada e1"}},
		{name: "enabled", want: ada(identity.Active, 1), have: disabled, then: []string{"add ada e1", "enable-account ada"}},
		{name: "not able to enable", settings: func(s *plan.Settings) { s.Capabilities.DisableAccounts = false }, want: ada(identity.Active, 1), have: disabled, then: []string{"add ada e1"}},
		{name: "not enabled for nothing", want: ada(identity.Active), have: disabled, then: []string{}},
		{name: "updated", want: ada(identity.Active, 1), have: older, then: []string{"add ada e1", "update-account ada"}},
		{name: "not able to update", settings: func(s *plan.Settings) { s.Capabilities.UpdateAccounts = false }, want: ada(identity.Active, 1), have: older, then: []string{"add ada e1"}},
		{name: "disabled", want: ada(identity.Left), have: there(), then: []string{"disable-account ada, ordered"}},
		{name: "disabled once", want: ada(identity.Left), have: disabled, then: []string{}},
		{name: "kept", settings: leaver(plan.KeepLeaver), want: ada(identity.Left), have: there(), then: []string{}},
		{name: "deleted", settings: leaver(plan.DeleteLeaver), want: ada(identity.Left), have: there(), then: []string{"delete-account ada, ordered"}},
		{name: "deleted when it is disabled already", settings: leaver(plan.DeleteLeaver), want: ada(identity.Left), have: disabled, then: []string{"delete-account ada, ordered"}},
		{name: "suspended is not deleted", settings: leaver(plan.DeleteLeaver), want: ada(identity.Suspended), have: there(), then: []string{"disable-account ada, ordered"}},
		{name: "away is not deleted", settings: leaver(plan.DeleteLeaver), want: ada(identity.OnLeave), have: there(), then: []string{"disable-account ada, ordered"}},
		{name: "not there yet is let be", want: ada(identity.Staged), have: there(), then: []string{}},
		{name: "a foreign account is let be", want: ada(identity.Left), have: foreign, then: []string{}},
		{name: "an active one without access is let be", want: ada(identity.Active), have: there(), then: []string{}},
		{name: "an entitlement that is made", want: ada(identity.Active, 5), have: there(), then: []string{"add ada e5"}},
		{
			name: "an entitlement that nobody may make", settings: func(s *plan.Settings) { s.Capabilities.CreateEntitlements = false },
			want: ada(identity.Active, 1, 5), have: there(), then: []string{"add ada e1", "wait for e5: the target has no such entitlement, and it is not told to create it"},
		},
		{
			name: "an entitlement that is made by giving it", settings: func(s *plan.Settings) {
				s.Capabilities.CreateEntitlements, s.Capabilities.ImplicitEntitlements = false, true
			},
			want: ada(identity.Active, 5), have: there(), then: []string{"add ada e5"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			same(t, "outcome", texts(plan.User(settings(tt.settings), tt.want, tt.have, names{})), tt.then)
		})
	}
}

func TestAnUpdateKeepsWhatTheHubKnowsNothingOf(t *testing.T) {
	have := there()
	have.Account.Name = "lovelace"
	have.Account.Attributes = identity.Attributes{"email": {"old@example.com"}, "title": {"Countess"}}
	o := plan.User(settings(nil), ada(identity.Active), have, names{})
	same(t, "nothing wanted, nothing touched", len(o.Changes), 0)
	o = plan.User(settings(nil), ada(identity.Active, 1), have, names{})
	same(t, "account", o.Changes[0].Account, targets.Account{
		ID: "id-1", Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"ada@example.com"}, "title": {"Countess"}},
	})
	same(t, "what was found", have.Account.Attributes.First("email"), "old@example.com")
}

func TestDiffers(t *testing.T) {
	for _, tt := range []struct {
		name       string
		change     func(*targets.Account)
		fold, want bool
	}{
		{name: "equal", change: func(*targets.Account) {}},
		{name: "an attribute", change: func(a *targets.Account) { a.Attributes.Set("email", "x@example.com") }, want: true},
		{name: "one more value", change: func(a *targets.Account) { a.Attributes.Set("email", "ada@example.com", "x") }, want: true},
		{name: "an attribute that the hub has no value for", change: func(a *targets.Account) { a.Attributes.Set("title", "Dr") }},
		{name: "an attribute that the target does not keep", change: func(a *targets.Account) { a.Attributes.Set("team", "x") }},
		{name: "the name", change: func(a *targets.Account) { a.Name = "Ada" }, want: true},
		{name: "the name, where case does not matter", change: func(a *targets.Account) { a.Name = "Ada" }, fold: true},
		{name: "whether it is active, which enabling sees to", change: func(a *targets.Account) { a.Active = false }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			have := account("ada")
			tt.change(&have)
			caps := able
			caps.FoldNames = tt.fold
			same(t, "differs", plan.Differs(account("ada"), have, caps), tt.want)
		})
	}
}

func TestStrangers(t *testing.T) {
	type h = plan.Holding
	holdings := []h{{Entitlement: 1, Present: true}, {Entitlement: 2, Present: true, Indirect: true}, {Entitlement: 3}, {Entitlement: 6, Present: true}}
	for _, tt := range []struct {
		policy plan.UnmanagedPolicy
		then   []string
	}{
		{then: []string{"tell unmanaged e1", "tell unmanaged e2"}},
		{policy: plan.Ignore, then: []string{}},
		{policy: plan.RemoveUnmanaged, then: []string{"remove eve e1", "tell unmanaged e1", "tell unmanaged e2"}},
	} {
		s := settings(func(s *plan.Settings) { s.Unmanaged = tt.policy })
		changes, drift := plan.Strangers(s, account("eve"), holdings, names{})
		same(t, string(tt.policy), texts(plan.Outcome{Changes: changes, Drift: drift}), tt.then)
	}
}

func TestMissingEntitlementsAreMadeOnce(t *testing.T) {
	changes := plan.User(settings(nil), ada(identity.Active, 1, 5), there(), names{}).Changes
	bob := plan.Desired{UserN: 2, User: "bob", State: identity.Active, Account: account("bob"), Entitlements: []int64{5}}
	changes = append(changes, plan.User(settings(nil), bob, there(), names{}).Changes...)
	exists := func(c plan.Change) bool { return c.Entitlement.ID != "e5" }
	made := plan.Missing(settings(nil), changes, exists)
	same(t, "made", texts(plan.Outcome{Changes: made}), []string{"create-entitlement  e5"})
	same(t, "because", made[0].Causes, names{}.Why(1, 5))
	implicit := settings(func(s *plan.Settings) { s.Capabilities.ImplicitEntitlements = true })
	same(t, "implicit", len(plan.Missing(implicit, changes, exists)), 0)
}
