package reconcile_test

import (
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/targets"
)

// byHand gives an account something that the hub knows nothing of.
func (h *hub) byHand(account, address string) {
	e := entitlement(address)
	t := h.app
	if e.Target == "wiki" {
		t = h.wiki
	}
	t.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: account, Entitlement: e}}})
}

func TestDriftIsRepairedOrReported(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy plan.UnmanagedPolicy
		drift  []string
		app    []string
		after  []string // the drift that a run afterwards still tells
	}{
		{
			name: "reported", policy: plan.ReportUnmanaged,
			drift: []string{"app vanished ada group/engineers", "app unmanaged ada group/sellers", "app unmanaged eve group/sellers"},
			app:   []string{"ada: group/all group/engineers group/sellers", "eve: group/sellers"},
			after: []string{"app unmanaged ada group/sellers", "app unmanaged eve group/sellers"},
		},
		{
			name: "ignored", policy: plan.Ignore,
			drift: []string{"app vanished ada group/engineers"},
			app:   []string{"ada: group/all group/engineers group/sellers", "eve: group/sellers"},
			after: []string{},
		},
		{
			name: "removed", policy: plan.RemoveUnmanaged,
			drift: []string{"app vanished ada group/engineers", "app unmanaged ada group/sellers", "app unmanaged eve group/sellers"},
			app:   []string{"ada: group/all group/engineers", "eve:"},
			after: []string{},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Settings.Unmanaged = tt.policy }))
			h.join("ada", "department", "Engineering")
			h.full()
			h.app.TakeAway("ada", entitlement("app:group/engineers"))
			h.byHand("ada", "app:group/sellers")
			h.byHand("eve", "app:group/sellers")
			h.byHand("eve", "app:group/none-of-our-business")
			h.app.TakeAway("eve", entitlement("app:group/none-of-our-business"))
			h.same("planned drift", drifts(mustPlan(h, reconcile.Request{Full: true})), tt.drift)
			h.same("drift", drifts(h.full()), tt.drift)
			h.onApp(tt.app...)
			h.same("drift afterwards", drifts(h.full()), tt.after)
			h.quiet()
			h.orderly()
		})
	}
}

func TestAnEntitlementThatNoPolicySpeaksOfIsNobodysBusiness(t *testing.T) {
	h := newHub(t, company, settings(func(d *reconcile.Destination) { d.Settings.Unmanaged = plan.RemoveUnmanaged }))
	h.join("ada", "department", "Engineering")
	h.byHand("ada", "app:group/choir")
	h.byHand("eve", "app:group/choir")
	h.same("drift", drifts(h.full()), []string{})
	h.onApp("ada: group/all group/choir group/engineers", "eve: group/choir")
}

func TestAnAccountTakenAwayIsMadeAnew(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	h.wiki.Drop("ada")
	h.same("drift", drifts(h.full()), []string{"wiki vanished ada", "wiki vanished ada space/engineering"})
	h.onWiki("ada: space/engineering")
	h.quiet()
	h.orderly()
}

func TestWhatIsThereAlreadyIsAdopted(t *testing.T) {
	h := newHub(t, company, nil)
	h.app.Seed(targets.State{Accounts: []targets.Account{{Name: "ada", Active: true, Attributes: identity.Attributes{"title": {"Queen"}}}}})
	h.byHand("ada", "app:group/engineers")
	h.join("ada", "department", "Engineering", "displayName", "Ada L")
	h.same("changes", told(h.full())[:3], []string{
		"app create-entitlement  group/all done", "app update-account ada  done", "app add ada group/all done",
	})
	h.onApp("ada: group/all group/engineers")
	h.same("the title that the hub knows nothing of", h.app.Snapshot().Accounts[0].Attributes, identity.Attributes{
		"department": {"Engineering"}, "displayName": {"Ada L"}, "title": {"Queen"},
	})
	h.quiet()

	h.leave("ada")
	h.steps()
	h.onApp("-ada:")
	h.orderly()
}
