package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

// office is a policy with everything that an explanation can meet.
const office = `
groups:
  - {name: engineering}
  - {name: staff, contains: [engineering, sales]}
  - {name: sales}
  - {name: leads}
  - {name: welcome, prehire: true}
  - {name: root, standing: never}
  - {name: create}
  - {name: approve}
rules:
  - {name: eng, description: Who builds, when: user.department == "Engineering", except: user.employeeType == "Contractor" || user.team == "Lab", groups: [engineering]}
  - {name: sell, when: user.department == "Sales", valid_from: 2027-01-01, groups: [sales]}
  - {name: lead, when: 'inGroup("engineering") && (user.title.startsWith("Lead") && user.team != "" || oncall("primary"))', groups: [leads]}
  - {name: temp, when: user.team == "Temp", valid_until: 2026-12-31, groups: [welcome]}
  - {name: creators, when: '"creators" in user.groups', groups: [create]}
  - {name: approvers, when: 'reportsTo("grace") || user.attributes["badge"].matches("^47[0-9]+$")', groups: [approve]}
  - {name: teams, when: user.team != "", groups: ["team-{team}"]}
constraints: [{name: sod, conflict: [create, approve]}]
exclusions: [{user: eve, groups: [engineering], reason: she asked, until: 2027-03-01}]
`

// unmetTexts renders what is unmet as "rule: clause [either] = value (through)".
func unmetTexts(x Explanation) []string {
	out := []string{}
	for _, u := range x.Unmet {
		text := fmt.Sprintf("%s: %s = %s", u.Rule, u.Clause, u.Value)
		if len(u.Either) > 0 {
			text += fmt.Sprintf(" either %q", u.Either)
		}
		if u.Group != "" {
			text += " through " + u.Group
		}
		out = append(out, text)
	}
	return out
}

func TestWhatIsUnmet(t *testing.T) {
	e := engine(t, office)
	eve, staged := someone("department", "Engineering"), someone("department", "Engineering")
	eve.UserName, staged.State = "Eve", identity.Staged
	for _, c := range []struct {
		name  string
		user  identity.User
		group string
		want  []string
	}{
		{"each side of an except", someone("department", "Engineering", "employeeType", "Contractor", "team", "Lab"), "engineering", []string{
			`eng: except: user.employeeType == "Contractor" = Contractor`, `eng: except: user.team == "Lab" = Lab`,
		}},
		{"through the groups within", someone("department", "Sales"), "staff", []string{
			`eng: user.department == "Engineering" = Sales through engineering`,
			`sell: valid_from: 2027-01-01T00:00:00Z = ` + noon.Format(time.RFC3339) + ` through sales`,
		}},
		{"what fails of each side", someone("department", "Engineering", "team", "Core"), "leads", []string{
			`lead: user.title.startsWith("Lead") && user.team != "" || oncall("primary") = team="Core", title="", oncall("primary")="false"` +
				` either [["user.title.startsWith(\"Lead\")"] ["oncall(\"primary\")"]]`,
		}},
		{"an exclusion", eve, "engineering", []string{": exclusion: she asked = until 2027-03-02T00:00:00Z"}},
		{"the lifecycle", staged, "engineering", []string{`: user.state == "active" = staged`}},
		{"never", someone(), "root", []string{": standing: never = ", `: no rule gives "root" = `}},
	} {
		if d := cmp.Diff(c.want, unmetTexts(e.Explain(c.user, World{At: noon}, c.group))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestWhatStandsBehindACause(t *testing.T) {
	e := engine(t, office)
	u := someone("department", "Engineering")
	u.Origins["department"] = "hr"
	x := e.Explain(u, World{At: noon}, "staff")
	want := []Reason{{
		Cause: identity.Cause{Kind: "group", Name: "engineering"}, Reads: []Evidence{},
		Behind: []Reason{{
			Cause: identity.Cause{Kind: "rule", Name: "eng"}, Description: "Who builds", Position: "policy.yaml:12:5", Behind: []Reason{},
			Reads: []Evidence{{Attribute: "department", Value: "Engineering", Source: "hr"}, {Attribute: "employeeType"}, {Attribute: "team"}},
		}},
	}}
	if d := cmp.Diff(want, x.Because); d != "" {
		t.Error(d)
	}
}

func TestWhenAndWhyItEnds(t *testing.T) {
	e := engine(t, office)
	over := noon.Add(time.Hour)
	for _, c := range []struct {
		name, group string
		user        identity.User
		want        string
	}{
		{"a rule", "welcome", someone("team", "Temp"), "2027-01-01T00:00:00Z: rule temp is valid until then"},
		{"a shift", "leads", someone("department", "Engineering"), over.Format(time.RFC3339) + `: oncall("primary") ends then`},
		{"never", "engineering", someone("department", "Engineering"), ""},
	} {
		x := e.Explain(c.user, World{At: noon, Facts: crowdFacts{onCall: map[int64]string{7: "primary"}, over: over}}, c.group)
		got := x.Ends
		if x.EndsAt != nil {
			got = x.EndsAt.Format(time.RFC3339) + ": " + x.Ends
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestWhatShadows(t *testing.T) {
	e := engine(t, office)
	both := someone()
	both.Groups = []string{"creators"}
	eve := someone("department", "Engineering")
	eve.UserName = "eve"
	for _, c := range []struct {
		name, group string
		user        identity.User
		held        []string
		want        string
	}{
		{"an exclusion", "engineering", eve, nil, "exclusion she asked policy.yaml:20:14"},
		{"an earlier rule", "approve", both, nil, "constraint sod keeps create policy.yaml:19:15: rule creators comes first in the policy"},
		{"what is held", "create", both, []string{"approve"}, "constraint sod keeps approve policy.yaml:19:15: approve was held already"},
		{"nothing", "create", both, nil, ""},
	} {
		w := World{At: noon, Facts: world{managers: "grace"}, Held: func(int64) []string { return c.held }}
		got := ""
		if s := e.Explain(c.user, w, c.group).Shadowed; s != nil && s.Kind == RefusedByConstraint {
			got = fmt.Sprintf("%s %s keeps %s %s: %s", s.Kind, s.Name, s.Kept, s.Position, s.Won)
		} else if s != nil {
			got = fmt.Sprintf("%s %s %s", s.Kind, s.Reason, s.Position)
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// wayTexts renders ways as "attribute must values & …".
func wayTexts(f Flips) []string {
	out := []string{}
	for _, w := range f.Ways {
		var parts []string
		for _, c := range w.Changes {
			parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Attribute, c.Must, strings.Join(c.Values, "|"))))
		}
		out = append(out, strings.Join(parts, " & "))
	}
	return out
}

func TestFlips(t *testing.T) {
	e := engine(t, office)
	staged, creator := someone("department", "Engineering"), someone("manager", "grace")
	staged.State, creator.Groups = identity.Staged, []string{"creators"}
	for _, c := range []struct {
		name, group string
		user        identity.User
		want        []string
	}{
		{"one value", "engineering", someone("department", "Sales"), []string{"department be Engineering"}},
		{"an exception", "engineering", someone("department", "Engineering", "employeeType", "Contractor"), []string{"employeeType not be Contractor"}},
		{"the state", "engineering", staged, []string{"state be active"}},
		{"the state of what is for newcomers too", "welcome", someone(), []string{"team be Temp"}},
		{"a shift, or two attributes", "leads", someone("department", "Engineering"), []string{`oncall("primary") hold`}},
		{"two", "leads", someone("team", "Core"), []string{"department be Engineering & title be Lead*", `department be Engineering & oncall("primary") hold`}},
		{"a group of a source", "create", someone(), []string{"groups include creators"}},
		{"a manager, or a pattern", "approve", someone(), []string{`reportsTo("grace") hold`, "attributes.badge be 470"}},
		{"a name", "team-web", someone("team", "Core"), []string{"team be web"}},
		{"through a group", "staff", someone(), []string{"department be Engineering"}},
		{"lost by another department", "staff", someone("department", "Engineering", "employeeType", "Employee"), []string{
			"department not be Engineering", "employeeType be Contractor", "team be Lab",
		}},
		{"no way", "root", someone(), []string{}},
	} {
		f := e.Flip(c.user, World{At: noon}, c.group)
		if d := cmp.Diff(c.want, wayTexts(f)); d != "" || f.GaveUp {
			t.Errorf("%s: gave up %v, %s", c.name, f.GaveUp, d)
		}
	}
}

func TestAFlipThatIsTooFarGivesUp(t *testing.T) {
	var clauses []string
	for i := range 12 {
		clauses = append(clauses, fmt.Sprintf(`(user.attributes["a%d"] == "x" || user.attributes["b%d"] == "x" || user.attributes["c%d"] == "x")`, i, i, i))
	}
	f := engine(t, ruleFor(strings.Join(clauses, " && "))).Flip(someone(), World{}, "g")
	if !f.GaveUp || f.Tried != flipLimit || len(f.Ways) > 0 {
		t.Errorf("gave up %v after %d, with %v", f.GaveUp, f.Tried, f.Ways)
	}
}
