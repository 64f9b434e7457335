package graph

import (
	"slices"
	"strings"
	"testing"

	"birthright/identity"
)

func TestFilters(t *testing.T) {
	e := engineOf(t, small)
	for _, c := range []struct {
		name          string
		o             Options
		counted, bare string
	}{
		{"a group with one inside it", Options{Group: "all"}, "people:Engineering rules:engineers groups:all groups:eng targets:mail targets:git",
			"people:Engineering rules:engineers groups:all groups:eng targets:git targets:mail"},
		{"a group that a rule makes", Options{Group: "team-web"}, "people:Engineering rules:teams groups:team-web targets:git",
			"people:*anywhere rules:teams groups:team-{team} targets:git"},
		{"a group that no rule gives", Options{Group: "vault"}, "groups:vault targets:prod", "groups:vault targets:prod"},
		{"a rule", Options{Rule: "sre"}, "people:Engineering people:Engineering/SRE rules:sre groups:sre targets:git targets:prod",
			"people:Engineering people:Engineering/SRE rules:sre groups:sre targets:git targets:prod"},
		{"a rule that gives nobody anything", Options{Rule: "ghosts"}, "rules:ghosts groups:nobody", "people:*anywhere rules:ghosts groups:nobody"},
		{"a department", Options{Department: "Sales"}, "people:Sales rules:teams groups:team-emea targets:git", ""},
		{"a target", Options{Target: "prod"}, "people:Engineering people:Engineering/SRE rules:sre groups:sre groups:vault targets:prod",
			"people:Engineering people:Engineering/SRE rules:sre groups:sre groups:vault targets:prod"},
		{"a target of a group around", Options{Target: "mail"}, "people:Engineering rules:engineers groups:all groups:eng targets:mail",
			"people:Engineering rules:engineers groups:all groups:eng targets:mail"},
		{"two that have nothing in common", Options{Rule: "sre", Target: "mail"}, "", ""},
	} {
		for want, crowd := range map[string]*Crowd{c.counted: crowdOfUsers(e, smallPeople()), c.bare + " ": nil} {
			if c.o.Department != "" && crowd == nil {
				continue
			}
			g := draw(t, e, crowd, c.o)
			var got []string
			for _, n := range g.Nodes {
				got = append(got, n.ID)
			}
			if wanted := strings.Fields(want); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(wanted))) {
				t.Errorf("%s, counted %v:\n got %q\nwant %q", c.name, crowd != nil, got, wanted)
			}
		}
	}
}

// Without a directory, a department gets what rules give that ask for it or for none.
func TestADepartmentThatNobodyIsKnownIn(t *testing.T) {
	e := engineOf(t, small)
	g := draw(t, e, nil, Options{Department: "Engineering"})
	if n := len(g.In(Rules)); n != 4 {
		t.Errorf("%d rules, want all 4", n)
	}
}

func TestFiltersThatNameNothing(t *testing.T) {
	e := engineOf(t, small)
	for want, o := range map[string]Options{
		"draw group: engs: there is no such group (did you mean eng?)":                         {Group: "engs"},
		"draw rule: enginers: there is no such rule (did you mean engineers?)":                 {Rule: "enginers"},
		"draw department: Enginering: there is no such department (did you mean Engineering?)": {Department: "Enginering"},
		"draw target: prd: there is no such target (did you mean prod?)":                       {Target: "prd"},
		"draw department: anyone: there is no such department":                                 {Department: "anyone"},
	} {
		for _, crowd := range []*Crowd{crowdOfUsers(e, smallPeople()), nil} {
			_, err := Build(e, crowd, o)
			if err == nil || err.Error() != want || identity.KindOf(err) != identity.NotFound {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}
