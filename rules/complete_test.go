package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComplete(t *testing.T) {
	known := Known{
		Groups:    []string{"engineering", "eng-leads", "sales"},
		Values:    func(a string) []string { return map[string][]string{"department": {"Engineering", "Sales"}}[a] },
		Arguments: func(f string) []string { return map[string][]string{"oncall": {"primary"}}[f] },
	}
	for before, want := range map[string]string{
		"rules:\n  - name: a\n    when: user.dep":                          "dep: department",
		"rules:\n  - name: a\n    when: user.department == \"e":            "e: Engineering",
		"rules:\n  - name: a\n    when: user.department in [\"Sales\", \"": ": Engineering Sales",
		"rules:\n  - name: a\n    when: oncall(\"":                         ": primary",
		"rules:\n  - name: a\n    when: inGroup(\"eng":                     "eng: eng-leads engineering",
		"rules:\n  - name: a\n    when: hasT":                              `hasT: hasTicket("`,
		"rules:\n  - name: a\n    groups: [sales, eng":                     "eng: eng-leads engineering",
		"ru":                          "ru: rules: ",
		"rules:\n  - name: a\n    wh": "wh: when: ",
		"rules:\n  - ow":              "ow: owner: ",
		"rules:\n  - {name: a, wh":    "wh: when: ",
		"groups:\n  - name: a\n    request:\n      dur": "dur: durations: ",
		"# a comment about us":                          ": ",
	} {
		got := Complete(before, known)
		var texts []string
		for _, c := range got.Candidates {
			texts = append(texts, c.Text)
		}
		text := got.Prefix + ": " + strings.Join(texts, " ")
		if d := cmp.Diff(want, text); d != "" {
			t.Errorf("%q (-want +got):\n%s", before, d)
		}
	}
}
