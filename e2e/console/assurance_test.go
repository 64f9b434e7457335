package console

import (
	"testing"

	"birthright/internal/chromiumtest"
	"birthright/reviews"
	reviewdesk "birthright/reviews/desk"
	"birthright/store"
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
	tab.Click("Keep")
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

// A removal that a guard stopped is looked at, and refused with a reason.
func TestHeldAndRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.must(s.Store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.SaveHeld(t.Context(), []store.HeldRow{{
			Kind: store.HeldRemoval, Target: "app", UserN: s.as("ada").UserN, Subject: "ada", Action: "remove", Entitlement: "app:role/logs",
			Reason: "18 removals that nobody ordered, 10 are allowed",
		}})
	}))
	tab := s.tab(t, "root", chromiumtest.Look{})
	tab.Visit(s.url + "/held")
	tab.Sees("18 removals that nobody ordered")
	tab.JudgeEverywhere("held")
	tab.Click("remove ada app:role/logs")
	tab.Sees("Why it is held")
	tab.JudgeEverywhere("held one")
	tab.Fill("Why, for the audit log", "She still needs it")
	tab.Click("Refuse")
	tab.At("/held")
	tab.Visit(s.url + "/held?all=yes")
	tab.Sees("refused by root")
}
