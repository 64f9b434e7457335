package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/analysis"
)

// These tests hold what is claimed to be proven against people who are drawn.

var atoms = []string{
	`user.team == "ab"`, `user.team != "b"`, `user.team in ["", "a", "abc"]`, `user.team.startsWith("ab")`, `user.team.startsWith("b")`,
	`user.team.endsWith("c")`, `user.team.contains("b")`, `user.team.contains("bc")`, `user.team.lowerAscii() == "ab"`, `int(user.team) > 1`,
	`user.displayName == ""`, `user.displayName.startsWith("a")`, `user.displayName.contains("c")`, `user.displayName == user.team`,
	`"displayName" in user.attributes`, `"g" in user.groups`, `user.groups[0] == "g"`, `user.state == "active"`, `user.state.startsWith("s")`,
	`oncall("s")`, `reportsTo("m")`, `user.team == "" ? user.displayName == "a" : user.team == "a"`, `true`, `false`,
	`user.attributes["x"] == "a"`, `"a" in user.values["x"]`, `"b" in user.values["x"]`,
}

func drawCondition(t *rapid.T, depth int) string {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	left, right := drawCondition(t, depth-1), drawCondition(t, depth-1)
	shape := rapid.SampledFrom([]string{"(%s) && (%s)", "(%s) || (%s)", "!(%s) && (%s)", "!(%s) || !(%s)"}).Draw(t, "shape")
	return fmt.Sprintf(shape, left, right)
}

func drawPolicy(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("groups: [{name: g0}, {name: g1, prehire: true}, {name: g2, contains: [g1]}]\nrules:\n")
	names := []string{"g0", "g1", "made-{team}", "made-{displayName}"}
	for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
		groups := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 2, rapid.ID).Draw(t, "groups")
		when := drawCondition(t, 2)
		if rapid.Bool().Draw(t, "asks") && !slices.Contains(groups, "g1") {
			when = "(" + when + ") && inGroup(\"g2\")"
		}
		fmt.Fprintf(&b, "  - name: r%d\n    groups: [\"%s\"]\n    when: |\n      %s\n", i, strings.Join(groups, `", "`), when)
		if rapid.Bool().Draw(t, "excepts") {
			fmt.Fprintf(&b, "    except: |\n      %s\n", drawCondition(t, 1))
		}
	}
	fmt.Fprintf(&b, "never:\n  - name: p\n    groups: [\"%s\"]\n    when: |\n      %s\n",
		rapid.SampledFrom([]string{"g0", "g2", "made-a*", "*"}).Draw(t, "pattern"), drawCondition(t, 1))
	return b.String()
}

func drawUser(t *rapid.T) identity.User {
	value := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "ab", "abc", "b", "bc", "3", "xabcx", "AB"}), rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 0, 5, -1))
	u := identity.User{N: 1, UserName: "ada", Attributes: identity.Attributes{}}
	for _, name := range []string{"team", "displayName"} {
		u.Attributes.Set(name, value.Draw(t, name))
	}
	u.Attributes.Set("x", rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "x")...)
	u.Groups = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"g", "h"}), rapid.ID).Draw(t, "source groups")
	u.State = rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Staged}).Draw(t, "state")
	return u
}

type facts struct {
	rules.Nothing
	onCall, reports bool
}

func (f facts) OnCall(identity.User, string, time.Time) bool { return f.onCall }
func (f facts) ReportsTo(identity.User, string) bool         { return f.reports }

// causes returns "group rule" for all that rules give directly.
func causes(e *rules.Engine, u identity.User, f facts) map[string]bool {
	out := map[string]bool{}
	for _, m := range e.Memberships(u, rules.World{Facts: f}) {
		for _, c := range m.Causes {
			if c.Kind == identity.CauseRule {
				out[m.Group+" "+c.Name] = true
			}
		}
	}
	return out
}

func givenBy(given map[string]bool, rule string) bool {
	for key := range given {
		if strings.HasSuffix(key, " "+rule) {
			return true
		}
	}
	return false
}

func TestFindingsAreTrueOfEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawPolicy(t)
		e := engine(t, text)
		findings := analysis.Run(e, analysis.Options{Now: today, Editable: editable})
		proven := analysis.Proven(e)[0]
		for range 10 {
			u := drawUser(t)
			f := facts{onCall: rapid.Bool().Draw(t, "on call"), reports: rapid.Bool().Draw(t, "reports")}
			given := causes(e, u, f)
			if breaches := e.BreachesBy(u, rules.World{Facts: f})[0]; proven && len(breaches) > 0 {
				t.Fatalf("proven, and %v breaks it\n%s", breaches, text)
			}
			for _, x := range findings {
				holdsOf(t, x, given, text)
			}
			u2 := u
			u2.Attributes = u.Attributes.Clone()
			u2.Attributes.Set("displayName", rapid.SampledFrom([]string{"", "a", "ab", "c"}).Draw(t, "new name"))
			u2.Groups = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"g", "h"}), rapid.ID).Draw(t, "new groups")
			after := causes(e, u2, facts{onCall: rapid.Bool().Draw(t, "then"), reports: f.reports})
			for i := range e.Policy().Rules {
				name := e.Policy().Rules[i].Name
				if !givenBy(given, name) && givenBy(after, name) && !found(findings, analysis.SelfService, name) {
					t.Fatalf("nobody found that people can let themselves in by %s: %+v → %+v\n%s", name, u, u2, text)
				}
			}
		}
	})
}

func found(findings []analysis.Finding, kind, rule string) bool {
	return slices.ContainsFunc(findings, func(f analysis.Finding) bool { return f.Kind == kind && f.Rule == rule })
}

// holdsOf checks a finding about one person, of whom it is known what rules give.
func holdsOf(t *rapid.T, f analysis.Finding, given map[string]bool, text string) {
	switch f.Kind {
	case analysis.NeverMatches:
		if givenBy(given, f.Rule) {
			t.Fatalf("%s never matches, and gives %v\n%s", f.Rule, given, text)
		}
	case analysis.Covered:
		for key := range given {
			group, rule, _ := strings.Cut(key, " ")
			if rule != f.Rule {
				continue
			}
			alone := true
			for other := range given {
				if g, r, _ := strings.Cut(other, " "); g == group && r != rule {
					alone = false
				}
			}
			if alone {
				t.Fatalf("%s is covered, and alone gives %s\n%s", f.Rule, group, text)
			}
		}
	}
}

// TestDeadExceptsCanGo: without an except that takes out nobody, and with the
// condition of what always matches as true, everybody gets the same.
func TestDeadExceptsCanGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when, except := drawCondition(t, 2), drawCondition(t, 2)
		policy := "groups: [{name: g}]\nrules:\n  - name: r\n    groups: [g]\n    when: |\n      %s\n"
		with := engine(t, fmt.Sprintf(policy, when)+"    except: |\n      "+except+"\n")
		findings := analysis.Run(with, analysis.Options{Now: today})
		other := with
		switch {
		case found(findings, analysis.DeadExcept, "r"):
			other = engine(t, fmt.Sprintf(policy, when))
		case found(findings, analysis.AlwaysMatches, "r"):
			other = engine(t, fmt.Sprintf(policy, "true")+"    except: |\n      "+except+"\n")
		}
		for range 10 {
			u, f := drawUser(t), facts{onCall: rapid.Bool().Draw(t, "on call"), reports: rapid.Bool().Draw(t, "reports")}
			if givenBy(causes(with, u, f), "r") != givenBy(causes(other, u, f), "r") {
				t.Fatalf("%v about %+v: when %s except %s", findings, u, when, except)
			}
		}
	})
}
