package conformance

import (
	"regexp"
	"strings"
	"testing"
)

// TestCasesAreWhole sees that every case can be told from the others and says why
// it is asked.
func TestCasesAreWhole(t *testing.T) {
	section := regexp.MustCompile(`^RFC (7643|7644|9865|7493) §\d+(\.\d+)*$`)
	seen := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.ID()] {
			t.Errorf("%s is there twice", c.ID())
		}
		seen[c.ID()] = true
		if !section.MatchString(c.Section) || c.Name == "" || len(c.Why) < 10 || c.Run == nil {
			t.Errorf("%s lacks a section, a name, a reason or something to do", c.ID())
		}
		if strings.ContainsAny(c.ID(), "\n\t") {
			t.Errorf("%q cannot stand on a line", c.ID())
		}
	}
	if len(seen) < 250 {
		t.Errorf("only %d cases", len(seen))
	}
}
