package console

import (
	"testing"
	"time"

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

// Whoever waits before an open page sees what others do, and how the access ends, without
// a click.
func TestAnOpenPageFollows(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.askFor("ada", "prod", 4*time.Second)
	tab := s.tab(t, "ada", chromiumtest.Look{})
	tab.Visit(s.url + "/requests/" + r.ID)
	tab.Sees("pending")
	s.approve("olga", r)
	tab.Sees("active until")
	tab.JudgeEverywhere("approved while it was open")
	tab.Visit(s.url + "/")
	tab.Sees("given for a time")
	tab.Lacks("given for a time")
}

// Whoever types something keeps it, and is told that the page is no longer what it was.
func TestWhatIsTypedStays(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.askFor("ada", "prod", time.Hour)
	tab := s.tab(t, "olga", chromiumtest.Look{})
	tab.Visit(s.url + "/requests/" + r.ID)
	tab.Fill("Reason", "The shard is mine to mend")
	s.approve("otto", r)
	tab.Sees("This has changed meanwhile.")
	tab.JudgeEverywhere("changed meanwhile")
	var typed string
	tab.Value(`document.getElementById("reason").value`, &typed)
	if typed != "The shard is mine to mend" {
		t.Errorf("what was typed is now %q", typed)
	}
	tab.Click("Show it anew")
	tab.Sees("approved")
	tab.Lacks("This has changed meanwhile.")
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

// An owner finds a year later who was given what and why: from the page of the group, by a
// word of the reason, to the request and back, and takes the list along.
func TestHistoryIsFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.askFor("ada", "prod", time.Hour)
	s.approve("olga", r)
	s.askFor("eve", "prod", time.Hour)
	tab := s.tab(t, "otto", chromiumtest.Look{Width: chromiumtest.Phone})
	tab.Visit(s.url + "/groups/prod")
	tab.Click("Requests")
	tab.Sees("eve, prod")
	tab.Sees("ada, prod")
	tab.Fill("Answered by", "olga")
	tab.Press("Enter")
	tab.Lacks("eve, prod")
	tab.JudgeEverywhere("requests found")
	tab.Click("ada, prod")
	tab.At("/requests/" + r.ID)
	tab.Visit(s.url + "/")
	tab.Click("All grants")
	tab.Click("prod")
	tab.Sees("ada, prod")
	tab.JudgeEverywhere("grants found")
	var file string
	tab.Value(`document.querySelector("a[href*=csv]").getAttribute("href")`, &file)
	if file != "/grants/export?group=prod&format=csv" {
		t.Errorf("the file is %q", file)
	}
}
