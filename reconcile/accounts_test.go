package reconcile_test

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/targets"
	"birthright/targets/memory"
)

func noAccounts(d *reconcile.Destination) { d.Settings.CreateAccounts = false }

func TestWhoHasNoAccountWaits(t *testing.T) {
	h := newHub(t, company, settings(noAccounts))
	h.join("ada", "department", "Engineering")
	report := h.full()
	h.onApp()
	h.same("waiting", waits(report), []string{
		"app ada app:group/all app:group/engineers: no account of that name on the target, and it is not told to create accounts (match finds one by another attribute)",
		"wiki ada wiki:space/engineering: no account of that name on the target, and it is not told to create accounts (match finds one by another attribute)",
	})
	h.quiet()

	h.app.Seed(targets.State{Accounts: []targets.Account{{Name: "Ada", Active: true}}})
	h.full()
	h.onApp("Ada: group/all group/engineers")
	h.quiet()

	h.leave("ada")
	h.steps()
	h.onApp("Ada:") // the account is somebody else's: only what it was given goes
	h.orderly()
}

func TestAnAmbiguousAccountWaitsForAPerson(t *testing.T) {
	h := newHub(t, company, settings(func(d *reconcile.Destination) {
		d.Match, d.Settings.Unmanaged = []string{"email", identity.AttrUserName}, plan.RemoveUnmanaged
	}))
	for _, name := range []string{"a.lovelace", "ada-old"} {
		h.app.Seed(targets.State{Accounts: []targets.Account{{Name: name, Active: true, Attributes: identity.Attributes{"email": {"ada@example.com"}}}}})
		h.byHand(name, "app:group/sellers")
	}
	h.join("ada", "department", "Engineering", "email", "ADA@example.com")
	report := h.sync(reconcile.Request{Full: true, Targets: []string{"app"}})
	h.same("changes", told(report), []string{})
	h.same("waiting", waits(report), []string{
		"app ada app:group/all app:group/engineers: several accounts match by email: a.lovelace, ada-old; correct that attribute or match by another one",
	})
	h.onApp("a.lovelace: group/sellers", "ada-old: group/sellers")

	h.app.Drop("ada-old")
	h.sync(reconcile.Request{Full: true, Targets: []string{"app"}})
	h.onApp("ada: group/all group/engineers")
}

func TestAnAccountIsKnownByItsIdAfterRenames(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	id := h.app.Snapshot().Accounts[0].ID
	h.change("ada", "userName", "ada.king")
	h.steps()
	h.onApp("ada.king: group/all group/engineers")
	h.same("id", h.app.Snapshot().Accounts[0].ID, id)
	h.app.Seed(targets.State{Accounts: []targets.Account{{ID: id, Name: "renamed-by-hand", Active: true}}})
	h.quietAfter(h.full())
	h.onApp("ada.king: group/all group/engineers")
}

// quietAfter expects that the run after one that changed something is quiet.
func (h *hub) quietAfter(report reconcile.Report) {
	h.Helper()
	if len(told(report)) == 0 {
		h.Error("the run changed nothing")
	}
	h.quiet()
}

func TestANameThatSomebodyGaveUpIsNotYetFree(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	// ada is renamed here while app does not answer; then somebody else gets the name.
	h.down(h.app)
	h.change("ada", "userName", "ada.king")
	h.steps()
	h.up(h.app)
	h.join("ada", "department", "Sales")
	h.sync(reconcile.Request{User: "ada", Targets: []string{"app"}})
	h.onApp("ada: group/all group/engineers")
	h.pass(longPause)
	h.steps()
	h.full()
	h.full()
	h.onApp("ada.king: group/all group/engineers", "ada: group/all group/sellers")
	h.quiet()
	h.orderly()
}

func TestAJoinerWhoseAccountMayHaveAnotherNameIsLookedForFirst(t *testing.T) {
	h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Match = []string{"email", identity.AttrUserName} }))
	h.full()
	h.app.Seed(targets.State{Accounts: []targets.Account{{Name: "lovelace", Active: true, Attributes: identity.Attributes{"email": {"ada@example.com"}}}}})
	h.join("ada", "department", "Engineering", "email", "ada@example.com")
	h.steps()
	h.onApp("lovelace:")
	h.same("owed", h.TakeOwed(), []string{"app", "wiki"})
	h.full()
	h.onApp("ada: group/all group/engineers")
	h.quiet()
}

func TestLeaversAccounts(t *testing.T) {
	for _, tt := range []struct {
		policy plan.LeaverPolicy
		state  []string
		want   []string
	}{
		{policy: plan.KeepLeaver, want: []string{"ada:"}},
		{policy: plan.DisableLeaver, want: []string{"-ada:"}},
		{policy: plan.DeleteLeaver, want: []string{}},
		{policy: plan.DeleteLeaver, state: []string{"active", "false"}, want: []string{"-ada:"}},
		{policy: plan.DisableLeaver, state: []string{"onLeave", "true"}, want: []string{"-ada:"}},
	} {
		t.Run(string(tt.policy)+strings.Join(tt.state, ""), func(t *testing.T) {
			h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Settings.Leaver = tt.policy }))
			h.join("ada", "department", "Engineering")
			h.full()
			if tt.state == nil {
				h.leave("ada")
			} else {
				h.change("ada", tt.state...)
			}
			h.steps()
			h.onApp(tt.want...)
			h.quiet()
			if tt.state != nil {
				h.change("ada", tt.state[0], map[string]string{"false": "true", "true": "false"}[tt.state[1]])
				h.steps()
				h.onApp("ada: group/all group/engineers")
				h.quiet()
			}
			h.orderly()
		})
	}
}

// TestATargetOfPairs is one like a file of account and entitlement: both are
// there by being named, and gone with the last line.
func TestATargetOfPairs(t *testing.T) {
	h := newHub(t, company, nil)
	pairs := memory.New("app", memory.WithCapabilities(targets.Capabilities{ImplicitAccounts: true, ImplicitEntitlements: true}))
	h.app, h.Runner = pairs, nil
	h.Runner = h.runner()
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Sales")
	h.full()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.quiet()
	h.leave("ada")
	h.steps()
	h.onApp("bob: group/all group/sellers")
	h.join("ada", "department", "Sales")
	h.steps()
	h.onApp("ada: group/all group/sellers", "bob: group/all group/sellers")
	h.app.Drop("bob")
	h.same("drift", drifts(h.full()), []string{"app vanished bob group/all", "app vanished bob group/sellers"})
	h.onApp("ada: group/all group/sellers", "bob: group/all group/sellers")
	h.quiet()
	h.orderly()
}
