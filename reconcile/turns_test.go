package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"birthright/plan"
	"birthright/reconcile"
)

// TestARuleBeginsAndEnds lets the clock alone change the policy: nobody pushes
// anything, and no full run is made.
func TestARuleBeginsAndEnds(t *testing.T) {
	policy := strings.Replace(company, "groups: [sales]}", "groups: [sales], valid_from: 2026-11-25, valid_until: 2026-11-30}", 1)
	h := newHub(t, policy, nil)
	h.join("bob", "department", "Sales")
	h.full()
	h.steps() // from here on the calendar is followed
	h.onApp("bob: group/all")
	h.quiet()

	h.pass(2 * 24 * time.Hour)
	h.steps()
	h.onApp("bob: group/all group/sellers")
	h.quiet()

	h.pass(5 * 24 * time.Hour)
	h.steps()
	h.onApp("bob: group/all group/sellers") // the last day is not over
	h.pass(24 * time.Hour)
	h.steps()
	h.onApp("bob: group/all")
	h.quiet()
	h.orderly()
}

func TestAnExclusionEnds(t *testing.T) {
	h := newHub(t, company+`
exclusions:
  - {user: Bob, groups: [sales], reason: "audits Sales until the end of the year", until: 2026-11-24}
`, nil)
	h.join("bob", "department", "Sales")
	h.full()
	h.steps()
	h.onApp("bob: group/all")
	h.pass(2 * 24 * time.Hour)
	h.steps()
	h.onApp("bob: group/all group/sellers")
	h.quiet()
	h.orderly()
}

// TestAnExclusionIsAnOrder takes access away at once although the guard lets
// nothing go, and says why.
func TestAnExclusionIsAnOrder(t *testing.T) {
	h := newHub(t, company, func(o *reconcile.Options) {
		for i := range o.Destinations {
			o.Destinations[i].Limits = plan.Limits{}
		}
	})
	h.join("bob", "department", "Sales")
	h.full()
	h.setPolicy(company + `
exclusions:
  - {user: bob, groups: [sales], reason: "under review", until: never}
`)
	var why []string
	for _, run := range h.sync(reconcile.Request{}).Runs {
		for _, c := range run.Changes {
			why = append(why, string(c.Action)+" "+c.Entitlement+" "+c.Causes[0].String()+" "+c.Outcome)
		}
	}
	h.same("changes", why, []string{"remove app:group/sellers exclusion under review done"})
	h.onApp("bob: group/all")
	h.quiet()
	h.orderly()
}

// TestWhatIsHeldStays keeps two duties apart by who had which first.
func TestWhatIsHeldStays(t *testing.T) {
	h := newHub(t, company+duties, nil)
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Sales")
	h.full()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	// Both groups for both: each keeps what it had, one by one and with everybody.
	h.setPolicy(strings.NewReplacer(`user.department == "Engineering"`, `user.department != ""`, `user.department == "Sales", groups: [sales]`, `user.department != "", groups: [sales]`).Replace(company) + duties)
	h.sync(reconcile.Request{User: "bob"})
	h.sync(reconcile.Request{User: "ada"})
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.full()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	for how, req := range map[string]reconcile.Request{"everybody": {}, "one": {User: "bob"}} {
		var kept []string
		for _, r := range mustPlan(h, req).Refused {
			kept = append(kept, r.User+" "+r.Group+" "+r.Name+" "+r.Kept)
		}
		want := []string{"bob engineering duties sales"}
		if how == "everybody" {
			want = append([]string{"ada sales duties engineering"}, want...)
		}
		h.same("kept out of, asked about "+how, kept, want)
	}
	// Who is new gets what the earlier rule gives.
	h.join("cy", "department", "Legal")
	h.steps()
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers", "cy: group/all group/engineers")
	h.full()
	h.quiet()
	h.orderly()
}

const duties = `
constraints:
  - {name: duties, conflict: [engineering, sales]}
`

// TestWhatIsOnlyReportedTakesNothing shows who holds together what one should not.
func TestWhatIsOnlyReportedTakesNothing(t *testing.T) {
	h := newHub(t, company+strings.Replace(strings.Replace(duties, "sales]", "everybody], mode: report", 1), "duties", "watched", 1), nil)
	h.join("ada", "department", "Engineering")
	h.join("bob", "department", "Sales")
	for how, report := range map[string]reconcile.Report{"everybody": h.full(), "one": h.sync(reconcile.Request{User: "ada"})} {
		var found []string
		for _, c := range report.Conflicts {
			found = append(found, c.User+" "+c.Constraint+" "+strings.Join(c.Groups, "+"))
		}
		h.same("conflicts, asked about "+how, found, []string{"ada watched engineering+everybody"})
	}
	h.onApp("ada: group/all group/engineers", "bob: group/all group/sellers")
	h.quiet()
}
