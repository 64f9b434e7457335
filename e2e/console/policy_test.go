package console

import (
	"strings"
	"testing"

	"birthright/internal/chromiumtest"
)

// A draft tells as one types what it would change and what is wrong with it, and becomes
// a patch.
func TestADraftOfThePolicy(t *testing.T) {
	t.Parallel()
	s := open(t)
	tab := s.tab(t, "root", chromiumtest.Look{})
	tab.Visit(s.url + "/policy")
	tab.Click("Edit a draft")
	label := tab.Text("label[for=text]")
	tab.Fill(label, strings.Replace(policy, `user.team == "Platform"`, `user.team == "EMEA"`, 1))
	tab.Sees("What it would change")
	tab.Sees("of 75 people")
	tab.JudgeEverywhere("draft with its impact")
	tab.Fill(label, strings.Replace(policy, `user.team ==`, `user.tem ==`, 1))
	tab.Sees("1 fault")
	tab.JudgeEverywhere("draft with a fault")
	tab.Fill(label, strings.Replace(policy, `user.team == "Platform"`, `user.`, 1))
	tab.ClickOn("#text")
	tab.Press("Escape")
	tab.Fill(label, strings.Replace(policy, `"Platform"`, `"EMEA"`, 1))
	tab.Click("Check")
	tab.Sees("memberships gained")
	tab.JudgeEverywhere("draft that was checked")
}
