package reconcile_test

import (
	"testing"
	"time"

	"birthright/reconcile"
)

func TestAStartDateGivesAndAnEndDateTakes(t *testing.T) {
	for name, look := range map[string]func(h *hub){
		"event loop": func(h *hub) { h.steps() },
		"full run":   func(h *hub) { h.full() },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, company, nil)
			h.full()
			h.join("bob", "department", "Sales", "startDate", "2026-12-01", "endDate", "2026-12-31")
			look(h)
			h.onApp()
			h.onWiki("bob: space/welcome") // for people before their first day
			h.quiet()

			h.pass(8 * 24 * time.Hour)
			plan := told(mustPlan(h, reconcile.Request{}))
			look(h)
			h.onApp("bob: group/all group/sellers")
			h.same("planned", plan, []string{
				"app create-entitlement  group/all planned", "app create-entitlement  group/sellers planned",
				"app create-account bob  planned", "app add bob group/all planned", "app add bob group/sellers planned",
			})
			h.quiet()

			h.pass(40 * 24 * time.Hour)
			h.same("planned", len(told(mustPlan(h, reconcile.Request{User: "bob"}))), 5)
			look(h)
			h.onApp("-bob:")
			h.onWiki("-bob:")
			h.quiet()
			h.same("steps", h.steps(), 0)
			h.orderly()
		})
	}
}
