package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestCommentsHaveRoom: a comment is cut before it is longer than GitHub takes, and
// says that it is.
func TestCommentsHaveRoom(t *testing.T) {
	v := impactView{People: 100_000, Policy: versionsView{"a", "b"}}
	for i := range 3000 {
		g := groupImpactView{Group: fmt.Sprintf("group-%04d", i), Risk: "high", Losses: 50}
		for j := range 50 {
			g.losing = append(g.losing, fmt.Sprintf("person-%d", j))
			v.Losses = append(v.Losses, pairView{g.losing[j], g.Group})
		}
		v.Groups = append(v.Groups, g)
	}
	text := impactComment(v, 0)
	if len(text) > mostComment || len(text) < mostComment-3000 {
		t.Errorf("%d characters", len(text))
	}
	if !strings.Contains(text, "group-0000") || !strings.HasSuffix(text, "`--output json` has everything.\n") {
		t.Errorf("… %q", text[len(text)-300:])
	}
}

// TestCommentsShowNamesAsTheyAre: a name must not end a table, call somebody, or be
// taken for HTML.
func TestCommentsShowNamesAsTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		"a|b": `a\|b`, "@ada": "&#64;ada", "<img>": "&lt;img&gt;", "a\nb": "a b", "`x`": "\\`x\\`", "a_b*c": `a\_b\*c`, "陳": "陳", `\|`: `\\\|`,
	} {
		if got := escaped(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	v := impactView{
		People: 2, Groups: []groupImpactView{{Group: "g", Gains: 1, gaining: []string{"x|<y>"}}}, NeedlessGrants: []needlessView{{User: "a|b", Group: "g"}},
		Constraints: []findingView{{Name: "k", Mode: "enforce", Groups: []string{"g", "h"}, Breaks: []violationView{{"u|v", []string{"g", "h"}}}}},
	}
	for _, want := range []string{`- gain: x\|&lt;y&gt;`, `- a\|b: g`, `- u\|v: g refused, h kept`, "**Constraint k** (g, h, enforced) breaks for 1, mends for 0."} {
		if text := impactComment(v, 10); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestTablesNameSoMany bounds names group by group.
func TestTablesNameSoMany(t *testing.T) {
	v := impactView{People: 9, Groups: []groupImpactView{{Group: "g", Gains: 3, gaining: []string{"a", "b", "c"}}, {Group: "h", Losses: 1, losing: []string{"d"}}}}
	text := impactText(v, 2)
	for _, want := range []string{"g      gain    … and 1 more", "h      loss    d"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "gain    c") {
		t.Error(text)
	}
}
