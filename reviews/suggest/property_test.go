package suggest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/population"
)

// planted is a rule that is hidden in the noise.
type planted struct {
	group, condition string
	about            func(identity.User) bool
}

// plant makes a company in which people of a few departments ask for a group of
// theirs, and everybody for anything now and then.
func plant(t *rapid.T, c *company) []planted {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	departments, titles := rapid.IntRange(3, 6).Draw(t, "departments"), 3
	var out []planted
	var groups, asked strings.Builder
	for i := range rapid.IntRange(0, 4).Draw(t, "rules") {
		p := planted{group: fmt.Sprintf("g%d", i)}
		department, title := fmt.Sprintf("D%d", random.IntN(departments)), fmt.Sprintf("T%d", random.IntN(titles))
		if rapid.Bool().Draw(t, "two terms") {
			p.condition = fmt.Sprintf("user.department == %q && user.title == %q", department, title)
			p.about = func(u identity.User) bool {
				return u.Attributes.First("department") == department && u.Attributes.First("title") == title
			}
		} else {
			p.condition = fmt.Sprintf("user.department == %q", department)
			p.about = func(u identity.User) bool { return u.Attributes.First("department") == department }
		}
		fmt.Fprintf(&groups, "  - {name: %s, owners: [manager], request: {}}\n", p.group)
		fmt.Fprintf(&asked, "%s ", p.group)
		out = append(out, p)
	}
	c.policy = "groups:\n  - {name: noise, owners: [manager], request: {}}\n" + groups.String()
	seen, skipped := map[string]int{}, 1+random.IntN(8)
	for i := range departments * titles * 8 {
		n := c.join(fmt.Sprintf("u%d department=D%d title=T%d location=L%d costCenter=C%d", i, i%departments, i/departments%titles, random.IntN(50), i))
		u := c.people[n-1]
		for _, p := range out {
			if !p.about(u) {
				continue
			}
			if seen[p.group]++; seen[p.group] != skipped { // all but one of them
				c.ask(n, p.group, 2+random.IntN(4))
			}
		}
		if random.IntN(4) == 0 {
			c.ask(n, "noise", 1)
		}
	}
	for _, p := range out { // one stranger, and one who is denied
		c.ask(int64(1+random.IntN(len(c.people))), p.group, 1)
	}
	return out
}

// Exactly the rules are found that were hidden.
func TestPlantedRulesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := company{t: t}
		hidden := plant(t, &c)
		want := map[string]string{}
		for _, p := range hidden {
			want[p.group] = p.condition
		}
		got := map[string]string{}
		for _, d := range suggest.Suggest(c.input()).Drafts {
			got[d.Group.Name] = d.Condition
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

// drawCompany makes a company that nobody designed.
func drawCompany(t *rapid.T) *company {
	c := &company{t: t, policy: `
groups:
  - {name: a, owners: [manager], request: {}}
  - {name: b, owners: ["user:x"], contains: [a], request: {}}
  - {name: c, owners: ["user:x"], standing: never, request: {}}
  - {name: d, risk: critical, request: {durations: {default: 1h, max: 8h}}}
rules:
  - {name: r, when: 'user.department == "x" && user.team == "y"', groups: [a]}
  - {name: s, when: 'user.title == "y"', groups: [b]}
`}
	if mode := rapid.SampledFrom([]string{"", "enforce", "report"}).Draw(t, "constraint"); mode != "" {
		c.policy += "constraints: [{name: k, conflict: [a, e], mode: " + mode + "}]\n"
		c.policy = strings.Replace(c.policy, "rules:", "  - {name: e}\nrules:\n  - {name: q, when: 'user.team == \"z\" && user.title == \"x\"', groups: [e]}", 1)
	}
	if rapid.Bool().Draw(t, "property") {
		c.policy += "never: [{name: p, when: 'user.title == \"z\"', groups: [a, \"c*\", d]}]\n"
	}
	if rapid.Bool().Draw(t, "exclusion") {
		c.policy += "exclusions: [{user: u3, groups: [a, b], reason: x, until: never}]\n"
	}
	value := rapid.SampledFrom([]string{"", "x", "y", "z"})
	for i := range rapid.IntRange(1, 25).Draw(t, "people") {
		n := c.join(fmt.Sprintf("u%d", i))
		u := &c.people[n-1]
		for _, name := range []string{"department", "team", "title"} {
			if v := value.Draw(t, name); v != "" {
				u.Attributes.Set(name, v)
			}
		}
		if v := value.Draw(t, "group"); v != "" {
			u.Groups = []string{"all", v}
		}
		u.State = rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Active, identity.Staged, identity.Left}).Draw(t, "state")
	}
	for range rapid.IntRange(0, 60).Draw(t, "requests") {
		c.requests = append(c.requests, suggest.Request{
			UserN: rapid.Int64Range(1, int64(len(c.people))).Draw(t, "who"), Group: rapid.SampledFrom([]string{"a", "a", "b", "c", "d", "gone"}).Draw(t, "what"),
			Approved: rapid.IntRange(0, 9).Draw(t, "denied") > 0, Auto: rapid.IntRange(0, 5).Draw(t, "auto") == 0,
			At:       now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "days")) * 24 * time.Hour),
			Duration: time.Duration(rapid.IntRange(1, 5).Draw(t, "hours")) * time.Hour,
		})
	}
	return c
}

func drawThresholds(t *rapid.T) suggest.Thresholds {
	part := rapid.SampledFrom([]float64{0.2, 0.5, 0.6, 0.8, 1})
	return suggest.Thresholds{
		Askers: rapid.IntRange(1, 4).Draw(t, "askers"), Requests: rapid.IntRange(1, 6).Draw(t, "least"),
		Precision: part.Draw(t, "precision"), Coverage: part.Draw(t, "coverage"), Approval: part.Draw(t, "approval"),
	}
}

// What is suggested reaches the thresholds, counted by hand; no smaller condition
// does; and where nothing is suggested, none does. A rule gives what its draft says,
// by the engine itself.
func TestSuggestionsByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		in := c.input()
		in.Thresholds = drawThresholds(t)
		r := suggest.Suggest(in)
		h := hand{in, c, in.Engine.Everyone(in.Population, in.World)}
		drafted := map[string]int{}
		for i := range r.Drafts {
			d := &r.Drafts[i]
			drafted[d.Group.Name] = len(d.Terms)
			h.check(t, d)
			if d.Kind == suggest.AsRule {
				h.impact(t, d)
			}
		}
		for _, l := range r.LeftOut {
			if strings.Contains(l.Reason, "in common") {
				drafted[l.Group] = 4
			}
		}
		for group, terms := range drafted {
			if better := h.any(group, terms-1); better != "" {
				t.Fatalf("%s: %s would do, too", group, better)
			}
		}
	})
}

// hand counts one person after the other.
type hand struct {
	suggest.Input
	*company
	held *rules.Everyone
}

func (h hand) could(group string, u identity.User) bool {
	n := uint32(u.N)
	return u.State == identity.Active && !(group == "a" && h.guarded(u)) && !h.held.Users(group).Contains(n) &&
		!(strings.Contains(h.policy, "exclusions") && u.UserName == "u3" && (group == "a" || group == "b")) &&
		!(strings.Contains(h.policy, "enforce") && group == "a" && h.held.Users("e").Contains(n))
}

func (h hand) guarded(u identity.User) bool {
	return strings.Contains(h.policy, "never:") && u.Attributes.First("title") == "z"
}

func (h hand) spoiled(group string, u identity.User) bool {
	return (group == "c" || group == "d") && h.guarded(u) || strings.Contains(h.policy, "mode: report") && group == "a" && h.held.Users("e").Contains(uint32(u.N))
}

// asked counts what somebody asked for and got.
func (h hand) asked(group string, n int64) (got, all int) {
	for _, r := range h.company.requests {
		if r.Group != group || r.UserN != n || r.At.Before(h.Since) || group == "c" && r.Auto {
			continue
		}
		all++
		if r.Approved {
			got++
		}
	}
	return got, all
}

func meets(u identity.User, terms []suggest.Term) bool {
	for _, t := range terms {
		if t.Reading.Kind == population.Groups && !slices.Contains(u.Groups, t.Value) ||
			t.Reading.Kind == population.First && u.Attributes.First(t.Reading.Attribute) != t.Value {
			return false
		}
	}
	return true
}

// counts is a condition with what it comes to.
type counts struct{ requests, approved, askers, hits, others, spoiled int }

func (h hand) counts(group string, terms []suggest.Term) (c counts) {
	for _, u := range h.people {
		if !h.could(group, u) {
			continue
		}
		got, all := h.asked(group, u.N)
		c.requests, c.approved = c.requests+all, c.approved+got
		if got > 0 {
			c.askers++
		}
		switch {
		case !meets(u, terms):
			continue
		case got > 0:
			c.hits++
		default:
			c.others++
		}
		if h.spoiled(group, u) {
			c.spoiled++
		}
	}
	return c
}

func (c counts) will(t suggest.Thresholds) bool {
	return c.hits > 0 && c.spoiled == 0 && float64(c.hits)/float64(c.askers) >= t.Coverage && float64(c.hits)/float64(c.hits+c.others) >= t.Precision
}

func (h hand) check(t *rapid.T, d *suggest.Draft) {
	c := h.counts(d.Group.Name, d.Terms)
	if !c.will(h.Thresholds) || c.requests < h.Thresholds.Requests || c.askers < h.Askers || float64(c.approved)/float64(c.requests) < h.Approval {
		t.Fatalf("%s is suggested for %s: %+v", d.Group.Name, d.Condition, c)
	}
	got := counts{d.Requests, d.Approved, d.Evidence.Askers, int(d.Asking.GetCardinality()), int(d.Others.GetCardinality()), 0}
	if got != c {
		t.Fatalf("%s for %s: counted %+v, want %+v", d.Group.Name, d.Condition, got, c)
	}
	if want := map[string]string{"a": suggest.AsRule, "b": suggest.AsRule, "c": suggest.AsAuto, "d": suggest.AsTerm}[d.Group.Name]; d.Kind != want {
		t.Fatalf("%s is suggested as %s", d.Group.Name, d.Kind)
	}
}

// any returns a condition of at most so many terms that would do, "" for none.
func (h hand) any(group string, terms int) string {
	var all []suggest.Term
	for _, name := range []string{"department", "team", "title"} {
		for _, v := range []string{"x", "y", "z"} {
			all = append(all, suggest.Term{Reading: population.Reading{Attribute: name}, Value: v})
		}
	}
	for _, v := range []string{"all", "x", "y", "z"} {
		all = append(all, suggest.Term{Reading: population.Reading{Kind: population.Groups}, Value: v})
	}
	var try func(from int, chosen []suggest.Term) string
	try = func(from int, chosen []suggest.Term) string {
		if len(chosen) > 0 && h.counts(group, chosen).will(h.Thresholds) {
			return fmt.Sprint(chosen)
		}
		if len(chosen) >= min(terms, 3) {
			return ""
		}
		for i := from; i < len(all); i++ {
			if found := try(i+1, append(slices.Clone(chosen), all[i])); found != "" {
				return found
			}
		}
		return ""
	}
	if terms < 1 {
		return ""
	}
	return try(0, nil)
}

// impact holds a draft against what the engine says it would do.
func (h hand) impact(t *rapid.T, d *suggest.Draft) {
	changed, err := suggest.Apply([]rules.File{{Name: "p.yaml", Data: []byte(h.policy)}}, []suggest.Draft{*d}, nil)
	if err != nil {
		t.Fatal(err)
	}
	after := compile(t, string(changed))
	again := h.input(after)
	m, err := impact.Compare(impact.Side{Engine: again.Engine, Population: again.Population, World: again.World},
		impact.Side{Engine: after, Population: again.Population, World: again.World}, impact.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	var gains []uint32
	for _, g := range m.Groups {
		if !g.Losses.IsEmpty() {
			t.Fatalf("%s for %s takes something away: %v", d.Group.Name, d.Condition, g)
		}
		if g.Name == d.Group.Name {
			g.Gains.AndNot(again.Population.Staged())
			gains = g.Gains.ToArray()
		}
	}
	want := slices.Concat(d.Asking.ToArray(), d.Others.ToArray())
	slices.Sort(want)
	if diff := cmp.Diff(want, gains); diff != "" || d.Gains != len(want) {
		t.Fatalf("%s for %s: gains %d, %s", d.Group.Name, d.Condition, d.Gains, diff)
	}
	for _, f := range m.Properties {
		if len(f.Breaks) > 0 {
			t.Fatalf("%s for %s breaks %s", d.Group.Name, d.Condition, f.Name)
		}
	}
	for _, f := range m.Constraints {
		if f.Mode == rules.Report && len(f.Breaks) > 0 {
			t.Fatalf("%s for %s breaks %s", d.Group.Name, d.Condition, f.Name)
		}
	}
}

// rendered is everything that a report says.
func rendered(r suggest.Report) string {
	var b strings.Builder
	for i := range r.Drafts {
		d := &r.Drafts[i]
		fmt.Fprintln(&b, d.Kind, d.Evidence, d.Asking.ToArray(), d.Others.ToArray(), d.Denied.ToArray(), d.Access, d.Around, d.Why, d.Default, d.Longest, d.YAML())
	}
	for _, l := range r.LeftOut {
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

// The order in which requests and people come makes no difference.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		limits := drawThresholds(t)
		look := func() string {
			in := c.input()
			in.Thresholds = limits
			return rendered(suggest.Suggest(in))
		}
		first := look()
		c.requests = rapid.Permutation(c.requests).Draw(t, "requests in another order")
		c.people = rapid.Permutation(c.people).Draw(t, "people in another order")
		if d := cmp.Diff(first, look()); d != "" {
			t.Fatal(d)
		}
	})
}
