package analysis_test

import (
	"testing"

	"birthright/rules/analysis"
)

func TestProven(t *testing.T) {
	for _, c := range []struct {
		name, never, rules string
		want               bool
	}{
		{"no rule gives it", `when: true, groups: [h]`, ``, true},
		{"a rule gives it to others", `when: 'user.team == "x"', groups: [g]`, `{name: r, groups: [g], when: 'user.team == "y"'}`, true},
		{"a rule takes them out", `when: 'user.team == "x"', groups: [g]`, `{name: r, groups: [g], when: 'user.title == "t"', except: 'user.team in ["x", "z"]'}`, true},
		{"a rule gives it to some", `when: 'user.team == "x"', groups: [g]`, `{name: r, groups: [g], when: 'user.title == "t"'}`, false},
		{"a rule that is not always in force", `when: 'user.team == "x"', groups: [g]`, `{name: r, groups: [g], when: true, valid_until: 2020-01-01}`, false},
		{"by a group inside", `when: 'user.team == "x"', groups: [outer]`, `{name: r, groups: [g], when: 'user.title == "t"'}`, false},
		{"by a name that is made", `when: 'user.team == "x"', groups: ["made-a*"]`, `{name: r, groups: ["{title}-{team}"], when: true}`, false},
		{"by a name that cannot be made", `when: 'user.team == "x"', groups: ["made-a*"]`, `{name: r, groups: ["mate-{team}"], when: true}`, true},
		{"by what it asks for", `when: 'inGroup("h")', groups: [g]`, `{name: r, groups: [h], when: 'user.team == "x"'}, {name: s, groups: [g], when: 'user.team == "y"'}`, true},
		{"by CEL that could be anything", `when: 'int(user.team) > 3', groups: [g]`, `{name: r, groups: [g], when: 'int(user.team) < 3'}`, false},
	} {
		e := engine(t, "groups: [{name: g}, {name: h}, {name: outer, contains: [g]}]\nrules: ["+c.rules+"]\nnever: [{name: p, "+c.never+"}]")
		if got := analysis.Proven(e)[0]; got != c.want {
			t.Errorf("%s: proven %v", c.name, got)
		}
	}
}
