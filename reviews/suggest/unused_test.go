package suggest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/reviews/suggest"
	"birthright/rules"
)

const standing = `
groups:
  - {name: staff, owners: [manager], access: ["app:role/all"]}
  - {name: cad, owners: ["user:olga"], access: ["cad:licence/pro"]}
  - {name: lab, risk: high, access: ["lab:door/1", "lab:door/2"]}
  - {name: wiki, owners: ["user:olga"], access: ["app:role/wiki"], request: {durations: {default: 2h}}}
rules:
  - {name: everybody, when: true, groups: [staff, cad, lab]}
  - {name: writers, owner: "user:olga", when: 'user.department != "Sales"', except: 'user.title == "Guest"', groups: [wiki]}
`

// uses reads the lines of a usage file about the people of a company.
func uses(t failing, c *company, in suggest.Input, text string) suggest.Idle {
	t.Helper()
	list, err := suggest.ReadUsage("use.csv", []byte("user,group_or_entitlement,last_used\n"+text), now)
	if err != nil {
		t.Fatalf("%v", err)
	}
	numbers := map[string]int64{}
	for _, u := range c.people {
		numbers[u.UserName] = u.N
	}
	since := now.Add(-90 * 24 * time.Hour)
	u, err := suggest.NewUsage(list, numbers, in.Engine, since)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return suggest.Idle{Usage: u, Since: since, Share: 0.8}
}

// used are lines about people a0, a1 … of whom the first some used something at a
// time, and the others never.
func used(what string, from, people, some int, at string) string {
	var b strings.Builder
	for i := from; i < people; i++ {
		if i >= some {
			at = ""
		}
		fmt.Fprintf(&b, "a%d,%s,%s\n", i, what, at)
	}
	return b.String()
}

func found(r suggest.UnusedReport) []string {
	out := []string{}
	for _, u := range r.Drafts {
		kept := ""
		for _, t := range u.Keep {
			kept += " keeps " + t.String()
		}
		out = append(out, fmt.Sprintf("%s out of %s: %d idle of %d, %d not in the file, %d lose it%s; %s to %s: %s",
			u.Group.Name, u.Rule.Name, u.Idle.GetCardinality(), u.Members.GetCardinality(), u.NotInFile.GetCardinality(), u.Lost.GetCardinality(), kept,
			u.Default, u.Max, u.HowUsed))
	}
	for _, l := range r.LeftOut {
		out = append(out, fmt.Sprintf("not %s out of %s: %s", l.Group, l.Rule, l.Reason))
	}
	return out
}

func TestWhatNobodyUses(t *testing.T) {
	silent := "not cad out of everybody: not in the file: 10 of 10 members\nnot lab out of everybody: not in the file: 10 of 10 members\n" +
		"not staff out of everybody: not in the file: 10 of 10 members\nnot wiki out of writers: not in the file: 10 of 10 members"
	without := func(group string) string {
		lines := strings.Split(silent, "\n")
		out := []string{}
		for _, l := range lines {
			if !strings.HasPrefix(l, "not "+group+" ") {
				out = append(out, l)
			}
		}
		return strings.Join(out, "\n")
	}
	for _, c := range []struct{ name, file, want string }{
		{"nothing is known", "", silent},
		{"nobody uses it", used("cad", 0, 10, 0, ""), "cad out of everybody: 10 idle of 10, 0 not in the file, 0 lose it; 8h0m0s to 24h0m0s: nobody uses it\n" + without("cad")},
		{"one uses it, by the entitlement", used("cad:licence/pro", 0, 10, 1, "2026-11-30"),
			"cad out of everybody: 9 idle of 10, 0 not in the file, 1 lose it; 168h0m0s to 720h0m0s: those who use it do so daily\n" + without("cad")},
		{"a department uses it", used("cad", 0, 10, 2, "2026-11-25T10:00:00Z"),
			"cad out of everybody: 8 idle of 10, 0 not in the file, 0 lose it keeps user.department == \"Design\"; 24h0m0s to 168h0m0s: those who use it do so weekly\n" + without("cad")},
		{"long ago is not used", used("cad", 0, 10, 10, "2026-08-01"), "cad out of everybody: 10 idle of 10, 0 not in the file, 0 lose it; 8h0m0s to 24h0m0s: nobody uses it\n" + without("cad")},
		{"most use it", used("cad", 0, 10, 3, "2026-11-25"), without("cad")},
		{"one is not in the file", used("cad", 1, 10, 0, ""), "not cad out of everybody: not in the file: 1 of 10 members, and no condition of up to 3 terms keeps it for them\n" + without("cad")},
		{"a department is not in the file", used("cad", 2, 10, 0, ""),
			"cad out of everybody: 8 idle of 10, 2 not in the file, 0 lose it keeps user.department == \"Design\"; 8h0m0s to 24h0m0s: nobody uses it\n" + without("cad")},
		{"half of what it gives is not in the file", used("lab:door/1", 0, 10, 0, ""), silent},
		{"the other half is not", used("lab:door/2", 0, 10, 0, ""), silent},
		{"some are not in the file for a part", used("lab:door/1", 0, 10, 0, "") + used("lab:door/2", 2, 10, 0, ""),
			"lab out of everybody: 8 idle of 10, 2 not in the file, 0 lose it keeps user.department == \"Design\"; 8h0m0s to 24h0m0s: nobody uses it\n" + without("lab")},
		{"all of what it gives is", used("lab:door/1", 0, 10, 0, "") + used("lab:door/2", 0, 10, 0, ""),
			"lab out of everybody: 10 idle of 10, 0 not in the file, 0 lose it; 8h0m0s to 24h0m0s: nobody uses it\n" + without("lab")},
		{"it can be asked for already", used("wiki", 0, 10, 0, ""), "wiki out of writers: 10 idle of 10, 0 not in the file, 0 lose it; 0s to 0s: \n" + without("wiki")},
	} {
		co := company{t: t, policy: standing}
		for i := range 10 {
			co.join(fmt.Sprintf("a%d department=%s location=L%d", i, []string{"Design", "Ledger"}[min(i/2, 1)], i))
		}
		in := co.input()
		got := strings.Join(found(suggest.FindUnused(in, uses(t, &co, in, c.file))), "\n")
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// What was asked for before says for how long it should be.
func TestLengthsAsAskedFor(t *testing.T) {
	co := company{t: t, policy: standing}
	for i := range 10 {
		co.join(fmt.Sprintf("a%d", i))
	}
	co.ask(1, "cad", 3)
	co.requests[0].Duration = 6 * time.Hour
	in := co.input()
	u := suggest.FindUnused(in, uses(t, &co, in, used("cad", 0, 10, 1, "2026-11-30"))).Drafts[0]
	if u.Default != time.Hour || u.Max != 6*time.Hour {
		t.Errorf("%s to %s: %s", u.Default, u.Max, u.HowUsed)
	}
}

// The drafts of both kinds of rule: one that gives more, and one that gives only this.
func TestUnusedInThePolicy(t *testing.T) {
	co := company{t: t, policy: "# Ours.\n" + standing}
	for i := range 10 {
		co.join(fmt.Sprintf("a%d department=%s", i, []string{"Design", "Ledger"}[min(i/2, 1)]))
	}
	in := co.input()
	file := used("cad", 0, 10, 2, "2026-11-25") + used("wiki", 0, 10, 2, "2026-11-25") + used("lab", 0, 10, 0, "")
	r := suggest.FindUnused(in, uses(t, &co, in, file))
	out, err := suggest.Apply([]rules.File{{Name: "p.yaml", Data: []byte(co.policy)}}, nil, r.Drafts)
	if err != nil {
		t.Fatal(err)
	}
	want := `# Ours.
groups:
  - {name: staff, owners: [manager], access: ["app:role/all"]}
  - name: cad
    owners: ["user:olga"]
    access: ["cad:licence/pro"]
    # suggested: 8 of 10 members by rule everybody do not use cad, 2 do, 0 are not in the usage file
    request:
      durations: {default: 1d, max: 1w}
      approve:
        - by: owners
  - name: lab
    risk: high
    access: ["lab:door/1", "lab:door/2"]
    # suggested: 10 of 10 members by rule everybody do not use lab, 0 do, 0 are not in the usage file
    request:
      durations: {default: 8h, max: 1d}
      require: [reason]
      approve:
        - by: manager
  - {name: wiki, owners: ["user:olga"], access: ["app:role/wiki"], request: {durations: {default: 2h}}}
rules:
  - name: everybody
    when: true
    groups: [staff]
  - name: everybody-cad
    when: user.department == "Design"
    groups:
      - cad
    description: 8 of 10 members by rule everybody do not use cad, 2 do, 0 are not in the usage file
  - name: writers
    owner: "user:olga"
    # suggested: 8 of 10 members by rule writers do not use wiki, 2 do, 0 are not in the usage file
    when: (user.department != "Sales") && user.department == "Design"
    except: 'user.title == "Guest"'
    groups: [wiki]
`
	if d := cmp.Diff(want, string(out)); d != "" {
		t.Error(d)
	}
	compile(t, string(out))
}

func TestFaultsOfUsage(t *testing.T) {
	e := compile(t, standing)
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "use.csv:1:1: the file is empty: write the header user,group_or_entitlement,last_used"},
		{"no header", "ada,cad,2026-11-01\n", `use.csv:1:1: no column is called "ada": the columns are user, group_or_entitlement, last_used`},
		{"a column is missing", "user,last_used\n", `use.csv:1:1: the header has no column "group_or_entitlement": the columns are user, group_or_entitlement, last_used`},
		{"a column twice", "user,user,group_or_entitlement,last_used\n", `use.csv:1:6: column "user" is there twice`},
		{"no date", "user,group_or_entitlement,last_used\nada,cad,yesterday\n",
			`use.csv:2:9: "yesterday" is not a date; write YYYY-MM-DD or an RFC 3339 time such as 2026-11-30T17:00:00Z`},
		{"a date ahead", "user,group_or_entitlement,last_used\nada,cad,2027-01-01\n", `use.csv:2:9: 2027-01-01 is ahead: nothing was used then`},
		{"too few fields", "user,group_or_entitlement,last_used\nada\n", `use.csv:2:1: 1 column, but the header has 3 (a field with a comma in it must be quoted)`},
		{"nobody", "user,group_or_entitlement,last_used\n,cad,\n", `use.csv:2:1: nobody is named`},
		{"nothing", "user,group_or_entitlement,last_used\nada,,\n", `use.csv:2:5: neither a group nor an entitlement is named`},
		{"a quote too many", "user,group_or_entitlement,last_used\nada,\"cad,\n", `use.csv:2:11: extraneous or missing " in quoted-field`},
		{"unknown", "last_used,user,group_or_entitlement\n,eve,cad\n,ada,dog\n,ada,x:y/z\n",
			"use.csv:2:2: there is no user \"eve\": `birthright user list` shows them\n" +
				`use.csv:3:6: "dog" is neither a group of the policy nor the address of an entitlement, such as github:team/platform`},
	} {
		list, err := suggest.ReadUsage("use.csv", []byte(c.text), now)
		if err == nil {
			_, err = suggest.NewUsage(list, map[string]int64{"ada": 1}, e, now)
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if first, _, _ := strings.Cut(got, "\n"); c.name == "no header" {
			got = first
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func FuzzReadUsage(f *testing.F) {
	f.Add([]byte("user,group_or_entitlement,last_used\nada,cad,2026-11-01\n"))
	f.Add([]byte("\ufeffuser,group_or_entitlement,last_used\n\"a\nb\",cad,\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := suggest.ReadUsage("use.csv", data, now)
		if err != nil && len(list) > 0 {
			t.Error("a file with a fault is read in part")
		}
		for _, u := range list {
			if u.User == "" || u.What == "" || u.Last.After(now) {
				t.Errorf("%+v", u)
			}
		}
	})
}

// Whatever the file says: what it does not cover stays, who uses it keeps it where a
// condition is found, and the engine takes from exactly those whom the draft names.
func TestWhatIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &company{t: t, policy: standing}
		for i := range rapid.IntRange(1, 16).Draw(t, "people") {
			c.join(fmt.Sprintf("a%d department=%s title=%s", i, rapid.SampledFrom([]string{"D", "E", "Sales"}).Draw(t, "department"),
				rapid.SampledFrom([]string{"Guest", "Clerk", "Boss"}).Draw(t, "title")))
		}
		var file strings.Builder
		use := map[string]map[int64]bool{} // by group: true where it was used
		for _, group := range []string{"staff", "cad", "wiki"} {
			use[group] = map[int64]bool{}
			for _, u := range c.people {
				last := rapid.SampledFrom([]string{"nothing", "", "", "", "2026-01-01", "2026-11-20"}).Draw(t, "last")
				if last != "nothing" {
					fmt.Fprintf(&file, "%s,%s,%s\n", u.UserName, group, last)
					use[group][u.N] = last == "2026-11-20"
				}
			}
		}
		in := c.input()
		r := suggest.FindUnused(in, uses(t, c, in, file.String()))
		changed, err := suggest.Apply([]rules.File{{Name: "p.yaml", Data: []byte(c.policy)}}, nil, r.Drafts)
		if err != nil {
			t.Fatal(err)
		}
		after := compile(t, string(changed))
		before, then := in.Engine.Everyone(in.Population, in.World), after.Everyone(in.Population, in.World)
		taken := map[string][]int64{}
		for _, u := range r.Drafts {
			for _, n := range u.Members.ToArray() {
				if !u.Kept.Contains(n) {
					taken[u.Group.Name] = append(taken[u.Group.Name], int64(n))
				}
			}
		}
		for _, group := range in.Engine.GroupNames() {
			for _, u := range c.people {
				n := uint32(u.N)
				used, told := use[group][u.N]
				gone := before.Users(group).Contains(n) && !then.Users(group).Contains(n)
				switch {
				case gone && !told:
					t.Fatalf("%s is taken from %s, who is not in the file", group, u.UserName)
				case !before.Users(group).Contains(n) && then.Users(group).Contains(n):
					t.Fatalf("%s is given to %s", group, u.UserName)
				case gone != slices.Contains(taken[group], u.N):
					t.Fatalf("%s: taken from %s: %v\n%s", group, u.UserName, gone, changed)
				}
				for _, d := range r.Drafts {
					if d.Group.Name == group && gone && used && (len(d.Keep) > 0 || !d.Lost.Contains(n)) {
						t.Fatalf("%s is taken from %s, who uses it, and nobody says so", group, u.UserName)
					}
				}
			}
		}
	})
}
