package reconcile_test

import (
	"testing"

	"birthright/reconcile"
)

func TestAFullRunProvisionsAndTheNextOneIsQuiet(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering", "displayName", "Ada L", "email", "ada@example.com")
	h.join("bob", "department", "Sales")
	h.same("planned", told(mustPlan(h, reconcile.Request{Full: true})), []string{
		"app create-entitlement  group/all planned",
		"app create-entitlement  group/engineers planned",
		"app create-entitlement  group/sellers planned",
		"app create-account ada  planned",
		"app create-account bob  planned",
		"app add ada group/all planned",
		"app add bob group/all planned",
		"app add ada group/engineers planned",
		"app add bob group/sellers planned",
		"wiki create-entitlement  space/engineering planned",
		"wiki create-entitlement  space/welcome planned",
		"wiki create-account ada  planned",
		"wiki create-account bob  planned",
		"wiki add ada space/engineering planned",
		"wiki add bob space/welcome planned",
	})
	h.onApp()
	report := h.full()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.onWiki("ada: space/engineering", "bob: space/welcome")
	h.same("done", len(told(report)), 15)
	h.same("failed", report.Failed(), 0)
	h.same("work left", h.queue(), map[string]int{})
	h.quiet()
	h.quiet()
	h.same("an incremental run", told(h.sync(reconcile.Request{})), []string{})
	h.orderly()
}

func mustPlan(h *hub, req reconcile.Request) reconcile.Report {
	h.Helper()
	report, err := h.Plan(h.Context(), req)
	h.must(err)
	return report
}

func TestJoinerMoverLeaver(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	reads := h.app.Counts().Reads

	h.join("bob", "department", "Sales")
	h.steps()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.onWiki("ada: space/engineering", "bob: space/welcome")

	h.change("bob", "department", "Engineering")
	h.steps()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/engineers")
	h.onWiki("ada: space/engineering", "bob: space/engineering")

	h.leave("ada")
	h.steps()
	h.onApp("-ada:", "bob: group/all group/engineers")
	h.onWiki("-ada:", "bob: space/engineering")
	if n := h.app.Counts().Reads - reads; n != 1 {
		t.Errorf("app was read %d times; only the joiner had to be looked for", n)
	}
	h.same("work left", h.queue(), map[string]int{})
	h.quiet()

	h.join("ada", "department", "Sales")
	h.steps()
	h.onApp("ada: group/all group/sellers", "bob: group/all group/engineers")
	h.quiet()
	h.orderly()
}
