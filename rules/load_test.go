package rules

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

// The groups that the faulty policies may refer to, on lines after them.
const someGroups = "\ngroups: [{name: eng}, {name: ops}, {name: jit, standing: never}]\n"

func TestLoadTellsEveryFault(t *testing.T) {
	rule := func(body string) string { return "rules:\n  - name: r\n    groups: [eng]\n    " + body + someGroups }
	for _, c := range []struct{ name, policy, want string }{
		{"misspelt attribute", rule(`when: user.departmnt == "x"`), `p.yaml:4:11: unknown attribute user.departmnt (did you mean user.department?)`},
		{"attribute without user", rule(`when: department == "x"`), `p.yaml:4:11: unknown name "department": attributes are read as user.department`},
		{"text without quotes", rule(`when: user.department == Engineering`), `p.yaml:4:30: unknown name "Engineering": text goes in quotes`},
		{"unknown function", rule(`when: user.team != "" && oncal("x")`), `p.yaml:4:30: unknown function oncal (did you mean oncall?)`},
		{"unknown method", rule(`when: user.team.beginsWith("x")`), `p.yaml:4:21: unknown function beginsWith`},
		{"macro in a wrong shape", rule(`when: user.groups.exists("x")`), `p.yaml:4:23: exists is written LIST.exists(x, condition on x)`},
		{"wrong types", rule(`when: user.department == 3`), `p.yaml:4:27: == cannot be applied to (string, int): attributes are strings`},
		{"not yes or no", rule(`when: user.department`), `p.yaml:4:11: the condition gives a string, not yes or no`},
		{"half not yes or no", rule(`when: user.team == "x" && user.department`), `p.yaml:4:35: a string is not yes or no`},
		{"user alone", rule(`when: user == "x"`), `p.yaml:4:11: user is not a value by itself`},
		{"has", rule(`when: has(user.team)`), `p.yaml:4:15: has() is not needed`},
		{"broken in a block", rule("when: |\n      user.team == \"x\" &&\n        user.dept == \"y\""), `p.yaml:6:9: unknown attribute user.dept`},
		{"broken in a folded block", rule("when: >-\n      user.team == \"x\" &&\n      user.dept == \"y\""), `p.yaml:6:7: unknown attribute user.dept`},
		{"broken in double quotes", rule(`when: "user.team == \"x\" && user.dept == \"y\""`), `p.yaml:4:34: unknown attribute user.dept`},
		{"broken in single quotes", rule(`when: 'user.team == ''x'' && user.dept == "y"'`), `p.yaml:4:34: unknown attribute user.dept`},
		{"broken after wide letters", rule(`when: user.team == "Ünïcödé 漢字" && user.dept == "y"`), `p.yaml:4:40: unknown attribute user.dept`},
		{"broken syntax", rule(`when: user.team == "x" && (user.title`), `p.yaml:4:42: syntax error: ) is missing`},
		{"broken syntax twice", rule(`when: user.team == = "x" && ) 3`), `p.yaml:4:24: syntax error: = cannot stand here`},
		{"broken syntax in the middle", rule(`when: user.team == "x" user.title`), `p.yaml:4:28: syntax error: user cannot stand here`},
		{"bad pattern", rule(`when: user.team.matches("(")`), `p.yaml:4:29: invalid matches argument`},
		{"function with a variable", rule(`when: oncall(user.team)`), `p.yaml:4:11: oncall takes one name of a schedule in quotes: oncall("NAME")`},
		{"function without argument", rule(`when: inGroup()`), `p.yaml:4:11: inGroup takes one name of a group in quotes`},
		{"absurd cost", rule(`when: user.groups.all(a, user.groups.all(b, user.groups.all(c, a + b != c)))`), `p.yaml:4:11: the condition may take`},
		{"variable called user", rule(`when: user.groups.exists(user, user == "x")`), `user is the person that the condition is about`},
		{"empty when", rule(`when: ""`), `p.yaml:4:12: the condition is empty`},
		{"no when", rule(`description: x`), `p.yaml:2:5: rule "r" has no when`},
		{"list as when", rule(`when: [a]`), `p.yaml:4:11: rules[0].when: must be a condition`},
		{"broken except", rule("when: true\n    except: user.tem == \"\""), `p.yaml:5:13: unknown attribute user.tem (did you mean user.team?)`},
		{"inGroup of nothing", rule(`when: inGroup("egn")`), `p.yaml:4:11: undefined group "egn" (did you mean eng?)`},
		{"inGroup of a group that no rule gives", rule(`when: inGroup("ops")`), `p.yaml:4:11: inGroup("ops") can never hold`},
		{"inGroup of itself", rule(`when: inGroup("eng")`), `p.yaml:2:5: inGroup goes in a circle: rule r needs group eng, which rule r gives`},

		{"no groups", "rules: [{name: r, when: true}]", `p.yaml:1:9: rule "r" gives no groups`},
		{"undefined group", "rules: [{name: r, when: true, groups: [egn]}]" + someGroups, `p.yaml:1:40: undefined group "egn" (did you mean eng?)`},
		{"group listed twice", "rules: [{name: r, when: true, groups: [eng, eng]}]" + someGroups, `p.yaml:1:45: group "eng" is listed twice`},
		{"standing never", "rules: [{name: r, when: true, groups: [jit]}]" + someGroups, `p.yaml:1:40: no rule may give group "jit": it says standing: never, at p.yaml:2`},
		{"placeholder", `rules: [{name: r, when: true, groups: ["t-{tem}"]}]`, `p.yaml:1:40: unknown attribute in placeholder {tem} (did you mean team?)`},
		{"open placeholder", `rules: [{name: r, when: true, groups: ["t-{team"]}]`, `opens a placeholder`},
		{"bad made name", `rules: [{name: r, when: true, groups: ["T {team}"]}]`, `"T {team}" is not a group name`},
		{"rule without a name", "rules: [{when: true, groups: [eng]}]" + someGroups, `p.yaml:1:9: a rule without a name`},
		{"rule twice", "rules: [{name: r, when: true, groups: [eng]}, {name: r, when: true, groups: [ops]}]" + someGroups, `p.yaml:1:54: rule "r" is defined twice; the first one is at p.yaml:1:16`},
		{"rule owner", "rules: [{name: r, owner: ada, when: true, groups: [eng]}]" + someGroups, `p.yaml:1:26: "ada" is not an owner`},

		{"group name", "groups: [{name: Eng Team}]", `p.yaml:1:17: "Eng Team" is not a group name`},
		{"group twice", "groups: [{name: a}, {name: a}]", `p.yaml:1:28: group "a" is defined twice`},
		{"risk", "groups: [{name: a, risk: hihg}]", `p.yaml:1:26: risk cannot be "hihg" (did you mean high?): it is one of low, medium, high, critical`},
		{"standing", "groups: [{name: a, standing: nevr}]", `standing cannot be "nevr" (did you mean never?)`},
		{"prehire and never", "groups: [{name: a, standing: never, prehire: true}]", `p.yaml:1:46: prehire is for groups that rules give`},
		{"access", "groups: [{name: a, access: [github]}]", `p.yaml:1:29: "github" is not an entitlement address`},
		{"access target", `groups: [{name: a, access: ["gihub:team/x"]}]`, `p.yaml:1:29: access to "gihub:team/x": no target "gihub" is configured (did you mean github?)`},
		{"access twice", `groups: [{name: a, access: ["github:team/x", "github:team/x"]}]`, `is listed twice`},
		{"owner", "groups: [{name: a, owners: [\"group:\"]}]", `p.yaml:1:29: "group:" is not an owner`},
		{"owner circle", `groups: [{name: a, owners: ["group:b"]}, {name: b, owners: ["group:a"]}]`, `p.yaml:1:28: groups own each other in a circle: a ← b ← a`},
		{"unknown key", "groups: [{name: a, acess: []}]", `p.yaml:1:20: unknown key "acess"`},
		{"duration", "groups: [{name: a, request: {durations: {max: 8 parsecs}}}]", `p.yaml:1:47:`},
		{"duration of nothing", "groups: [{name: a, request: {durations: {max: 0s}}}]", `p.yaml:1:47: a duration is longer than nothing`},
		{"default beyond max", "groups: [{name: a, request: {durations: {default: 2h, max: 1h}}}]", `p.yaml:1:51: the default duration is longer`},
		{"require", "groups: [{name: a, request: {require: [raeson]}}]", `cannot be "raeson" (did you mean reason?)`},
		{"approve by nobody", "groups: [{name: a, request: {approve: [{count: 1}]}}]", `p.yaml:1:40: a stage of approval needs by`},
		{"approve by undefined", "groups: [{name: a, request: {approve: [{by: \"group:x\", count: 0}]}}]", `p.yaml:1:45: undefined group "x"`},
		{"approve count", "groups: [{name: a, request: {approve: [{by: owners, count: 0}]}}]", `p.yaml:1:60: count is how many`},
		{"request condition", "groups: [{name: a, request: {allow: user.depatment == \"x\"}}]", `p.yaml:1:37: unknown attribute user.depatment`},

		{"template pattern", "templates: [{match: \"Team *\"}]", `p.yaml:1:21: "Team *" is not a pattern of group names`},
		{"template without match", "templates: [{title: x}]", `is not a pattern of group names`},
		{"template placeholder", `templates: [{match: "t-*", access: ["github:team/{2}"]}]`, `p.yaml:1:37: unknown placeholder {2}: a template knows {name}, {rule} and {1} for its star`},
		{"template access", `templates: [{match: "t-*", access: ["{name}"]}]`, `is not an entitlement address`},
		{"template target", `templates: [{match: "t-*", access: ["git:team/{name}"]}]`, `no target "git" is configured`},
		{"template owner", `templates: [{match: "t-*", owners: [boss]}]`, `"boss" is not an owner`},

		{"constraint alone", "constraints: [{name: c, conflict: [eng]}]" + someGroups, `p.yaml:1:15: constraint "c" needs at least two groups`},
		{"constraint twice the same", "constraints: [{name: c, conflict: [eng, eng]}]" + someGroups, `p.yaml:1:41: group "eng" is listed twice`},
		{"constraint mode", "constraints: [{name: c, conflict: [eng, ops], mode: enfore}]" + someGroups, `mode cannot be "enfore" (did you mean enforce?)`},

		{"contains undefined", "groups: [{name: a, contains: [egn]}]" + strings.Replace(someGroups, "groups:", "tests: []\nrules: []\n#", 1), `p.yaml:1:31: undefined group "egn"`},
		{"contains twice", "groups: [{name: a, contains: [b, b]}, {name: b}]", `p.yaml:1:34: group "b" is listed twice`},
		{"contains in a circle", "groups: [{name: a, contains: [b]}, {name: b, contains: [a]}]", `p.yaml:1:30: groups contain each other in a circle: a ∋ b ∋ a`},
		{"contains itself", "groups: [{name: a, contains: [a]}]", `groups contain each other in a circle: a ∋ a`},
		{"contains and never stands", "groups: [{name: a, standing: never, contains: [b]}, {name: b}]", `p.yaml:1:47: group "a" says standing: never, and whoever is in a group that it contains would stand in it`},
		{"circle through what is contained", "rules: [{name: r, when: 'inGroup(\"a\")', groups: [b]}]\ngroups: [{name: a, contains: [b]}, {name: b}]", `inGroup goes in a circle: rule r needs group a, which rule r gives`},
		{"valid from", rule("when: true\n    valid_from: soon"), `p.yaml:5:17: "soon" is not a date; write YYYY-MM-DD`},
		{"valid until before from", rule("when: true\n    valid_from: 2026-12-01\n    valid_until: 2026-11-01"), `p.yaml:6:18: rule "r" ends before it begins`},
		{"now in a rule", rule(`when: now > timestamp("2026-01-01T00:00:00Z")`), `p.yaml:4:11: now can be read in the conditions of a request only: a rule begins and ends with valid_from`},
		{"date of a number", rule(`when: date(3) > date("2026-01-01")`), `p.yaml:4:15: date cannot be applied to (int)`},

		{"exclusion of nobody", "exclusions: [{groups: [eng], reason: x, until: never}]" + someGroups, `p.yaml:1:14: an exclusion without user`},
		{"exclusion of nothing", "exclusions: [{user: ada, reason: x, until: never}]" + someGroups, `p.yaml:1:14: an exclusion without groups`},
		{"exclusion without reason", "exclusions: [{user: ada, groups: [eng], until: never}]" + someGroups, `p.yaml:1:14: the exclusion of "ada" has no reason`},
		{"exclusion without end", "exclusions: [{user: ada, groups: [eng], reason: x}]" + someGroups, `p.yaml:1:14: the exclusion of "ada" has no end: say until:`},
		{"exclusion until when", "exclusions: [{user: ada, groups: [eng], reason: x, until: nver}]" + someGroups, `p.yaml:1:59: "nver" is not a date`},
		{"exclusion from undefined", "exclusions: [{user: ada, groups: [egn], reason: x, until: never}]" + someGroups, `p.yaml:1:35: undefined group "egn" (did you mean eng?)`},

		{"property without a name", "never: [{when: true, groups: [eng]}]" + someGroups, `p.yaml:1:9: a property without a name`},
		{"property without when", "never: [{name: n, groups: [eng]}]" + someGroups, `p.yaml:1:9: property "n" has no when`},
		{"property without groups", "never: [{name: n, when: true}]" + someGroups, `p.yaml:1:9: property "n" names no groups`},
		{"property of undefined", "never: [{name: n, when: true, groups: [egn]}]" + someGroups, `p.yaml:1:40: undefined group "egn"`},
		{"property pattern", "never: [{name: n, when: true, groups: [\"Prod *\"]}]" + someGroups, `"Prod *" is not a pattern of group names`},
		{"property condition", "never: [{name: n, when: user.tem == \"\", groups: [eng]}]" + someGroups, `p.yaml:1:25: unknown attribute user.tem (did you mean user.team?)`},
		{"test at", "tests: [{name: t, at: noon, gets: [eng]}]" + someGroups, `p.yaml:1:23: "noon" is not a date`},

		{"test expects nothing", "tests: [{name: t}]", `p.yaml:1:9: test "t" expects nothing`},
		{"test undefined", "tests: [{name: t, gets: [egn]}]" + someGroups, `undefined group "egn"`},
		{"test attribute", "tests: [{name: t, user: {depatment: x}, gets: [eng]}]" + someGroups, `p.yaml:1:37: unknown attribute depatment (did you mean department?)`},
		{"test state", "tests: [{name: t, user: {state: actve}, gets: [eng]}]" + someGroups, `p.yaml:1:33: state cannot be "actve" (did you mean active?)`},
		{"test both", "tests: [{name: t, gets: [eng], lacks: [eng]}]" + someGroups, `group "eng" cannot be both got and lacked`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load([]File{{"p.yaml", []byte(c.policy)}}, []string{"github", "jira"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
			if identity.KindOf(err) != identity.Invalid {
				t.Errorf("kind %q", identity.KindOf(err))
			}
			if n := len(faultsOf(err)); n > 2 {
				t.Errorf("%d faults for one mistake:\n%v", n, err)
			}
		})
	}
}

// Who owns or must not hold a group that is not there yet is a question for
// later: it gives nobody anything.
func TestLoadWarnsOfUndefinedOwnersAndConflicts(t *testing.T) {
	p, err := Load([]File{{"p.yaml", []byte(`groups:
  - {name: eng, owners: ["user:ada", "group:leads"]}
  - {name: leads-berlin}
rules:
  - {name: r, owner: "group:enk", when: true, groups: [eng]}
  - {name: s, when: user.team != "", groups: ["team-{team}"]}
templates:
  - {match: "team-*", owners: ["group:team-platform", "group:{name}-leads", "group:chiefs"]}
constraints:
  - {name: c, conflict: [eng, opps]}
`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		`p.yaml:2:38: undefined group "leads": nobody answers here until there is such a group`,
		`p.yaml:5:22: undefined group "enk" (did you mean eng?): nobody answers here until there is such a group`,
		`p.yaml:8:77: undefined group "chiefs": nobody answers here until there is such a group`,
		`p.yaml:10:31: undefined group "opps": nobody can hold it, so the constraint keeps nothing apart here`,
	}, "\n")
	if d := cmp.Diff(want, p.Warnings.Error()); d != "" {
		t.Error(d)
	}
}

func TestLoadTellsTheFaultsOfAllFiles(t *testing.T) {
	_, err := Load([]File{
		{"b.yaml", []byte("rules:\n- {name: r, when: user.tem == '', groups: [x]}\n- {name: s, wen: true}\n")},
		{"a.yaml", []byte("groups: [{name: g}]\nrules: [{name: r, when: true, groups: [g]}]")},
	}, nil)
	var got []string
	for _, f := range faultsOf(err) {
		got = append(got, f.Error())
	}
	want := []string{
		`b.yaml:2:10: rule "r" is defined twice; the first one is at a.yaml:2:16`,
		`b.yaml:2:19: unknown attribute user.tem (did you mean user.team?); a custom attribute is read as user.attributes["tem"]`,
		`b.yaml:2:44: undefined group "x": define it under groups`,
		`b.yaml:3:3: rule "s" gives no groups: list at least one`,
		`b.yaml:3:13: unknown key "wen" (did you mean "when"?)`,
	}
	for i := range min(len(got), len(want)) {
		if strings.HasPrefix(want[i], `b.yaml:3:13`) && strings.HasPrefix(got[i], `b.yaml:3:13: unknown key "wen"`) {
			got[i] = want[i] // the words are strictyaml's
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestInGroupCircleNamesThePath(t *testing.T) {
	_, err := Load([]File{{"p.yaml", []byte(`
groups: [{name: a}, {name: b}, {name: team-x}]
rules:
  - {name: first, when: inGroup("team-x"), groups: [a]}
  - {name: second, when: inGroup("a"), groups: [b]}
  - {name: third, when: user.team != "", except: inGroup("b"), groups: ["team-{team}"]}
`)}}, nil)
	want := `p.yaml:4:5: inGroup goes in a circle: rule first needs group team-x, which rule third gives, ` +
		`which needs group b, which rule second gives, which needs group a, which rule first gives: take one inGroup out`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestHashFollowsTheMeaning(t *testing.T) {
	load := func(files ...File) string {
		p, err := Load(files, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.Hash
	}
	base := load(File{"a.yaml", []byte("groups: [{name: g}]")}, File{"b.yaml", []byte("rules: [{name: r, when: true, groups: [g]}]")})
	same := load(File{"c.yaml", []byte("# other layout\ngroups:\n  - name: g\nrules:\n  - name: r\n    groups: [g]\n    when: true\n")})
	swapped := load(File{"b.yaml", []byte("rules: [{name: r, when: true, groups: [g]}]")}, File{"a.yaml", []byte("groups: [{name: g}]")})
	other := load(File{"a.yaml", []byte("groups: [{name: g}]\nrules: [{name: r, when: false, groups: [g]}]")})
	if base != same || base != swapped {
		t.Error("the hash changed with layout or order of files")
	}
	if base == other {
		t.Error("the hash did not change with a condition")
	}
}

func TestRequestBlockIsKept(t *testing.T) {
	p, err := Load([]File{{"p.yaml", []byte(`
groups:
  - name: prod
    standing: never
    owners: [manager, "user:ada"]
    request:
      allow: user.department == "Engineering" && request.reason != "" && now > timestamp("2026-01-01T00:00:00Z")
      durations: {default: 1h, max: 2d}
      require: [reason, ticket]
      approve: [{by: owners, count: 2}, {by: manager}]
      auto_approve: oncall("primary")
      remind_before: 15m
`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Groups[0].Request
	if r.Default.Hours() != 1 || r.Max.Hours() != 48 || r.RemindBefore.Minutes() != 15 {
		t.Errorf("durations: %+v", r)
	}
	if d := cmp.Diff([]Stage{{By: "owners", Count: 2}, {By: "manager", Count: 1}}, r.Approve); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"primary"}, r.AutoApprove.Schedules); d != "" {
		t.Error(d)
	}
}

func TestLoadErrorIsFaults(t *testing.T) {
	_, err := Load([]File{{"p.yaml", []byte("rules: [")}}, nil)
	if len(faultsOf(err)) != 1 {
		t.Errorf("faults: %v", err)
	}
	var kind *identity.Error
	if !errors.As(err, &kind) {
		t.Errorf("no identity.Error in %T", err)
	}
}
