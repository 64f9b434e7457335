package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"birthright/identity"
)

// answer is what a condition says about a user: it may fail.
type answer = truth

// condition is a random condition: its text, and what it means in Go.
type condition struct {
	text  string
	means func(u identity.User, f world) answer
}

// The pieces that random policies and users are made of.
var (
	someValues     = []string{"", "a", "b", "Ab", "漢", "3"}
	someGroupNames = []string{"g0", "g1", "g2", "g3", "made-{team}", "made-{department}-{team}"}

	atoms = []condition{
		{`user.department == "a"`, func(u identity.User, _ world) answer { return is(u.Attributes.First("department") == "a") }},
		{`user.department != "b"`, func(u identity.User, _ world) answer { return is(u.Attributes.First("department") != "b") }},
		{`user.team in ["a", "", "b"]`, func(u identity.User, _ world) answer {
			return is(slices.Contains([]string{"a", "", "b"}, u.Attributes.First("team")))
		}},
		{`user.team.startsWith("A")`, func(u identity.User, _ world) answer { return is(strings.HasPrefix(u.Attributes.First("team"), "A")) }},
		{`user.attributes["x"] == ""`, func(u identity.User, _ world) answer { return is(u.Attributes.First("x") == "") }},
		{`"x" in user.attributes`, func(u identity.User, _ world) answer { return is(len(u.Attributes["x"]) > 0) }},
		{`"a" in user.values["x"]`, func(u identity.User, _ world) answer { return is(slices.Contains(u.Attributes["x"], "a")) }},
		{`"g" in user.groups`, func(u identity.User, _ world) answer { return is(slices.Contains(u.Groups, "g")) }},
		{`user.groups.exists(g, g == user.team)`, func(u identity.User, _ world) answer {
			return is(slices.Contains(u.Groups, u.Attributes.First("team")))
		}},
		{`user.groups[1] == "h"`, func(u identity.User, _ world) answer {
			if len(u.Groups) < 2 {
				return fails
			}
			return is(u.Groups[1] == "h")
		}},
		{`int(user.team) > 1`, func(u identity.User, _ world) answer {
			n, err := strconv.Atoi(u.Attributes.First("team"))
			if err != nil {
				return fails
			}
			return is(n > 1)
		}},
		{`oncall("s")`, func(_ identity.User, f world) answer { return is(f.shifts == "s") }},
		{`reportsTo("m")`, func(_ identity.User, f world) answer { return is(f.managers == "m") }},
		{`user.state == "active"`, func(u identity.User, _ world) answer { return is(u.State == identity.Active) }},
		{`true`, func(identity.User, world) answer { return yes }},
		{`false`, func(identity.User, world) answer { return no }},
	}
)

func drawCondition(t *rapid.T, depth int) condition {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return atoms[rapid.IntRange(0, len(atoms)-1).Draw(t, "atom")]
	}
	left, right := drawCondition(t, depth-1), drawCondition(t, depth-1)
	switch rapid.IntRange(0, 2).Draw(t, "operator") {
	case 0:
		return condition{"(" + left.text + ") && (" + right.text + ")", decided(left, right, no, yes)}
	case 1:
		return condition{"(" + left.text + ") || (" + right.text + ")", decided(left, right, yes, no)}
	default:
		return condition{"!(" + left.text + ")", func(u identity.User, f world) answer {
			return map[answer]answer{yes: no, no: yes, fails: fails}[left.means(u, f)]
		}}
	}
}

// decided is && or ||: one side may decide alone, whatever the other one does.
func decided(left, right condition, alone, both answer) func(identity.User, world) answer {
	return func(u identity.User, f world) answer {
		l, r := left.means(u, f), right.means(u, f)
		switch {
		case l == alone || r == alone:
			return alone
		case l == fails || r == fails:
			return fails
		default:
			return both
		}
	}
}

// ruleText is a rule before it is printed.
type ruleText struct {
	when   condition
	except *condition
	asks   string // the group that it asks for with inGroup, or else
	groups []string
}

func drawRules(t *rapid.T, inGroup bool) []ruleText {
	out := make([]ruleText, rapid.IntRange(1, 5).Draw(t, "rules"))
	for i := range out {
		r := &out[i]
		r.when = drawCondition(t, 2)
		r.groups = rapid.SliceOfNDistinct(rapid.SampledFrom(someGroupNames), 1, 3, rapid.ID).Draw(t, "groups")
		if rapid.Bool().Draw(t, "excepts") {
			except := drawCondition(t, 1)
			r.except = &except
		}
		// Rules that give what is asked for do not ask: there is no circle.
		if asked := out[0].groups[0]; inGroup && !strings.Contains(asked, "{") && !slices.Contains(r.groups, asked) {
			r.asks = asked
		}
	}
	return out
}

func policyText(all []ruleText) string {
	var b strings.Builder
	b.WriteString("groups: [{name: g0}, {name: g1, prehire: true}, {name: g2}, {name: g3}]\nrules:\n")
	for i, r := range all {
		fmt.Fprintf(&b, "  - name: r%d\n    groups: [\"%s\"]\n    when: |\n      %s", i, strings.Join(r.groups, `", "`), r.when.text)
		if r.asks != "" {
			fmt.Fprintf(&b, " || inGroup(%q)", r.asks)
		}
		if r.except != nil {
			fmt.Fprintf(&b, "\n    except: |\n      %s", r.except.text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func drawUser(t *rapid.T) identity.User {
	value := rapid.SampledFrom(someValues)
	u := someone("department", value.Draw(t, "department"), "team", value.Draw(t, "team"))
	u.Attributes.Set("x", value.Draw(t, "x"), value.Draw(t, "y"))
	u.Groups = slices.Sorted(slices.Values(rapid.SliceOfDistinct(rapid.SampledFrom([]string{"g", "h", "a"}), rapid.ID).Draw(t, "source groups")))
	u.State = rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Staged, identity.Left}).Draw(t, "state")
	return u
}

func drawFacts(t *rapid.T) world {
	return world{
		shifts:   rapid.SampledFrom([]string{"", "s"}).Draw(t, "shift"),
		managers: rapid.SampledFrom([]string{"", "m"}).Draw(t, "manager"),
	}
}

// randomEngine is engine for a drawn policy.
func randomEngine(t *rapid.T, text string) *Engine {
	p, err := Load([]File{{"p.yaml", []byte(text)}}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	e, err := Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExceptNeverAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		with := drawRules(t, false)
		without := slices.Clone(with)
		for i := range without {
			without[i].except = nil
		}
		u, facts := drawUser(t), drawFacts(t)
		more := map[string]bool{}
		for _, m := range randomEngine(t, policyText(without)).Memberships(u, in(facts)) {
			for _, c := range m.Causes {
				more[m.Group+" "+c.Name] = true
			}
		}
		for _, m := range randomEngine(t, policyText(with)).Memberships(u, in(facts)) {
			for _, c := range m.Causes {
				if !more[m.Group+" "+c.Name] {
					t.Fatalf("except added %s by %s\n%s", m.Group, c.Name, policyText(with))
				}
			}
		}
	})
}

func TestMembershipsAreDeterministicSortedAndCaused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := policyText(drawRules(t, true))
		u, facts := drawUser(t), drawFacts(t)
		first := randomEngine(t, text)
		got := first.Memberships(u, in(facts))
		if d := cmp.Diff(got, first.Memberships(u, in(facts))); d != "" {
			t.Fatalf("the same engine again: %s", d)
		}
		if d := cmp.Diff(got, randomEngine(t, text).Memberships(u, in(facts))); d != "" {
			t.Fatalf("the same text again: %s", d)
		}
		for i, m := range got {
			if i > 0 && got[i-1].Group >= m.Group || len(m.Causes) == 0 || !slices.IsSortedFunc(m.Causes, identity.CompareCauses) {
				t.Fatalf("not sorted or without cause: %+v", got)
			}
		}
	})
}

func TestExplainAgreesWithMemberships(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawnEngine(t)
		u, w := drawUser(t), World{At: noon, Facts: drawFacts(t), Held: drawHeld(t)}
		u.UserName = rapid.SampledFrom([]string{"ada", "u1", "U2"}).Draw(t, "name")
		causes := map[string][]identity.Cause{}
		names := append(e.GroupNames(), "made-a", "made-b", "made-ab", "made-a-b", "nothing")
		d := e.Decide(u, w)
		for _, m := range d.Memberships {
			causes[m.Group] = m.Causes
			names = append(names, m.Group)
		}
		for _, group := range names {
			x := e.Explain(u, w, group)
			_, held := causes[group]
			if x.Held != held || held == (len(x.Unmet) > 0) || held != (len(x.Because) > 0) {
				t.Fatalf("%s is held: %v; explained: %+v", group, held, x)
			}
			if d := cmp.Diff(causes[group], x.Causes, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s: %s", group, d)
			}
			refused := slices.ContainsFunc(d.Refused, func(r Refusal) bool { return r.Group == group })
			if x.Shadowed != nil != (refused && !held) || x.Shadowed != nil && x.Shadowed.Position == "" {
				t.Fatalf("%s is refused: %v; explained: %+v", group, refused, x.Shadowed)
			}
		}
	})
}

// drawnEngine is the engine of a policy with everything that policies have; one in
// which inGroup goes in a circle is drawn anew.
func drawnEngine(t *rapid.T) *Engine {
	for {
		p, err := Load([]File{{"p.yaml", []byte(drawPolicy(t))}}, nil)
		if err != nil {
			continue
		}
		e, err := Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

// drawHeld is what the user was in before.
func drawHeld(t *rapid.T) func(int64) []string {
	held := rapid.SampledFrom([][]string{nil, {"g1"}, {"g2", "g3"}}).Draw(t, "held before")
	return func(int64) []string { return held }
}

// TestAgreesWithPlainGo compares with what the conditions mean, said in Go. It is
// here to stay: whatever makes evaluation faster must agree with it.
func TestAgreesWithPlainGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawRules(t, false)
		e := randomEngine(t, policyText(drawn))
		u, facts := drawUser(t), drawFacts(t)
		want := map[string]bool{}
		for i, r := range drawn {
			if r.when.means(u, facts) != yes || r.except != nil && r.except.means(u, facts) != no {
				continue
			}
			for _, n := range e.policy.Rules[i].names {
				name, ok := n.render(&u)
				if ok && (u.State == identity.Active || u.State == identity.Staged && name == "g1") {
					want[fmt.Sprintf("%s r%d", name, i)] = true
				}
			}
		}
		got := map[string]bool{}
		for _, m := range e.Memberships(u, in(facts)) {
			for _, c := range m.Causes {
				got[m.Group+" "+c.Name] = true
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s\n%s", d, policyText(drawn))
		}
	})
}

// TestOrderOfRulesDoesNotMatter shuffles them.
func TestOrderOfRulesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawRules(t, false)
		u, facts := drawUser(t), drawFacts(t)
		groups := func(all []ruleText) []string {
			var out []string
			for _, m := range randomEngine(t, policyText(all)).Memberships(u, in(facts)) {
				out = append(out, fmt.Sprintf("%s %d", m.Group, len(m.Causes)))
			}
			return out
		}
		if d := cmp.Diff(groups(drawn), groups(rapid.Permutation(drawn).Draw(t, "order"))); d != "" {
			t.Fatal(d)
		}
	})
}

// TestClausesTogetherAreTheCondition holds for every condition without ifs: it
// holds exactly where all of its clauses hold, and the text of each clause, taken
// for a condition of its own, says what its logic says. So do the sides of each.
func TestClausesTogetherAreTheCondition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := drawCondition(t, 3)
		e := randomEngine(t, policyText([]ruleText{{when: drawn, groups: []string{"g0"}}}))
		s := e.subject(drawUser(t), in(drawFacts(t)))
		defer s.release()
		all := true
		for _, c := range conjuncts(e.policy.Rules[0].When.Source, e.rules[0].when) {
			all = all && s.judge(c.logic) == yes
			for _, part := range append(disjuncts(c.text, c.logic), c) {
				alone, issues := e.lang.compile(e.lang.rule, part.text)
				if len(issues) > 0 {
					t.Fatalf("%s of %s is no condition: %v", part.text, drawn.text, issues)
				}
				if p, err := e.lang.program(alone); err != nil || run(p, s) != s.judge(part.logic) {
					t.Fatalf("%s of %s: the text says %v (%v), its logic %v", part.text, drawn.text, run(p, s), err, s.judge(part.logic))
				}
			}
		}
		if whole := s.judge(e.rules[0].logic) == yes; whole != all {
			t.Fatalf("%s holds: %v, its clauses: %v", drawn.text, whole, all)
		}
	})
}
