package analysis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/rules"
	"birthright/rules/analysis"
)

var today = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

func engine(t failing, texts ...string) *rules.Engine {
	t.Helper()
	var files []rules.File
	for i, text := range texts {
		files = append(files, rules.File{Name: fmt.Sprintf("%d.yaml", i), Data: []byte(text)})
	}
	p, err := rules.Load(files, nil)
	if err != nil {
		t.Fatalf("%v\n%.5000s", err, texts)
	}
	e, err := rules.Compile(p)
	if err != nil {
		t.Fatalf("%v\n%.5000s", err, texts)
	}
	return e
}

// editable is what people can change in these tests.
var editable = analysis.Editable{
	Attributes: map[string][]string{"displayName": {"okta"}, "nick": {"okta"}},
	Groups:     []string{"okta"}, Tickets: []string{"jira"}, Shifts: []string{"pager"},
}

// told renders findings as "severity kind line rule group".
func told(findings []analysis.Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d %s %s", f.Severity, f.Kind, f.Position.Line, f.Rule, f.Group)))
	}
	return out
}

func TestFindings(t *testing.T) {
	for _, c := range []struct{ name, policy, want string }{
		{"two values at once", `rules: [{name: r, groups: [a], when: 'user.team == "x" && user.team == "y"'}]`,
			"warning never-matches 2 r"},
		{"a value and its absence", `rules: [{name: r, groups: [a], when: 'user.team == "x" && !("team" in user.attributes)'}]`,
			"warning never-matches 2 r"},
		{"a value that does not begin so", `rules: [{name: r, groups: [a], when: 'user.team in ["x", "y"] && user.team.startsWith("z")'}]`,
			"warning never-matches 2 r"},
		{"two beginnings", `rules: [{name: r, groups: [a], when: 'user.team.startsWith("ab") && user.team.startsWith("b")'}]`,
			"warning never-matches 2 r"},
		{"a beginning without a part of it", `rules: [{name: r, groups: [a], when: 'user.team.startsWith("abc") && !user.team.contains("b")'}]`,
			"warning never-matches 2 r"},
		{"an end and an empty value", `rules: [{name: r, groups: [a], when: 'user.team.endsWith("x") && user.team == ""'}]`,
			"warning never-matches 2 r"},
		{"CEL about a named value", `rules: [{name: r, groups: [a], when: 'user.team == "Ab" && user.team.lowerAscii() == "x"'}]`,
			"warning never-matches 2 r"},
		{"a list with and without an element", `rules: [{name: r, groups: [a], when: '"x" in user.groups && !("x" in user.groups)'}]`,
			"warning never-matches 2 r"},
		{"a state that gets nothing", `rules: [{name: r, groups: [a], when: 'user.state == "suspended"'}]`,
			"warning never-matches 2 r"},
		{"except takes all", `rules: [{name: r, groups: [a], when: 'user.team == "x"', except: 'user.team != ""'}]`,
			"warning never-matches 2 r"},
		{"what another rule rules out", `
groups: [{name: c, owners: [manager]}]
rules: [{name: q, groups: [c], when: 'user.team == "x"'}, {name: r, groups: [b], when: 'inGroup("c") && user.team == "y"'}]`,
			"warning never-matches 4 r"},
		{"what always fails", `rules: [{name: r, groups: [a], when: 'int("x") > 0'}]`,
			"warning never-matches 2 r"},

		{"either way", `rules: [{name: r, groups: [a], when: 'user.team == "x" || user.team != "x"'}]`,
			"warning always-matches 2 r\nwarning covered 2 give-a"},
		{"either way with much at stake", `rules: [{name: r, groups: [root], when: 'user.team != "x" || user.team != "y"'}]`,
			"error always-matches 2 r\nwarning covered 2 give-root"},
		{"except of nobody", `rules: [{name: r, groups: [a], when: 'user.team == "x"', except: 'user.team == "y"'}]`,
			"warning dead-except 2 r"},

		{"except that fails of one", `rules: [{name: r, groups: [a], when: 'user.team in ["x", "3"]', except: 'int(user.team) > 5'}]`, ""},
		{"except that fails of all", `rules: [{name: r, groups: [a], when: 'user.team == "x"', except: 'int(user.team) > 5'}]`, "warning never-matches 2 r"},

		{"the same again", `rules: [{name: q, groups: [a, b], when: 'user.team == "x"'}, {name: r, groups: [b], when: '"x" == user.team'}]`,
			"warning covered 2 r"},
		{"a narrower one", `rules: [{name: q, groups: [a], when: 'user.team in ["x", "y"]'}, {name: r, groups: [a], when: 'user.team == "x" && user.title != ""'}]`,
			"warning covered 2 r"},
		{"by two together", `rules: [{name: q, groups: [a], when: 'user.team == "x"'}, {name: s, groups: [b], when: 'user.title == "t"'}, {name: r, groups: [a, b], when: 'user.team == "x" && user.title == "t"'}]`,
			"warning covered 2 r"},
		{"a made group", `rules: [{name: q, groups: ["t-{team}"], when: 'user.team != ""'}, {name: r, groups: ["t-{team}"], when: 'user.team == "x"'}]`,
			"warning covered 2 r"},
		{"not by a rule that ends before", `rules: [{name: q, groups: [a], when: 'true', valid_until: 2027-01-01}, {name: r, groups: [a], when: 'user.team == "x"'}]`, ""},
		{"not by a rule that may fail", `rules: [{name: q, groups: [a], when: 'user.team == "x" || int(user.title) > 1'}, {name: r, groups: [a], when: 'int(user.title) > 0'}]`, ""},

		{"a rule that is over", `rules: [{name: r, groups: [a], when: 'user.team == "x"', valid_until: 2026-11-29}]`,
			"warning expired 2 r"},
		{"nobody gives it", `groups: [{name: c, owners: [manager]}]`, "warning unobtainable 2  c"},
		{"what gives it is dead", `
groups: [{name: c, owners: [manager]}]
rules: [{name: r, groups: [c], when: 'user.team == "x" && user.team == "y"'}]`,
			"warning unobtainable 3  c\nwarning never-matches 4 r"},
		{"not what its inner groups give", `groups: [{name: c, contains: [a], owners: [manager]}]`, ""},
		{"no owner", `
groups: [{name: c}]
rules: [{name: r, groups: [c], when: 'user.team == "x"'}]`, "note no-owner 3  c"},
		{"no owner and much risk", `
groups: [{name: c, risk: high}]
rules: [{name: r, groups: [c], when: 'user.team == "x"'}]`, "warning no-owner 3  c"},
		{"an owner that nobody can be", `
groups: [{name: c, owners: ["group:d"]}, {name: d, owners: [manager]}]
rules: [{name: r, groups: [c], when: 'user.team == "x"'}]`, "warning dead-owner 3  c\nwarning unobtainable 3  d"},
		{"an owner that is not there", `
groups: [{name: c, owners: [manager, "group:dd"]}]
rules: [{name: r, groups: [c], when: 'user.team == "x"'}]`, "warning undefined-group 3"},
		{"no template owner", `templates: [{match: "t-*", risk: high}]`, "warning no-owner 2  t-*"},
		{"nobody can approve", `groups: [{name: c, request: {approve: [{by: owners}]}}]`,
			"error approval-missing 2  c\nwarning no-owner 2  c"},
		{"too few can approve", `groups: [{name: c, owners: ["user:ada"], request: {approve: [{by: owners, count: 2}]}}]`,
			"error approval-missing 2  c"},

		{"two that are kept apart", `
rules: [{name: r, groups: [a, b], when: 'user.team == "x"'}]
constraints: [{name: k, conflict: [a, b]}]`, "error conflict 3 r b"},
		{"around two that are kept apart", `
groups: [{name: c, contains: [a], owners: [manager]}]
rules: [{name: r, groups: [a, b], when: 'user.team == "x"'}]
constraints: [{name: k, conflict: [c, b]}]`, "error conflict 4 r b"},
		{"only reported", `
rules: [{name: r, groups: [a, b], when: 'user.team == "x"'}]
constraints: [{name: k, conflict: [a, b], mode: report}]`, ""},
		{"a group against itself", `
groups: [{name: c, contains: [a], owners: [manager]}]
constraints: [{name: k, conflict: [a, c]}]`, "error conflict 1  a"},
		{"asks for what it may not give with", `
rules: [{name: r, groups: [b], when: 'inGroup("a") && user.team == "x"'}]
constraints: [{name: k, conflict: [a, b]}]`, "error conflict 3 r b"},
		{"asks for the other or something else", `
rules: [{name: r, groups: [b], when: 'inGroup("a") || user.team == "x"'}]
constraints: [{name: k, conflict: [a, b]}]`, ""},
		{"by two rules for the same people", `
groups: [{name: c, owners: [manager]}]
rules: [{name: q, groups: [c], when: 'user.team == "x"'}, {name: r, groups: [root], when: 'user.team == "x" && user.title == "t"'}]
constraints: [{name: k, conflict: [c, root]}]`, "error conflict 4 r root"},
		{"by two rules for some of the same people", `
groups: [{name: c, owners: [manager]}]
rules: [{name: q, groups: [c], when: 'user.team == "x"'}, {name: r, groups: [root], when: 'user.title == "t"'}]
constraints: [{name: k, conflict: [c, root]}]`, ""},
		{"no way is left", `
groups: [{name: c, owners: [manager]}]
rules: [{name: r, groups: [c], when: 'inGroup("a") && user.team == "x"'}, {name: s, groups: [c], when: 'inGroup("b") && user.team == "y"'}]
constraints: [{name: k, conflict: [a, c]}, {name: l, conflict: [b, c]}]`,
			"error conflict 3  c\nerror conflict 4 r c\nerror conflict 4 s c"},
		{"a constraint within another", `constraints: [{name: k, conflict: [a, b, root]}, {name: l, conflict: [b, a]}]`, "warning idle-constraint 2"},

		{"an exclusion that is over", `exclusions: [{user: ada, groups: [a], reason: x, until: 2026-01-01}]`, "warning expired 2"},
		{"an exclusion from nothing", `
groups: [{name: c, owners: [manager], standing: never}]
exclusions: [{user: ada, groups: [c], reason: x, until: never}]`, "warning unobtainable 3  c\nwarning idle-exclusion 4  c"},
		{"excluded twice", `exclusions: [{user: ada, groups: [a], reason: x, until: never}, {user: ADA, groups: [a, b], reason: x, until: never}]`,
			"warning duplicate 2  a"},
		{"never twice", `never: [{name: p, when: 'user.team == "x"', groups: [a]}, {name: q, when: 'user.team  ==  "x"', groups: [a]}]`, "warning duplicate 2"},
		{"tested twice", `tests: [{name: t, lacks: [a]}, {name: t, lacks: [b]}]`, "warning duplicate 2"},
		{"owned twice", `groups: [{name: c, contains: [a], owners: [manager, manager]}]`, "warning duplicate 2  c"},

		{"people change their name", `rules: [{name: r, groups: [a], when: 'user.displayName == "Boss"'}]`, "warning self-service 2 r a"},
		{"much is at stake", `rules: [{name: r, groups: [a, root], when: 'user.attributes["nick"].startsWith("root")'}]`, "error self-service 2 r root"},
		{"by what takes them out", `rules: [{name: r, groups: [root], when: 'user.team == "x"', except: 'user.displayName == "Guest"'}]`, "error self-service 2 r root"},
		{"by CEL", `rules: [{name: r, groups: [root], when: 'user.displayName.lowerAscii() == "boss"'}]`, "error self-service 2 r root"},
		{"by joining a group", `rules: [{name: r, groups: [root], when: '"admins" in user.groups && user.team == "x"'}]`, "error self-service 2 r root"},
		{"by a ticket", `rules: [{name: r, groups: [a], when: 'hasTicket("ops")'}]`, "warning self-service 2 r a"},
		{"by a ticket within CEL", `rules: [{name: r, groups: [a], when: '["x"].exists(x, x == user.team && hasTicket("ops"))'}]`, "warning self-service 2 r a"},
		{"a list of attributes that nobody changes", `rules: [{name: r, groups: [a], when: '"team" in user.attributes && user.values["team"].exists(x, x == user.title)'}]`, ""},
		{"by a shift", `rules: [{name: r, groups: [a], when: 'oncall("ops")'}]`, "warning self-service 2 r a"},
		{"by another rule", `
groups: [{name: c, owners: [manager]}]
rules: [{name: q, groups: [c], when: 'user.displayName == "x"'}, {name: r, groups: [root], when: 'inGroup("c")'}]`,
			"warning self-service 4 q c\nerror self-service 4 r root"},
		{"read and not decisive", `rules: [{name: r, groups: [root], when: 'user.team == "x" && (user.displayName == "y" || user.displayName != "y")'}]`, "warning self-editable 2 r root"},
		{"what a group is called", `rules: [{name: r, groups: ["t-{displayName}"], when: 'user.team == "x"'}]`, "warning self-service 2 r t-{displayName}"},
		{"one's own approval", `groups: [{name: c, owners: [manager], request: {auto_approve: 'user.displayName == "x"', allow: 'hasTicket("x")'}}]`,
			"note self-editable 2  c\nwarning self-service 2  c"},
		{"one's own approval by one's own group", `
groups: [{name: c, owners: [manager]}, {name: d, owners: [manager], request: {auto_approve: 'inGroup("c")'}}]
rules: [{name: r, groups: [c], when: 'user.displayName == "x"'}]`, "warning self-service 3  d\nwarning self-service 4 r c"},
		{"members let each other in", `groups: [{name: c, owners: ["group:c"], request: {approve: [{by: owners}]}}]`, "warning self-owned 2  c"},
		{"approvers by their own doing", `
groups: [{name: c, owners: [manager]}, {name: d, risk: high, owners: ["group:c"], request: {approve: [{by: owners}]}}]
rules: [{name: r, groups: [c], when: 'user.displayName == "x"'}]`, "error self-service 3  d\nwarning self-service 4 r c"},

		{"the owners must, and there are none", `groups: [{name: c, request: {}}]`, "error approval-missing 2  c\nwarning no-owner 2  c"},
		{"others are asked for by nobody", `groups: [{name: c, owners: [manager], request: {for_others: ["group:d", manager, "user:ada"]}}, {name: d, owners: [manager]}]`,
			"warning nobody-asks 2  c\nwarning unobtainable 2  d"},
		{"others are asked for by owners, who are none", `groups: [{name: c, request: {for_others: [owners], approve: [{by: manager}]}}]`, "warning no-owner 2  c\nwarning nobody-asks 2  c"},
		{"handed on too late", `groups: [{name: c, owners: [manager], request: {expire_after: 1d, approve: [{by: owners, escalate_after: 2d, escalate_to: manager}]}}]`, "warning too-late 2  c"},
		{"handed on too late, by what is usual", `groups: [{name: c, owners: [manager], request: {approve: [{by: owners, escalate_after: 4d, escalate_to: manager}]}}]`, "warning too-late 2  c"},
		{"handed on in time", `groups: [{name: c, owners: [manager], request: {expire_after: 1d, approve: [{by: owners, escalate_after: 2h, escalate_to: manager, remind_after: 1h}]}}]`, ""},
		{"reminded too late", `groups: [{name: c, owners: [manager], request: {expire_after: 1h, approve: [{by: owners, remind_after: 1d}]}}]`, "warning too-late 2  c"},
		{"a glass that nobody hears", `groups: [{name: c, request: {break_glass: {}, approve: [{by: manager}]}}]`, "warning no-owner 2  c\nwarning untold 2  c"},
		{"handed on to its members", `groups: [{name: c, owners: [manager], request: {approve: [{by: owners, escalate_after: 1h, escalate_to: "group:c"}]}}]`, "warning self-owned 2  c"},
		{"handed on to its owners, who are its members", `groups: [{name: c, risk: high, owners: ["group:c"], request: {approve: [{by: manager, escalate_after: 1h, escalate_to: owners}]}}]`,
			"error self-owned 2  c"},
		{"a bundle that cannot be had", `
groups: [{name: c, owners: [manager], request: {}}, {name: d, owners: [manager], request: {}}, {name: e, owners: [manager], contains: [d]}]
bundles: [{name: both, groups: [c, d]}]
constraints: [{name: k, conflict: [c, e]}]`, "error conflict 4  both"},
		{"a bundle that is only reported", `
groups: [{name: c, owners: [manager], request: {}}, {name: d, owners: [manager], request: {}}]
bundles: [{name: both, groups: [c, d]}]
constraints: [{name: k, conflict: [c, d], mode: report}]`, ""},
		{"an entry that never counts", `
entitlements:
  - {match: "x:team/*", owners: [manager], request: {}}
  - {match: "x:team/a*", owners: [manager], request: {}}
  - {match: "x:*/b", owners: [manager], request: {}}`, "warning shadowed 5  x:team/a*"},
		{"an entry that nobody approves", `entitlements: [{match: "x:team/*", request: {}}]`, "error approval-missing 2  x:team/*"},
		{"nobody may ask", `groups: [{name: c, owners: [manager], request: {allow: 'user.team == "x" && user.team == "y"', break_glass: {allow: 'user.team == "x" && user.team == "y"'}}}]`,
			"warning never-allowed 2  c\nwarning never-allowed 2  c"},
		{"somebody may ask, by the request", `groups: [{name: c, owners: [manager], request: {allow: 'request.reason != "" && user.team == "x" && user.team == "y"'}}]`, ""},
		{"everybody may ask for what is critical", `groups: [{name: c, risk: critical, owners: [manager], request: {}}, {name: d, risk: critical, owners: [manager], request: {allow: 'user.team == "x" || user.team != "x"'}}]`,
			"warning open-to-all 2  c\nwarning open-to-all 2  d"},
		{"some may ask for what is critical", `groups: [{name: c, risk: critical, owners: [manager], request: {allow: 'user.team == "x"'}}]`, ""},
		{"approved for everybody", `groups: [{name: c, risk: high, owners: [manager], request: {auto_approve: 'true', auto_max: 1h}}, {name: d, owners: [manager], request: {auto_approve: 'true'}}]`,
			"error open-to-all 2  c\nnote open-to-all 2  d"},
		{"approved without a bound", `groups: [{name: c, risk: high, owners: [manager], request: {auto_approve: 'user.team == "x"'}}, {name: d, risk: high, owners: [manager], request: {auto_approve: 'user.team == "x"', durations: {max: 1h}}}]`,
			"warning no-limit 2  c"},
		{"people break the glass by a ticket of theirs", `groups: [{name: c, owners: [manager], request: {break_glass: {allow: 'hasTicket("ops")'}}}]`, "warning self-service 2  c"},
		{"people become those who ask for others, who approve late, and who break the glass", `
groups: [{name: c, owners: [manager]}, {name: d, risk: high, owners: [manager], request: {for_others: ["group:c"], break_glass: {allow: 'inGroup("c")'}, approve: [{by: owners, escalate_after: 1h, escalate_to: "group:c"}]}}]
rules: [{name: r, groups: [c], when: 'user.displayName == "x"'}]`,
			"warning self-editable 3  d\nerror self-service 3  d\nerror self-service 3  d\nwarning self-service 4 r c"},
	} {
		base := `{name: a, owners: [manager]}, {name: b, owners: [manager]}, {name: root, risk: critical, owners: [manager]}`
		given := `{name: give-a, when: 'user.department == "a"', groups: [a]}, {name: give-b, when: 'user.department == "b"', groups: [b]}, {name: give-root, when: 'user.department == "root"', groups: [root]}`
		e := engine(t, "\n"+c.policy, "groups: ["+base+"]\nrules: ["+given+"]")
		got := told(analysis.Run(e, analysis.Options{Now: today, Editable: editable}))
		if d := cmp.Diff(strings.Split(c.want, "\n"), got); d != "" && (c.want != "" || len(got) > 0) {
			t.Errorf("%s: %s", c.name, d)
		}
		for _, f := range analysis.Run(e, analysis.Options{Now: today, Editable: editable}) {
			if f.Remedy == "" || f.Message == "" {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
	}
}

// A policy without a fault has no findings, whatever people can change.
func TestNothingIsWrong(t *testing.T) {
	e := engine(t, `
groups:
  - {name: everyone, owners: ["group:hr"], contains: [leads]}
  - {name: hr, owners: ["user:ada"]}
  - {name: engineering, owners: ["group:hr", manager]}
  - {name: leads, owners: [manager], risk: high}
  - {name: prod, risk: high, standing: never, owners: ["group:leads"], request: {allow: 'user.department == "Engineering"', approve: [{by: owners}], auto_approve: 'inGroup("leads")', auto_max: 1h}}
rules:
  - {name: all, when: true, groups: [everyone]}
  - {name: hr, when: 'user.department == "HR"', groups: [hr]}
  - {name: engineers, when: 'user.department == "Engineering"', except: 'user.employeeType == "Contractor"', groups: [engineering]}
  - {name: leads, when: 'inGroup("engineering") && user.title.startsWith("Lead")', groups: [leads]}
  - {name: old, when: 'user.startDate != "" && timestamp(user.startDate) < timestamp("2015-01-01T00:00:00Z")', groups: [leads], valid_until: 2027-01-01}
  - {name: teams, when: 'user.team != ""', groups: ["team-{team}"]}
templates: [{match: "team-*", owners: [manager]}]
constraints: [{name: apart, conflict: [hr, leads]}]
exclusions: [{user: bob, groups: [prod], reason: asked not to, until: 2027-01-01}]
never: [{name: no contractor, when: 'user.employeeType == "Contractor"', groups: ["prod*"]}]
tests: [{name: t, user: {department: HR}, gets: [hr]}]
`)
	if got := analysis.Run(e, analysis.Options{Now: today, Editable: editable}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

// What a finding says, in full.
func TestAFindingSaysWhatToDo(t *testing.T) {
	e := engine(t, "groups: [{name: a, owners: [manager], risk: high}]\nrules:\n  - {name: r, groups: [a], when: 'user.displayName == \"Boss\"'}\n")
	want := []analysis.Finding{{
		Kind: analysis.SelfService, Severity: analysis.Error, Position: rules.Position{File: "0.yaml", Line: 3, Column: 5}, Rule: "r", Group: "a",
		Message: `people can let themselves into a: rule "r" depends on user.displayName (in okta), which they can change themselves`,
		Remedy:  "ask for something that people cannot change, or let authority believe a source in which they cannot",
	}}
	if d := cmp.Diff(want, analysis.Run(e, analysis.Options{Now: today, Editable: editable})); d != "" {
		t.Error(d)
	}
}
