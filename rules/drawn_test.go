package rules

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/rules/population"
)

func TestRequires(t *testing.T) {
	department := population.Reading{Attribute: identity.AttrDepartment}
	for condition, want := range map[string]string{
		`user.department == "A"`:                                         "A",
		`user.department in ["B", "A"]`:                                  "A B",
		`user.department == "A" || user.department == "B"`:               "A B",
		`user.department == "A" && user.team == "T"`:                     "A",
		`user.department in ["A", "B"] && user.department in ["B", "C"]`: "B",
		`user.department == "A" || user.team == "T"`:                     "any",
		`user.department != "A"`:                                         "any",
		`user.department.startsWith("A")`:                                "any",
		`!(user.department == "A")`:                                      "any",
		`true`:                                                           "any",
	} {
		e := engine(t, ruleFor(condition))
		values, ok := e.Requires(e.Policy().Rules[0].Name, department)
		got := strings.Join(values, " ")
		if !ok {
			got = "any"
		}
		if got != want {
			t.Errorf("%s asks for %s, want %s", condition, got, want)
		}
	}
	if _, ok := engine(t, ruleFor("true")).Requires("nobody's", department); ok {
		t.Error("a rule that is not there asks for something")
	}
}

func TestNameOf(t *testing.T) {
	e := engine(t, "groups: [{name: all}]\nrules: [{name: r, when: true, groups: [all, \"team-{team}\", \"cc-{department}-{team}\"]}]")
	for group, want := range map[string]string{"all": "all", "team-web": "team-{team}", "cc-a-b": "cc-{department}-{team}", "other": ""} {
		if got, ok := e.Policy().Rules[0].NameOf(group); got != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", group, got, want)
		}
	}
}
