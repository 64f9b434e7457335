package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"birthright/plan"
	"birthright/reconcile"
)

// limits sets every destination's limits.
func limits(l plan.Limits) func(*reconcile.Options) {
	return settings(func(d *reconcile.Destination) { d.Limits = l })
}

// fewer is the company's policy without the group that everybody has.
var fewer = strings.Replace(company, `when: "true"`, `when: user.department == "Board"`, 1)

func TestTheGuardHoldsUntilAPersonReleases(t *testing.T) {
	h := newHub(t, company, limits(plan.Limits{Removals: 8, Percent: -1}))
	h.crowd("Engineering", 10)
	h.full()
	before := has(h.app)
	h.setPolicy(fewer)
	report := h.full()
	h.same("changes", told(report), []string{})
	h.same("held", len(report.Runs[0].Held), 10)
	const reason = "10 removals that nobody ordered: the limit is 8 in 24 hours (guard.max_removals)"
	h.same("reason", report.Runs[0].Held[0].Reason, reason)
	h.same("on app", has(h.app), before)
	h.same("kept for a person", len(h.held()), 10)
	h.same("reason kept", h.held()[0].Reason, reason)

	// Held stays held, whatever time passes and whichever loop comes by.
	h.pass(48 * time.Hour)
	h.quiet()
	h.change("engineering003", "displayName", "Three")
	h.steps()
	h.same("on app", has(h.app), before)
	h.same("held still", len(h.held()), 10)

	// An ordered removal never waits.
	h.leave("engineering009")
	h.steps()
	h.same("the leaver", has(h.app)[0], "-engineering009:")
	h.full()
	h.same("held for the others", len(h.held()), 9)

	h.release()
	report = h.full()
	h.same("released", len(report.Runs[0].Changes), 9)
	h.same("held", len(h.held()), 0)
	h.same("on app", has(h.app)[1], "engineering000: group/engineers")
	h.quiet()
	h.orderly()
}

func TestHeldIsForgottenWhenItIsGivenAgain(t *testing.T) {
	h := newHub(t, company, limits(plan.Limits{Removals: 8, Percent: -1}))
	h.crowd("Engineering", 10)
	h.full()
	h.setPolicy(fewer)
	h.full()
	h.release()
	h.setPolicy(company)
	h.full()
	h.same("held", len(h.held()), 0)
	h.setPolicy(fewer)
	h.same("held anew", len(h.full().Runs[0].Held), 10)
	h.orderly()
}

func TestASlowDripIsSeen(t *testing.T) {
	h := newHub(t, company, limits(plan.Limits{Removals: 3, Percent: -1}))
	names := h.crowd("Engineering", 6)
	h.full()
	for _, name := range names {
		h.change(name, "department", "Sales")
		h.steps()
		h.pass(time.Hour)
	}
	h.same("held", len(h.held()), 3+3) // on app and on wiki, from the fourth on
	h.same("the third", has(h.app)[2], "engineering002: group/all group/sellers")
	h.same("the fourth", has(h.app)[3], "engineering003: group/all group/engineers group/sellers")
	h.same("reason", reasonOn(h, "wiki"), "1 removal now and 3 within the last 24 hours that nobody ordered: the limit is 3 in 24 hours (guard.max_removals)")
	h.pass(25 * time.Hour)
	h.change("engineering005", "department", "Engineering")
	h.steps()
	h.change("engineering005", "department", "Board")
	h.steps()
	h.same("a day later", has(h.app)[5], "engineering005: group/all")
	h.orderly()
}

func TestThePercentageHasAFloor(t *testing.T) {
	h := newHub(t, company, limits(plan.Limits{Removals: -1, Percent: 10, Floor: 4}))
	h.crowd("Engineering", 10) // 20 assignments on app
	h.full()
	for _, name := range []string{"engineering000", "engineering001", "engineering002", "engineering003"} {
		h.change(name, "department", "Board")
	}
	h.steps()
	h.same("held", len(h.held()), 0)
	h.change("engineering004", "department", "Board")
	h.steps()
	h.same("held", len(h.held()), 2)
	h.same("reason", reasonOn(h, "app"), "1 removal now and 4 within the last 24 hours that nobody ordered, 25.0 % of the 20 managed assignments: the limit is 10 % in 24 hours (guard.max_removal_percent)")
	h.orderly()
}

// reasonOn is why the first change that is held on a target is.
func reasonOn(h *hub, target string) string {
	for _, row := range h.held() {
		if row.Target == target {
			return row.Reason
		}
	}
	return "nothing is held"
}

// noLimits hold nothing.
var noLimits = plan.Limits{Removals: -1, Percent: -1}
