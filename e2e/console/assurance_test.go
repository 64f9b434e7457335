package console

import (
	"testing"

	"birthright/hub"
	"birthright/identity"
	"birthright/internal/chromiumtest"
	"birthright/reviews"
	reviewdesk "birthright/reviews/desk"
	"birthright/store"
	"birthright/targets"
)

// An owner looks at who has what, keeps it for one and revokes it from another.
func TestReviewed(t *testing.T) {
	t.Parallel()
	s := open(t)
	started, err := s.Reviews.Start(t.Context(), s.as("root"), reviewdesk.Wish{Name: "Logs", Scope: reviews.Scope{Groups: []string{"prod-logs"}}})
	s.must(err)
	tab := s.tab(t, "otto", chromiumtest.Look{})
	tab.Visit(s.url + "/review-items?user=ada")
	tab.JudgeEverywhere("review item")
	tab.Press("j", "K")
	tab.Sees("1 item kept.")
	tab.Visit(s.url + "/review-items?user=olga")
	tab.Expect(422)
	tab.Click("Revoke")
	tab.Sees("reason")
	tab.JudgeEverywhere("review item without a reason")
	tab.Expect(200)
	tab.Fill("Reason", "She does other things now")
	tab.Click("Revoke")
	tab.Sees("1 item revoked")
	boss := s.tab(t, "root", chromiumtest.Look{})
	boss.Visit(s.url + "/reviews/" + started.ID)
	boss.Sees("Logs")
	boss.JudgeEverywhere("campaign")
}

// A push that would empty a group was stopped by a guard: it is looked at, and refused
// with a reason.
func TestHeldAndRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.must(s.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.SaveHeld(t.Context(), []store.HeldRow{{
			Kind: store.HeldEmptied, Source: "hr", Subject: "engineering", Reason: "18 of 20 members would go, 10 % may",
		}})
	}))
	tab := s.tab(t, "root", chromiumtest.Look{})
	tab.Visit(s.url + "/held")
	tab.Sees("18 of 20 members would go")
	tab.JudgeEverywhere("held")
	tab.Click("engineering")
	tab.Sees("Why it is held")
	tab.JudgeEverywhere("held one")
	tab.Fill("Why, for the audit log", "They still work here")
	tab.Click("Refuse")
	tab.At("/held")
	tab.Visit(s.url + "/held?all=yes")
	tab.Sees("refused by root")
}

// What somebody holds that nothing explains is looked at, taken away with a reason, and
// seen to be gone while the page is open; nobody else loses anything.
func TestSurplusTakenAway(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.app.Seed(targets.State{Assignments: []targets.Assignment{
		{AccountID: "ada", Entitlement: identity.Entitlement{Target: "app", Kind: "role", ID: "by-hand"}},
		{AccountID: "eve", Entitlement: identity.Entitlement{Target: "app", Kind: "role", ID: "by-hand"}},
	}})
	_, err := s.Hub.Sync(t.Context(), s.as("root"), hub.Scope{Full: true})
	s.must(err)
	tab := s.tab(t, "root", chromiumtest.Look{})
	tab.Visit(s.url + "/reports/creep?user=eve")
	tab.Sees("app:role/by-hand")
	tab.JudgeEverywhere("report creep with surplus")
	tab.Click("Take it away …")
	tab.Sees("from 1 person")
	tab.JudgeEverywhere("surplus to take away")
	answer := s.stall()
	t.Cleanup(answer)
	tab.Fill("Why, for the audit log", "Nobody knows why she has it")
	tab.Click("Take 1 entitlement away from 1 person")
	tab.At("/taken")
	tab.Sees("1 entitlement is ordered to go.")
	tab.Sees("on its way")
	tab.JudgeEverywhere("taken away")
	answer()
	tab.Sees("Nothing is ordered to go.") // by itself
	tab.Visit(s.url + "/taken?all=yes")
	tab.Sees("gone")
	tab.Visit(s.url + "/reports/creep/removal?user=eve") // nobody looked at the whole target since
	tab.Sees("There is nothing to take away.")
	tab.JudgeEverywhere("nothing to take away")
	tab.Visit(s.url + "/reports/creep/removal")
	tab.Sees("from 1 person") // ada, of whom nobody took anything
}
