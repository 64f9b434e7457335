package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

// ruleFor makes a policy of one rule that gives group g.
func ruleFor(when string) string {
	return fmt.Sprintf("groups: [{name: g}]\nrules:\n  - name: r\n    groups: [g]\n    when: |\n      %s\n", when)
}

// TestAbsence states the one semantics for what a user does not have.
func TestAbsence(t *testing.T) {
	nobody := someone()
	for _, c := range []struct {
		when string
		want bool
	}{
		{`user.team == ""`, true},
		{`user.team != ""`, false},
		{`user.team != "x"`, true},
		{`!(user.team == "x")`, true},
		{`user.team in ["", "x"]`, true},
		{`user.team.startsWith("x")`, false},
		{`user.team.startsWith("")`, true},
		{`user.startDate == ""`, true},
		{`user.startDate < "2026-01-01"`, true},
		{`user.attributes["costCentre"] == ""`, true},
		{`user.attributes.costCentre == ""`, true},
		{`user.attributes["costCentre"] != "4711"`, true},
		{`"costCentre" in user.attributes`, false},
		{`size(user.attributes) == 0`, true},
		{`user.values["ou"] == []`, true},
		{`"Payroll" in user.values["ou"]`, false},
		{`user.groups == []`, true},
		{`"admins" in user.groups`, false},
		{`user.groups.exists(g, g == "")`, false},
		{`user.groups.all(g, g == "x")`, true},
		{`user.userName == "ada"`, true},
		{`user.state == "active"`, true},
		{`oncall("x") || hasTicket("x") || reportsTo("x")`, false},
		// What fails on a user gives nothing, and its negation gives nothing either.
		{`user.groups[3] == "x"`, false},
		{`user.groups[3] != "x"`, false},
		{`int(user.attributes["level"]) > 3`, false},
		{`!(int(user.attributes["level"]) > 3)`, false},
		{`timestamp(user.startDate) < timestamp("2026-01-01T00:00:00Z")`, false},
		{`user.startDate != "" && timestamp(user.startDate) < timestamp("2026-01-01T00:00:00Z")`, false},
		{`user.startDate == "" || timestamp(user.startDate) < timestamp("2026-01-01T00:00:00Z")`, true},
	} {
		e := engine(t, ruleFor(c.when))
		if got := len(e.Memberships(nobody, World{})) == 1; got != c.want {
			t.Errorf("%s is %v, want %v", c.when, got, c.want)
		}
	}
}

func TestWhatAFailingExceptDoes(t *testing.T) {
	e := engine(t, "groups: [{name: g}]\nrules: [{name: r, when: true, except: 'int(user.title) > 3', groups: [g]}]")
	for title, want := range map[string]string{"2": "g<r", "4": "", "boss": "", "": ""} {
		if got := held(e.Memberships(someone("title", title), World{})); got != want {
			t.Errorf("title %q: %q, want %q", title, got, want)
		}
	}
}

func TestConditionsSeeTheUser(t *testing.T) {
	u := someone("department", "Engineering", "team", "Platform", "costCentre", "4711", "startDate", "2026-03-01T00:00:00Z")
	u.Attributes.Set("ou", "People", "Payroll")
	u.Groups = []string{"admins", "okta-everyone"}
	facts := world{shifts: "primary", tickets: "INC", managers: "grace"}
	for _, when := range []string{
		`user.department == "Engineering" && user.team in ["Platform", "SRE"]`,
		`user.attributes["costCentre"].startsWith("47")`,
		`user.attributes["department"] == "Engineering"`,
		`"costCentre" in user.attributes && !("team2" in user.attributes)`,
		`"Payroll" in user.values["ou"] && user.attributes["ou"] == "People"`,
		`user.attributes.exists(name, user.attributes[name] == "4711")`,
		`user.attributes == {"department": "Engineering", "team": "Platform", "costCentre": "4711", "startDate": "2026-03-01T00:00:00Z", "ou": "People"}`,
		`"admins" in user.groups && user.groups.exists(g, g.startsWith("okta-"))`,
		`sets.intersects(user.groups, ["admins", "x"]) && size(user.groups) == 2`,
		`user.department.lowerAscii() == "engineering" && user.team.matches("^Pl.*m$")`,
		`timestamp(user.startDate) < timestamp("2026-04-01T00:00:00Z")`,
		`oncall("primary") && hasTicket("INC") && reportsTo("grace") && !oncall("secondary")`,
		`user.groups.exists(g, oncall("primary"))`,
	} {
		if e := engine(t, ruleFor(when)); len(e.Memberships(u, in(facts))) != 1 {
			t.Errorf("%s does not hold", when)
		}
	}
}

func TestConditionSaysWhatItReads(t *testing.T) {
	p, err := Load([]File{{"p.yaml", []byte(`
groups: [{name: a}, {name: g}]
rules:
  - {name: a, when: true, groups: [a]}
  - name: r
    groups: [g]
    when: >-
      user.team != "" && user.attributes["costCentre"] == user.attributes.unit && "x" in user.values["ou"]
      && "admins" in user.groups && oncall("s") && hasTicket("q") && inGroup("a") && user.team == user.title
    except: reportsTo("m") || size(user.attributes) > 3
`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Rules[1]
	if d := cmp.Diff([]string{"attributes.costCentre", "attributes.unit", "groups", "team", "title", "values.ou"}, r.When.Attributes); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"attributes"}, r.Except.Attributes); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a"}, r.When.Groups); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Asks{[]string{"s"}, []string{"q"}, []string{"m"}}, p.Asks()); d != "" {
		t.Error(d)
	}
}

func TestClauses(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`a`, `a`},
		{`a && b`, `a|b`},
		{` a&&b && c `, `a|b|c`},
		{`a || b && c`, `a || b && c`},
		{`a && (b || c)`, `a|b || c`},
		{`a && (b && (c && d))`, `a|b|c|d`},
		{`(a && b)`, `a|b`},
		{`(a) && (b)`, `a|b`},
		{`(a || b) && !(c && d)`, `a || b|!(c && d)`},
		{`a ? b : c`, `a ? b : c`},
		{`a && b ? c : d && e`, `a && b ? c : d && e`},
		{`x == "a && b" && y`, `x == "a && b"|y`},
		{`x == 'it\'s && "' && y`, `x == 'it\'s && "'|y`},
		{`x == r"\" && y`, `x == r"\"|y`},
		{`x == """a"&&"b""" && y`, `x == """a"&&"b"""|y`},
		{`user == "r" && bar && y`, `user == "r"|bar|y`},
		{`l.exists(x, x == "(" && y) && z`, `l.exists(x, x == "(" && y)|z`},
		{"a // && b\n && c", "a // && b|c"},
	} {
		if got := strings.Join(clauses(c.source), "|"); got != c.want {
			t.Errorf("clauses(%s) = %s, want %s", c.source, got, c.want)
		}
	}
}

func TestNothingEscapesTheLifecycle(t *testing.T) {
	e := engine(t, `
groups: [{name: mail, prehire: true}, {name: eng}]
templates: [{match: "team-a*", prehire: true}]
rules:
  - {name: all, when: true, groups: [mail, eng, "team-{team}"]}
  - {name: more, when: inGroup("eng"), groups: [mail]}
`)
	for _, c := range []struct {
		state      identity.State
		team, want string
	}{
		{identity.Active, "alpha", "eng<all mail<all,more team-alpha<all"},
		{identity.Staged, "alpha", "mail<all team-alpha<all"},
		{identity.Staged, "beta", "mail<all"},
		{identity.OnLeave, "alpha", ""},
		{identity.Suspended, "alpha", ""},
		{identity.Left, "alpha", ""},
		{"", "alpha", ""},
	} {
		u := someone("team", c.team)
		u.State = c.state
		if got := held(e.Memberships(u, World{})); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.state, c.team, got, c.want)
		}
	}
}
