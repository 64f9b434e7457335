package console

import (
	"testing"

	"birthright/hub"
	"birthright/internal/chromiumtest"
)

// A run that goes on shows how far it is, and that it is over, without a click.
func TestARunShowsHowFarItIs(t *testing.T) {
	t.Parallel()
	s := open(t)
	answer := s.stall()
	t.Cleanup(answer) // the hub stops behind it
	run, err := s.Hub.StartSync(s.Context(), s.as("root"), hub.Scope{Full: true})
	s.must(err)
	tab := s.tab(t, "root", chromiumtest.Look{})
	tab.Visit(s.url + "/runs/" + run.ID)
	tab.Sees("It is going on")
	tab.Sees("This page shows by itself how far it is.")
	tab.JudgeEverywhere("run that goes on")
	answer()
	tab.Lacks("It is going on")
	tab.Sees("done")
	tab.JudgeEverywhere("run that is over")
}
