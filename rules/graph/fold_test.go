package graph

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/rules"
)

// sums is what must be the same however a policy is folded.
type sums struct {
	Holds, People map[Layer]int
	// Links and Shares are by the layers that edges lead from and to.
	Links, Shares map[string]int
}

func sumsOf(g Graph) sums {
	s := sums{map[Layer]int{}, map[Layer]int{}, map[string]int{}, map[string]int{}}
	layer := map[string]Layer{}
	for _, n := range g.Nodes {
		s.Holds[n.Layer] += n.Holds
		layer[n.ID] = n.Layer
	}
	for _, t := range g.Totals {
		s.People[t.Layer] = t.People
	}
	for _, e := range g.Edges {
		between := fmt.Sprintf("%s to %s", layer[e.From], layer[e.To])
		s.Links[between] += e.Links
		s.Shares[between] += e.Shares
	}
	return s
}

// wild is a policy and people by chance: rules about departments, teams and both,
// groups that are shared, made, nested or nobody's.
func wild(t *rapid.T) (string, []identity.User) {
	n := rapid.IntRange(1, 90).Draw(t, "rules")
	text := "groups:\n  - {name: outer, access: [\"t0:role/outer\"], contains: [g0]}\n  - {name: spare, access: [\"t1:role/spare\"]}\n"
	for i := range n {
		text += fmt.Sprintf("  - {name: g%d, access: [\"t%d:role/%d\"]}\n", i, rapid.IntRange(0, 50).Draw(t, "target"), i)
	}
	text += "rules:\n"
	for i := range n {
		when := rapid.SampledFrom([]string{
			`user.department == "D%d"`, `user.team == "T%d"`, `user.department == "D%d" && user.team == "T1"`, `user.department in ["D1", "D%d"]`,
			`user.title != "x%d"`, `user.title == "x%d"`,
		}).Draw(t, "when")
		text += fmt.Sprintf("  - {name: r%d, when: '%s', groups: [g%d, \"made%d-{team}\"]}\n", i, fmt.Sprintf(when, rapid.IntRange(0, 30).Draw(t, "value")),
			rapid.IntRange(0, n-1).Draw(t, "group"), i%3)
	}
	var people []identity.User
	for i := range rapid.IntRange(1, 60).Draw(t, "people") {
		people = append(people, person(int64(i),
			identity.AttrDepartment, rapid.SampledFrom([]string{"", "D1", "D2", fmt.Sprint("D", i)}).Draw(t, "department"),
			identity.AttrTeam, rapid.SampledFrom([]string{"", "T1", "T2", fmt.Sprint("T", i)}).Draw(t, "team")))
	}
	return text, people
}

// Nothing is left out by folding: what nodes hold, whom layers are about, and the
// links and memberships of edges are the same.
func TestFoldingKeepsTheSums(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text, people := wild(rt)
		e := engineOf(t, text)
		for _, crowd := range []*Crowd{crowdOfUsers(e, people), nil} {
			want := sumsOf(draw(t, e, crowd, Options{Fold: FoldNone}))
			for _, fold := range []string{FoldAuto, FoldDepartment} {
				g := draw(t, e, crowd, Options{Fold: fold})
				if diff := cmp.Diff(want, sumsOf(g)); diff != "" {
					rt.Fatalf("fold %s (-none +%s):\n%s", fold, fold, diff)
				}
				checkWhole(rt, g)
			}
		}
	})
}

// What was folded and then found no room counts for all that it holds.
func TestTheRestHoldsWhatItWasFoldedFrom(t *testing.T) {
	text, people := "groups: [{name: all}]\nrules:\n", []identity.User{}
	for i := range 80 {
		for k := range 3 {
			text += fmt.Sprintf("  - {name: r%d-%d, when: 'user.department == \"D%d\"', groups: [all]}\n", i, k, i)
		}
		people = append(people, person(int64(i), identity.AttrDepartment, fmt.Sprint("D", i)))
	}
	e := engineOf(t, text)
	for _, crowd := range []*Crowd{crowdOfUsers(e, people), nil} {
		g := draw(t, e, crowd, Options{})
		if diff := cmp.Diff(sumsOf(draw(t, e, crowd, Options{Fold: FoldNone})), sumsOf(g)); diff != "" {
			t.Errorf("-none +auto:\n%s", diff)
		}
		rules := g.In(Rules)
		at := slices.IndexFunc(rules, func(n Node) bool { return n.Kind == Rest })
		if at < 0 || rules[at].Label != "and 171 more" || rules[at].Holds != 171 || len(rules[at].Inside) != 171 {
			t.Errorf("%d rules, the rest is %d: %+v", len(rules), at, rules)
		}
	}
}

// checkWhole finds nodes that are wrong in themselves.
func checkWhole(t rapid.TB, g Graph) {
	for _, layer := range Layers() {
		if n := len(g.In(layer)); n > plenty {
			t.Errorf("%d nodes in layer %s", n, layer)
		}
	}
	for _, n := range g.Nodes {
		if n.Layer != People && n.Holds > 1 && len(n.Inside) != n.Holds {
			t.Errorf("%s holds %d and lists %d", n.ID, n.Holds, len(n.Inside))
		}
		if n.Parent != "" && !slices.ContainsFunc(g.Nodes, func(above Node) bool { return above.ID == n.Parent }) {
			t.Errorf("%s is below %s, which is not there", n.ID, n.Parent)
		}
	}
	for _, e := range g.Edges {
		if e.People > e.Shares || g.Counted && e.Shares > 0 && e.People == 0 {
			t.Errorf("%s to %s: %d people, %d shares", e.From, e.To, e.People, e.Shares)
		}
	}
}

// Ten thousand rules are a picture of a few dozen boxes, and of every rule.
func TestTenThousandRulesCanBeRead(t *testing.T) {
	e := engineOf(t, manyRules(10_000))
	people := workers(300)
	for name, crowd := range map[string]*Crowd{"counted": crowdOfUsers(e, people), "bare": nil} {
		g := draw(t, e, crowd, Options{})
		for _, layer := range Layers() {
			if n := len(g.In(layer)); n == 0 || n > few {
				t.Errorf("%s: %d nodes in layer %s", name, n, layer)
			}
		}
		if got := g.Total(Rules).Holds; got != 10_000 {
			t.Errorf("%s: %d rules", name, got)
		}
		if size := len(g.SVG()); size > 200_000 {
			t.Errorf("%s: a picture of %d bytes", name, size)
		}
	}
}

// What a count says is what the engine says.
func TestCountsAreThoseOfTheEngine(t *testing.T) {
	e := engineOf(t, small)
	crowd := crowdOfUsers(e, smallPeople())
	g := draw(t, e, crowd, Options{Fold: FoldNone})
	for _, n := range g.In(Groups) {
		if want := int(crowd.Everyone.Users(n.Label).GetCardinality()); n.People != want {
			t.Errorf("group %s: %d people, want %d", n.Label, n.People, want)
		}
	}
	for _, n := range g.In(Rules) {
		who, _ := e.Who(n.Label, populationOf(e, smallPeople()), rules.World{})
		if want := int(who.GetCardinality()); n.People != want {
			t.Errorf("rule %s: %d people, want %d", n.Label, n.People, want)
		}
	}
}
