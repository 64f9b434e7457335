package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/identity"
)

// decisionText renders a decision as "group<cause,cause …; -group by name".
func decisionText(d Decision) string {
	var out []string
	for _, m := range d.Memberships {
		var causes []string
		for _, c := range m.Causes {
			causes = append(causes, c.String())
		}
		text := m.Group + "<" + strings.Join(causes, ",")
		if !m.EndsAt.IsZero() {
			text += " until " + m.EndsAt.Format(time.DateTime)
		}
		out = append(out, text)
	}
	for _, r := range d.Refused {
		out = append(out, fmt.Sprintf("-%s by %s %s%s%s", r.Group, r.Kind, r.Name, r.Reason, r.Kept))
	}
	return strings.Join(out, "; ")
}

const apartPolicy = `
groups: [{name: pay}, {name: approve}, {name: audit}, {name: finance, contains: [pay, audit]}, {name: office, contains: [finance]}, {name: desk}]
rules:
  - {name: payers, when: 'user.team == "pay" || user.title == "all"', groups: [pay]}
  - {name: approvers, when: 'user.title in ["approver", "all"]', groups: [approve]}
  - {name: auditors, when: user.title == "auditor", groups: [audit]}
  - {name: desks, when: inGroup("pay"), groups: [desk]}
constraints:
  - {name: four-eyes, conflict: [pay, approve]}
  - {name: auditors-only, conflict: [approve, audit], mode: report}
exclusions:
  - {user: Eve, groups: [pay, audit], reason: "on trial", until: 2026-12-31}
`

func TestWhatIsApartAndAround(t *testing.T) {
	e := engine(t, apartPolicy)
	held := func(groups ...string) func(int64) []string { return func(int64) []string { return groups } }
	for _, c := range []struct {
		name string
		user identity.User
		held func(int64) []string
		want string
	}{
		{"around", someone("title", "auditor"), nil, "audit<rule auditors; finance<group audit; office<group finance"},
		{"earlier rule", someone("title", "all"), nil, "desk<rule desks; finance<group pay; office<group finance; pay<rule payers; -approve by constraint four-eyespay"},
		{"what is held stays, and what hung on the other goes", someone("title", "all"), held("approve"), "approve<rule approvers; -pay by constraint four-eyesapprove"},
		{"both are held", someone("title", "all"), held("approve", "pay"), "desk<rule desks; finance<group pay; office<group finance; pay<rule payers; -approve by constraint four-eyespay"},
		{"excluded", named("eve", someone("team", "pay", "title", "approver")), nil, "approve<rule approvers; -pay by exclusion on trial"},
		{"excluded from what nothing gives", named("eve", someone()), nil, ""},
	} {
		if got := decisionText(e.Decide(c.user, World{At: noon, Held: c.held})); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
	later := World{At: noon.AddDate(1, 0, 0)}
	if got := decisionText(e.Decide(named("eve", someone("title", "auditor")), later)); !strings.HasPrefix(got, "audit<") {
		t.Errorf("the exclusion did not end: %s", got)
	}
}

// TestWhatIsAroundCanBeRefused keeps people out of groups that contain theirs.
func TestWhatIsAroundCanBeRefused(t *testing.T) {
	e := engine(t, `
groups: [{name: inner}, {name: middle, contains: [inner]}, {name: outer, contains: [middle]}, {name: far, contains: [outer]}, {name: asked}, {name: a}, {name: b}, {name: c}]
rules:
  - {name: r, when: user.team == "x", groups: [inner]}
  - {name: asking, when: 'inGroup("far")', groups: [asked]}
  - {name: c, when: user.title == "t", groups: [c]}
  - {name: a, when: 'inGroup("c")', groups: [a]}
  - {name: b, when: user.title == "t", groups: [b]}
  - {name: d, when: user.title == "t", groups: [inner]}
constraints:
  - {name: one, conflict: [a, b]}
  - {name: two, conflict: [c, inner]}
exclusions: [{user: eve, groups: [outer], reason: r, until: never}]
`)
	for _, c := range []struct {
		name string
		user identity.User
		held []string
		want string
	}{
		{"all around", someone("team", "x"), nil, "asked<rule asking; far<group outer; inner<rule r; middle<group inner; outer<group middle"},
		{"the outer one refused, and all beyond it", named("eve", someone("team", "x")), nil, "inner<rule r; middle<group inner; -outer by exclusion r"},
		{"refused for what was lost in turn", someone("title", "t"), []string{"a", "inner"}, "asked<rule asking; b<rule b; far<group outer; inner<rule d; middle<group inner; outer<group middle; -c by constraint twoinner"},
	} {
		held := func(int64) []string { return c.held }
		if got := decisionText(e.Decide(c.user, World{At: noon, Held: held})); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func named(name string, u identity.User) identity.User {
	u.UserName = name
	return u
}

// TestAContainerCanConflict keeps somebody out of a group for what is around it.
func TestAContainerCanConflict(t *testing.T) {
	e := engine(t, strings.Replace(apartPolicy, "conflict: [pay, approve]", "conflict: [finance, approve]", 1))
	got := decisionText(e.Decide(someone("title", "all"), World{At: noon, Held: func(int64) []string { return []string{"approve"} }}))
	if want := "approve<rule approvers; -pay by constraint four-eyesapprove"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMembershipsEnd(t *testing.T) {
	e := engine(t, `
groups: [{name: a}, {name: b}, {name: c, contains: [a]}]
rules:
  - {name: project, when: true, groups: [a], valid_from: 2026-11-01, valid_until: 2026-12-24}
  - {name: longer, when: user.team == "x", groups: [a], valid_until: 2027-01-31}
  - {name: duty, when: 'oncall("s")', groups: [b]}
  - {name: lead, when: 'user.title == "Lead" || oncall("s")', groups: [b]}
`)
	w := World{At: noon, Facts: crowdFacts{onCall: map[int64]string{7: "s"}, over: noon.Add(8 * time.Hour)}}
	for _, c := range []struct {
		user identity.User
		want string
	}{
		{someone(), "a<rule project until 2026-12-25 00:00:00; b<rule duty,rule lead until 2026-11-30 20:00:00; c<group a until 2026-12-25 00:00:00"},
		{someone("team", "x", "title", "Lead"), "a<rule longer,rule project until 2027-02-01 00:00:00; b<rule duty,rule lead; c<group a until 2027-02-01 00:00:00"},
	} {
		if got := decisionText(e.Decide(c.user, w)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	for at, want := range map[string]string{"2026-10-31": "", "2026-12-24": "a<rule project until 2026-12-25 00:00:00; c<group a until 2026-12-25 00:00:00", "2026-12-25": ""} {
		day, _ := time.Parse(time.DateOnly, at)
		if got := decisionText(e.Decide(someone(), World{At: day})); got != want {
			t.Errorf("at %s: got %s, want %s", at, got, want)
		}
	}
	if next := e.NextTurn(noon); next.Format(time.DateOnly) != "2026-12-25" {
		t.Errorf("the policy turns next at %s", next)
	}
}
