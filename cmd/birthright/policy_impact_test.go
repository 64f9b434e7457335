package main

import (
	"fmt"
	"strings"
	"testing"

	"birthright/hub/trial"
)

// TestCommentsHaveRoom: a comment is cut before it is longer than GitHub takes, and
// says that it is.
func TestCommentsHaveRoom(t *testing.T) {
	v := trial.Outcome{People: 100_000, Policy: trial.Versions{Before: "a", After: "b"}}
	for i := range 3000 {
		g := trial.GroupOutcome{Group: fmt.Sprintf("group-%04d", i), Risk: "high", Losses: 50}
		for j := range 50 {
			v.Losses = append(v.Losses, trial.Pair{User: fmt.Sprintf("person-%d", j), Group: g.Group})
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
	v := trial.Outcome{
		People: 2, Groups: []trial.GroupOutcome{{Group: "g", Gains: 1}}, Gains: []trial.Pair{{User: "x|<y>", Group: "g"}}, NeedlessGrants: []trial.NeedlessGrant{{User: "a|b", Group: "g"}},
		Constraints: []trial.Broken{{Name: "k", Mode: "enforce", Groups: []string{"g", "h"}, Breaks: []trial.Violation{{User: "u|v", Groups: []string{"g", "h"}}}}},
	}
	for _, want := range []string{`- gain: x\|&lt;y&gt;`, `- a\|b: g`, `- u\|v: g refused, h kept`, "**Constraint k** (g, h, enforced) breaks for 1, mends for 0."} {
		if text := impactComment(v, 10); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestTablesNameSoMany bounds names group by group.
func TestTablesNameSoMany(t *testing.T) {
	v := trial.Outcome{
		People: 9, Groups: []trial.GroupOutcome{{Group: "g", Gains: 3}, {Group: "h", Losses: 1}},
		Gains: []trial.Pair{{User: "a", Group: "g"}, {User: "b", Group: "g"}, {User: "c", Group: "g"}}, Losses: []trial.Pair{{User: "d", Group: "h"}},
	}
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
