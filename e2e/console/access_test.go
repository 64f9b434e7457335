package console

import (
	"testing"

	"birthright/internal/chromiumtest"
)

// Asked for by a link, decided on with the keys, used, made longer and given back.
func TestFromALinkToTheEnd(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.tab(t, "ada", chromiumtest.Look{})
	ada.Visit(s.url + "/request?group=prod&for=2h&reason=The+disk+is+full&ticket=OPS-7")
	ada.Sees("At most 8h")
	ada.Click("Send the request")
	ada.Sees("prod: asked for; r1 waits for olga, otto.")

	olga := s.tab(t, "olga", chromiumtest.Look{Dark: true})
	olga.Visit(s.url + "/decide")
	olga.Sees("The disk is full")
	olga.Press("?")
	olga.Sees("next, previous")
	olga.JudgeEverywhere("decide keys")
	olga.Press("?")
	olga.Press("j")
	olga.Press("d")
	if got := olga.Focus(); got != "Reason" {
		t.Errorf("a denial without a reason leads to %q", got)
	}
	olga.Click("While you are away")
	olga.Visit(s.url + "/decide")
	olga.Press("j")
	olga.Press("a")
	olga.Sees("r1, ada and prod: Approved. ada gets prod.")
	olga.Sees("Nothing waits for you to decide.")
}
