package suggest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/analysis"
)

const base = `
groups:
  - {name: staff}
  - {name: wiki, owners: [manager, "group:leads"], access: ["app:role/wiki", "jira:group/wiki"], request: {durations: {default: 1h}}}
  - {name: prod, risk: high, owners: ["user:olga"], request: {durations: {default: 1h, max: 8h}}}
  - {name: root, risk: critical, owners: ["user:olga"], request: {durations: {default: 1h, max: 8h}}}
  - {name: vault, standing: never, owners: ["user:olga"], request: {auto_approve: 'user.title == "Boss"'}}
  - {name: fixed, risk: critical, owners: ["user:olga"], request: {durations: {default: 8h, max: 8h}}}
  - {name: leads, owners: ["user:olga"]}
rules:
  - {name: everybody, when: true, groups: [staff]}
  - {name: leads, when: 'user.title == "Lead"', groups: [leads]}
`

// team makes so many people of one department, of whom some ask three times each.
func team(c *company, department string, people, asking int, group string) {
	for i := range people {
		n := c.join(fmt.Sprintf("%s%d department=%s location=L%d", strings.ToLower(department), i, department, i%3))
		if i < asking {
			c.ask(n, group, 3)
		}
	}
}

func TestSuggestions(t *testing.T) {
	for _, c := range []struct {
		name, more, want string
		fill             func(*company)
		change           func(*suggest.Input)
	}{
		{name: "a department asks again and again", want: `rule wiki: user.department == "Ledger" (8 asked, 2 others)`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "wiki") }},
		{name: "high risk is approved sooner", want: `auto-approve prod: user.department == "Ledger" (8 asked, 2 others)`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "prod") }},
		{name: "critical risk lasts longer", want: `duration root: user.department == "Ledger" (8 asked, 2 others)`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "root") }},
		{name: "critical risk that lasts as long as it may", want: `not fixed: its risk is critical, and its requests last as long as they may already`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "fixed") }},
		{name: "standing: never is no rule", want: `auto-approve vault: user.department == "Ledger" (8 asked, 2 others)`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "vault") }},
		{name: "what needed no decision proves nothing for one", want: ``,
			fill: func(c *company) {
				team(c, "Ledger", 10, 8, "vault")
				for i := range c.requests {
					c.requests[i].Auto = true
				}
			}},
		{name: "a group that is gone", want: ``, fill: func(c *company) { team(c, "Ledger", 10, 8, "gone") }},
		{name: "who has it by birthright", want: ``, fill: func(c *company) { team(c, "Ledger", 10, 8, "staff") }},
		{name: "too few ask", want: ``, fill: func(c *company) { team(c, "Ledger", 4, 4, "wiki") }},
		{name: "too few requests", want: ``, fill: func(c *company) { team(c, "Ledger", 5, 5, "wiki") },
			change: func(in *suggest.Input) { in.Thresholds.Requests = 16 }},
		{name: "too often denied", want: ``,
			fill: func(c *company) {
				team(c, "Ledger", 6, 5, "wiki")
				c.deny(1, "wiki")
				c.deny(6, "wiki")
			}},
		{name: "too long ago", want: ``, fill: func(c *company) { team(c, "Ledger", 10, 8, "wiki") },
			change: func(in *suggest.Input) { in.Since = now.Add(-time.Minute) }},
		{name: "too many others", want: `not wiki: those who ask have too little in common: no condition of up to 3 terms keeps precision and coverage`,
			fill: func(c *company) { team(c, "Ledger", 20, 8, "wiki") }},
		{name: "two attributes where one says too little", want: `rule wiki: user.department == "Ledger" && user.title == "Clerk" (6 asked, 0 others)`,
			fill: func(c *company) {
				for i := range 6 {
					c.ask(c.join(fmt.Sprintf("a%d department=Ledger title=Clerk", i)), "wiki", 2)
					c.join(fmt.Sprintf("b%d department=Ledger title=Lawyer", i))
					c.join(fmt.Sprintf("c%d department=Sales title=Clerk", i))
				}
			}},
		{name: "a source group", want: `rule wiki: "on-site" in user.groups (6 asked, 0 others)`,
			fill: func(c *company) {
				for i := range 6 {
					c.ask(c.join(fmt.Sprintf("a%d department=D%d +on-site +all", i, i)), "wiki", 2)
					c.join(fmt.Sprintf("b%d department=D%d +all", i, i))
				}
			}},
		{name: "an attribute that is not to be used", want: `not wiki: those who ask have too little in common: no condition of up to 3 terms keeps precision and coverage`,
			fill: func(c *company) { team(c, "Ledger", 10, 8, "wiki") }, change: func(in *suggest.Input) { in.Readings = in.Readings[1:] }},
		{name: "whom a constraint keeps out is no gainer", more: `constraints: [{name: k, conflict: [wiki, leads]}]`,
			want: `rule wiki: user.department == "Ledger" (8 asked, 0 others)`,
			fill: func(c *company) {
				team(c, "Ledger", 8, 8, "wiki")
				for i := range 10 {
					c.join(fmt.Sprintf("lead%d department=Ledger title=Lead", i))
				}
			}},
		{name: "a constraint that is only reported must not break", more: `constraints: [{name: k, conflict: [wiki, leads], mode: report}]`,
			want: `not wiki: those who ask have too little in common: no condition of up to 3 terms keeps precision and coverage`,
			fill: func(c *company) {
				team(c, "Ledger", 8, 8, "wiki")
				c.join("lead department=Ledger title=Lead location=L0")
			}},
		{name: "whom an exclusion keeps out is no asker", more: `exclusions: [{user: LEDGER0, groups: [wiki], reason: x, until: never}, {user: ledger1, groups: [wiki], reason: over, until: 2026-01-01}]`,
			want: `rule wiki: user.department == "Ledger" (7 asked, 2 others)`, fill: func(c *company) { team(c, "Ledger", 10, 8, "wiki") }},
		{name: "a property guards it", more: `never: [{name: p, when: 'user.employeeType == "Contractor"', groups: ["wi*"]}]`,
			want: `rule wiki: user.department == "Ledger" (8 asked, 2 others)`,
			fill: func(c *company) {
				team(c, "Ledger", 10, 8, "wiki")
				for i := range 10 {
					c.join(fmt.Sprintf("x%d department=Ledger employeeType=Contractor", i))
				}
			}},
		{name: "two that may not meet", more: `constraints: [{name: k, conflict: [wiki, blog]}]`,
			want: "rule wiki: user.department == \"Ledger\" (8 asked, 2 others)\n" +
				"not blog: a constraint keeps it apart from wiki, which is suggested for some of the same people",
			fill: func(c *company) {
				c.policy = strings.Replace(c.policy, "rules:", "  - {name: blog, request: {}}\nrules:", 1)
				team(c, "Ledger", 10, 8, "wiki")
				for n := range int64(8) {
					c.ask(n+1, "blog", 2)
				}
			}},
	} {
		co := company{t: t, policy: base + c.more}
		c.fill(&co)
		in := co.input()
		if c.change != nil {
			c.change(&in)
		}
		got := strings.Join(told(suggest.Suggest(in)), "\n")
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// What a draft says, in full.
func TestADraftInFull(t *testing.T) {
	co := company{t: t, policy: strings.Replace(base, `{name: staff}`, `{name: staff, contains: [wiki], access: ["app:role/all"]}`, 1) +
		"  - {name: boss, when: 'user.title == \"Boss\"', groups: [wiki]}\n  - {name: follow, when: 'inGroup(\"wiki\")', groups: [leads]}\n"}
	team(&co, "Ledger", 10, 8, "wiki")
	co.deny(9, "wiki")
	d := suggest.Suggest(co.input()).Drafts[0]
	got := map[string]any{
		"requests": d.Requests, "approved": d.Approved, "askers": d.Askers, "median": d.Median, "per person": d.PerPerson(),
		"precision": d.Precision(), "coverage": d.Coverage(), "gains": d.Gains, "others": d.Others.ToArray(), "denied": d.Denied.ToArray(),
		"access": fmt.Sprint(d.Access), "targets": d.Targets(), "around": d.Around, "asked by": d.AskedBy, "last": d.Last,
	}
	want := map[string]any{
		"requests": 25, "approved": 24, "askers": 8, "median": time.Hour, "per person": 3.0, "precision": 0.8, "coverage": 1.0,
		"gains": 10, "others": []uint32{9, 10}, "denied": []uint32{9}, "access": "[app:role/all app:role/wiki jira:group/wiki]",
		"targets": []string{"app", "jira"}, "around": []string{"staff"}, "asked by": []string{"follow"}, "last": now.Add(-time.Minute),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	yaml := `rules:
  - name: suggested-wiki
    description: 8 of the 10 people whom this is about asked for wiki, 8 of all 8 who did; 25 requests since 2026-09-01, 96 % approved, for 1h at the median
    owner: group:leads
    when: user.department == "Ledger"
    groups: [wiki]
`
	if diff := cmp.Diff(yaml, d.YAML()); diff != "" {
		t.Error(diff)
	}
}

// The drafts go into the files as they are, and what the files say stays.
func TestDraftsInThePolicy(t *testing.T) {
	co := company{t: t, policy: base}
	team(&co, "Ledger", 10, 8, "wiki")
	for n := range int64(8) {
		co.ask(n+1, "prod", 2)
		co.ask(n+1, "root", 2)
		co.ask(n+1, "vault", 2)
	}
	files := []rules.File{
		{Name: "a.yaml", Data: []byte("# The company.\n" + base)},
		{Name: "b.yaml", Data: []byte("groups:\n  # tea\n  - &tea {name: tea, owners: [manager]}\nrules:\n  - {name: t, when: true, groups: [tea], <<: {owner: \"user:olga\"}}\n")},
		{Name: "c.yaml", Data: []byte("# nothing yet\n")},
	}
	same, err := suggest.Apply(files, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	load := func(files ...rules.File) *rules.Policy {
		p, err := rules.Load(files, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if load(files...).Hash != load(rules.File{Name: "one.yaml", Data: same}).Hash {
		t.Errorf("joined files mean something else:\n%s", same)
	}
	if !strings.Contains(string(same), "# The company.") || !strings.Contains(string(same), "# tea") {
		t.Errorf("comments are lost:\n%s", same)
	}
	drafted, err := suggest.Apply(files, suggest.Suggest(co.input()).Drafts, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := compile(t, string(drafted))
	got := []string{}
	for _, group := range []string{"prod", "root", "vault"} {
		r := e.Request(group)
		got = append(got, fmt.Sprint(group, " ", r.AutoApprove.Source, " ", r.AutoMax, " ", r.Default, " ", r.Max))
	}
	rule, _ := e.Rule("suggested-wiki")
	got = append(got, rule.When.Source, rule.Owner)
	want := []string{
		`prod user.department == "Ledger" 1h0m0s 1h0m0s 8h0m0s`, `root  0s 2h0m0s 8h0m0s`,
		`vault (user.title == "Boss") || (user.department == "Ledger") 0s 0s 0s`, `user.department == "Ledger"`, "group:leads",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, drafted)
	}
}

// A draft keeps to properties whatever people there will be: that is proven, as
// `policy check` does.
func TestADraftKeepsToProperties(t *testing.T) {
	co := company{t: t, policy: base + `never:
  - {name: p, when: 'user.employeeType == "Contractor"', groups: ["wi*"]}
  - {name: q, when: 'user.state != "active" || user.title == "Guest"', groups: [wiki]}
`}
	team(&co, "Ledger", 10, 8, "wiki")
	drafted, err := suggest.Apply([]rules.File{{Name: "p.yaml", Data: []byte(co.policy)}}, suggest.Suggest(co.input()).Drafts, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := compile(t, string(drafted))
	if proven := analysis.Proven(e); !proven[0] || !proven[1] {
		t.Errorf("not proven: %v\n%s", proven, drafted)
	}
}
