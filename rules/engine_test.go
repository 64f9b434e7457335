package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"birthright/identity"
)

const company = `
groups:
  - {name: engineering, title: Engineering, owners: ["user:ada"], risk: low, access: ["jira:group/engineering", "github:team/engineering"]}
  - {name: everyone, access: ["mail:list/all"]}
  - {name: team-sales-prod, standing: never}
  - {name: onduty}
rules:
  - {name: all, when: true, groups: [everyone]}
  - name: eng
    when: user.department == "Engineering" && user.employeeType != ""
    except: user.employeeType == "Contractor"
    groups: [engineering]
  - {name: leads, when: user.title.startsWith("Lead"), groups: [engineering]}
  - {name: duty, when: 'inGroup("engineering") && oncall("primary")', groups: [onduty]}
  - {name: teams, when: user.team != "", groups: ["team-{department}-{team}"]}
templates:
  - {match: "team-sales-*", title: "Sales {1}", access: ["crm:role/{1}"], owners: ["group:engineering"]}
  - {match: "team-*-*", title: "{name}", risk: medium, access: ["github:team/{name}", "wiki:space/{1}/{2}"], owners: [manager, "user:{1}-lead"]}
`

func TestMemberships(t *testing.T) {
	e := engine(t, company)
	for _, c := range []struct {
		name  string
		user  identity.User
		facts Facts
		want  string
	}{
		{"nothing known", someone(), nil, "everyone<all"},
		{"by department", someone("department", "Engineering", "employeeType", "Employee"), nil, "engineering<eng everyone<all"},
		{"two rules", someone("department", "Engineering", "employeeType", "Employee", "title", "Lead"), nil, "engineering<eng,leads everyone<all"},
		{"except", someone("department", "Engineering", "employeeType", "Contractor"), nil, "everyone<all"},
		{"except of one rule only", someone("department", "Engineering", "employeeType", "Contractor", "title", "Lead"), nil, "engineering<leads everyone<all"},
		{"group of a group", someone("title", "Lead"), world{shifts: "primary"}, "engineering<leads everyone<all onduty<duty"},
		{"fact without group", someone(), world{shifts: "primary"}, "everyone<all"},
		{"made", someone("department", "R&D", "team", "Côte d'Azur"), nil, "everyone<all team-r-d-cote-d-azur<teams"},
		{"made with an empty part", someone("team", "Platform"), nil, "everyone<all"},
		{"made name of a group that is never given", someone("department", "Sales", "team", "Prod"), nil, "everyone<all"},
	} {
		if got := held(e.Memberships(c.user, in(c.facts))); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestGroupDefinitions(t *testing.T) {
	e := engine(t, company)
	if d := cmp.Diff([]string{"engineering", "everyone", "onduty", "team-sales-prod"}, e.GroupNames()); d != "" {
		t.Error(d)
	}
	for _, want := range []identity.Group{
		{
			Name: "engineering", Title: "Engineering", Owners: []string{"user:ada"}, Risk: "low",
			Access: []identity.Entitlement{{Target: "jira", Kind: "group", ID: "engineering"}, {Target: "github", Kind: "team", ID: "engineering"}},
		},
		{Name: "team-sales-prod", NoStanding: true},
		{
			Name: "team-sales-emea", Title: "Sales emea", Rule: "teams", Owners: []string{"group:engineering"},
			Access: []identity.Entitlement{{Target: "crm", Kind: "role", ID: "emea"}},
		},
		{
			Name: "team-eng-core-db", Title: "team-eng-core-db", Rule: "teams", Risk: "medium", Owners: []string{"manager", "user:eng-lead"},
			Access: []identity.Entitlement{{Target: "github", Kind: "team", ID: "team-eng-core-db"}, {Target: "wiki", Kind: "space", ID: "eng/core-db"}},
		},
	} {
		got, ok := e.Group(want.Name)
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("%s: %v %s", want.Name, ok, d)
		}
	}
	if g, ok := e.Group("unheard-of"); ok {
		t.Errorf("got %+v", g)
	}
	if d := cmp.Diff(identity.Group{Name: "bare", Rule: "r"}, e.Made("bare", "r")); d != "" {
		t.Error(d)
	}
}

// contractOnly looks at the part of an explanation that programs rely on.
var contractOnly = cmp.Options{
	cmpopts.IgnoreFields(Explanation{}, "Because", "EndsAt", "Ends", "Shadowed"),
	cmpopts.IgnoreFields(Unmet{}, "Reads", "Either", "Group", "Position"),
}

func TestExplain(t *testing.T) {
	e := engine(t, company)
	staged := someone()
	staged.State = identity.Staged
	staged.Origins["active"] = "hr"
	sales := someone("department", "Sales", "employeeType", "Contractor", "team", "EMEA")
	sales.Origins = map[string]string{"department": "hr", "team": "okta", "employeeType": "hr"}
	contractor := someone("department", "Engineering", "employeeType", "Contractor")
	for _, c := range []struct {
		name  string
		user  identity.User
		facts Facts
		group string
		want  Explanation
	}{
		{"held", someone(), nil, "everyone", Explanation{Held: true, Causes: []identity.Cause{{Kind: "rule", Name: "all"}}}},
		{"clause", sales, nil, "engineering", Explanation{Unmet: []Unmet{
			{Rule: "eng", Clause: `user.department == "Engineering"`, Value: "Sales", Source: "hr"},
			{Rule: "eng", Clause: `except: user.employeeType == "Contractor"`, Value: "Contractor", Source: "hr"},
			{Rule: "leads", Clause: `user.title.startsWith("Lead")`, Value: "", Source: ""},
		}}},
		{"except", contractor, nil, "engineering", Explanation{Unmet: []Unmet{
			{Rule: "eng", Clause: `except: user.employeeType == "Contractor"`, Value: "Contractor", Source: ""},
			{Rule: "leads", Clause: `user.title.startsWith("Lead")`, Value: "", Source: ""},
		}}},
		{"facts", contractor, nil, "onduty", Explanation{Unmet: []Unmet{
			{Rule: "duty", Clause: `inGroup("engineering")`, Value: "false", Source: ""},
			{Rule: "duty", Clause: `oncall("primary")`, Value: "false", Source: ""},
		}}},
		{"other name", sales, nil, "team-sales-apac", Explanation{Unmet: []Unmet{
			{Rule: "teams", Clause: "groups: team-{department}-{team}", Value: "team-sales-emea", Source: "hr, okta"},
		}}},
		{"no name", someone(), nil, "team-sales-apac", Explanation{Unmet: []Unmet{
			{Rule: "teams", Clause: `user.team != ""`, Value: "", Source: ""},
			{Rule: "teams", Clause: "groups: team-{department}-{team}", Value: "", Source: ""},
		}}},
		{"lifecycle", staged, nil, "everyone", Explanation{Unmet: []Unmet{{Rule: "", Clause: `user.state == "active"`, Value: "staged", Source: "hr"}}}},
		{"never", someone("department", "Sales", "team", "Prod"), nil, "team-sales-prod", Explanation{Unmet: []Unmet{{Clause: "standing: never"}}}},
		{"nothing gives it", someone(), nil, "unheard-of", Explanation{Unmet: []Unmet{{Clause: `no rule gives "unheard-of"`}}}},
	} {
		c.want.Group = c.group
		if d := cmp.Diff(c.want, e.Explain(c.user, in(c.facts), c.group), cmpopts.EquateEmpty(), contractOnly); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestExplainShowsSeveralValuesAndErrors(t *testing.T) {
	e := engine(t, ruleFor(`(user.team == user.title || user.values["ou"] == ["a"]) && int(user.title) > 2`))
	u := someone("team", "x", "title", "y")
	u.Attributes.Set("ou", "b", "c")
	got := e.Explain(u, World{}, "g").Unmet
	if len(got) != 2 || got[0].Value != `team="x", title="y", values.ou="b, c"` || got[0].Clause != `user.team == user.title || user.values["ou"] == ["a"]` {
		t.Errorf("%+v", got)
	}
	if len(got) == 2 && got[1].Value[:9] != "y (error:" {
		t.Errorf("%+v", got[1])
	}
}

func TestRunTests(t *testing.T) {
	e := engine(t, company+`
tests:
  - {name: good, user: {department: Engineering, employeeType: Employee, attributes: {x: [a, b]}}, oncall: [primary], gets: [engineering, onduty], lacks: [team-a-b]}
  - {name: bad, user: {department: Sales, team: x}, gets: [engineering, onduty], lacks: [everyone, team-sales-x]}
  - {name: left, user: {state: left}, lacks: [everyone]}
`)
	var got []TestResult
	for _, r := range e.RunTests() {
		r.Position = Position{}
		got = append(got, r)
	}
	want := []TestResult{
		{Name: "good", OK: true},
		{Name: "bad", Missing: []string{"engineering", "onduty"}, Unwanted: []string{"everyone", "team-sales-x"}},
		{Name: "left", OK: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestEngineIsSafeForConcurrentUse(t *testing.T) {
	e := engine(t, company)
	done := make(chan string)
	for i := range 8 {
		go func() {
			u, want := someone("title", "Lead"), "engineering<leads everyone<all"
			if i%2 == 0 {
				u, want = someone(), "everyone<all"
			}
			for range 200 {
				if got := held(e.Memberships(u, World{})); got != want {
					done <- got
					return
				}
			}
			done <- want
		}()
	}
	seen := map[string]int{}
	for range 8 {
		seen[<-done]++
	}
	if d := cmp.Diff(map[string]int{"everyone<all": 4, "engineering<leads everyone<all": 4}, seen); d != "" {
		t.Error(d)
	}
}
