package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"birthright/identity"
)

func TestReach(t *testing.T) {
	e := engine(t, `
groups: [{name: eng}, {name: duty}]
rules:
  - name: engineers
    when: 'user.department == "Eng" && (user.team != "" || oncall("s"))'
    except: user.title == user.team
    groups: [eng, "team-{team}"]
  - {name: onduty, when: 'inGroup("eng") && oncall("s")', groups: [duty]}
  - {name: over, when: true, groups: [duty], valid_until: 2026-11-01}
`)
	var users []identity.User
	for i, pairs := range [][]string{
		{"department", "Eng", "team", "A"}, {"department", "Eng", "team", "B"}, {"department", "Eng"}, {"department", "Eng"},
		{"department", "Eng", "team", "A", "title", "A"}, {"department", "Ops", "team", "A"},
	} {
		u := someone(pairs...)
		u.N = int64(i + 1)
		users = append(users, u)
	}
	w := World{At: noon, Facts: crowdFacts{onCall: map[int64]string{1: "s", 3: "s"}, over: noon.AddDate(0, 0, 1)}}
	pop := populate(e.Readings(), users)
	x := e.Everyone(pop, w)
	for rule, want := range map[string]Reach{
		"engineers": {
			InForce: true,
			Clauses: []ClauseReach{
				{Text: `user.department == "Eng"`, Holds: 5, Left: 5},
				{Text: `user.team != "" || oncall("s")`, Holds: 5, Left: 4},
			},
			Except: &ClauseReach{Text: `user.title == user.team`, Holds: 3, Left: 2, Each: true}, // who has neither, too
			Groups: []GroupReach{{"eng", 2}, {"team-a", 1}, {"team-b", 1}},
		},
		"onduty": {
			InForce: true,
			Clauses: []ClauseReach{{Text: `inGroup("eng")`, Holds: 2, Left: 2}, {Text: `oncall("s")`, Holds: 2, Left: 1}},
			Groups:  []GroupReach{{"duty", 1}},
		},
		"over": {Clauses: []ClauseReach{{Text: "true", Holds: 6, Left: 6}}, Groups: []GroupReach{}},
	} {
		got, ok := e.Reach(rule, pop, w, x)
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Reach{}, "Rule", "Holds")); d != "" || !ok {
			t.Errorf("%s: %s", rule, d)
		}
	}
	if _, ok := e.Reach("nothing", pop, w, x); ok {
		t.Error("a rule that is not there has a reach")
	}
}
