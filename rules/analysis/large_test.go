package analysis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/rules/analysis"
)

// largePolicy has as many rules as count, all of which give one group. Of each
// hundred one is covered by that before it, and one can never hold because of what
// it asks for.
func largePolicy(count int, shape string) string {
	var b strings.Builder
	b.WriteString("groups:\n  - {name: shared, owners: [manager]}\n")
	for i := range count {
		fmt.Fprintf(&b, "  - {name: g%d, owners: [manager]}\n", i)
	}
	b.WriteString("rules:\n")
	for i := range count {
		when, group := fmt.Sprintf(shape, i), i
		switch i % 100 {
		case 99:
			when, group = fmt.Sprintf(shape, i-1)+` && user.location == "x"`, i-1
		case 50:
			when += fmt.Sprintf(` && inGroup("g%d")`, i-1)
		}
		fmt.Fprintf(&b, "  - {name: r%d, groups: [g%d, shared], when: '%s'}\n", i, group, when)
	}
	return b.String()
}

func kindsIn(findings []analysis.Finding) map[string]int {
	kinds := map[string]int{}
	for _, f := range findings {
		kinds[f.Kind]++
	}
	return kinds
}

func TestTenThousandRulesTakeSeconds(t *testing.T) {
	e := engine(t, largePolicy(10_000, `user.department == "d%d" && user.title != "x"`))
	started := time.Now()
	kinds := kindsIn(analysis.Run(e, analysis.Options{Now: today, Editable: editable}))
	t.Logf("%v: %v", time.Since(started), kinds)
	if kinds[analysis.NeverMatches] != 100 || kinds[analysis.Covered] != 100 || kinds[analysis.LeftOut] > 0 {
		t.Errorf("%v", kinds)
	}
}

// Where nothing tells which rules could cover each other, some pairs are left
// out, and the findings say so.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	var b strings.Builder
	b.WriteString("groups: [{name: g, owners: [manager]}]\nrules:\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "  - {name: r%d, groups: [g], when: 'user.team.startsWith(\"t%dx\")'}\n", i, i)
	}
	kinds := kindsIn(analysis.Run(engine(t, b.String()), analysis.Options{Now: today}))
	if kinds[analysis.LeftOut] != 1 || len(kinds) > 1 {
		t.Errorf("%v", kinds)
	}
}
