package console

import (
	"testing"

	"birthright/internal/chromiumtest"
)

// From the link in a message to the decision, without a mouse.
func TestDecidedByKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.ask("ada", "prod")
	tab := browser.Tab(t, chromiumtest.Look{Width: chromiumtest.Phone, Dark: true})
	tab.Visit(s.url + path)
	tab.Fill("Personal token", "br_nonsense")
	tab.Expect(403)
	tab.Press("Enter")
	tab.Sees("opens nothing here")
	tab.JudgeEverywhere("login refused")
	tab.Expect(200)
	tab.Fill("Personal token", s.token("olga"))
	tab.Press("Enter")
	tab.At(path)
	tab.Sees("The disk of the database is full")
	tab.Fill("Reason", "Go on")
	tab.Press("Tab")
	if got := tab.Focus(); got != "Approve" {
		t.Errorf("behind the reason is %q", got)
	}
	tab.Press("Enter")
	tab.Sees("Approved. ada gets prod.")
	tab.JudgeEverywhere("approved")
}

// Everything works in a browser that runs no scripts; a denial needs a reason.
func TestDeniedWithoutScripts(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.ask("ada", "prod")
	tab := s.tab(t, "otto", chromiumtest.Look{NoScript: true})
	tab.Visit(s.url + path)
	tab.Expect(422)
	tab.Click("Deny")
	tab.Sees("a denial needs a reason")
	tab.JudgeEverywhere("denied without a reason")
	tab.Expect(200)
	tab.Fill("Reason", "Ask the team that is on call")
	tab.Click("Deny")
	tab.Sees("denied")
	tab.Lacks("Approve")
}
