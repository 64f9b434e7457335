package creep_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
)

var things = []string{"app:role/a", "app:role/b", "app:role/c", "db:role/a", "db:role/x"}

// drawCompany makes a company that nobody designed.
func drawCompany(t *rapid.T) *company {
	c := newCompany(t, `
groups:
  - {name: a, owners: ["user:o", "group:p"], risk: high, access: ["app:role/a", "db:role/a"], request: {}}
  - {name: b, owners: ["user:o"], risk: low, contains: [a], access: ["app:role/b"]}
  - {name: c, access: ["app:role/c"]}
rules:
  - {name: r, when: 'user.department == "x"', groups: [a]}
  - {name: s, when: 'user.team == "y"', groups: [b]}
constraints: [{name: k, conflict: [a, c], mode: report}]
`)
	value := rapid.SampledFrom([]string{"", "x", "y"})
	state := rapid.SampledFrom([]string{"active", "active", "active", "staged", "left"})
	for i := range rapid.IntRange(1, 25).Draw(t, "people") {
		line := fmt.Sprintf("u%d state=%s", i, state.Draw(t, "state"))
		for _, name := range []string{"department", "team", "title"} {
			if v := value.Draw(t, name); v != "" {
				line += " " + name + "=" + v
			}
		}
		c.join(line)
	}
	holders := []uint32{c.stranger(0, "ghost"), c.stranger(1, "svc")}
	for i := range c.people {
		holders = append(holders, uint32(i+1))
	}
	c.world.Overlay = rules.Overlays{}
	for _, n := range rapid.SliceOfNDistinct(rapid.Int64Range(1, int64(len(c.people))), 0, 3, rapid.ID).Draw(t, "granted") {
		c.world.Overlay[n] = []rules.Overlay{{Group: "a", Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g"}, Start: daysAgo(1)}}
		c.details.Grants[creep.Member{User: uint32(n), Group: "a"}] = creep.Grants{Count: rapid.IntRange(0, 5).Draw(t, "grants")}
	}
	who := rapid.SliceOfDistinct(rapid.SampledFrom(holders), rapid.ID[uint32])
	for range rapid.IntRange(0, 12).Draw(t, "layers") {
		address := rapid.SampledFrom(things).Draw(t, "what")
		since := daysAgo(rapid.IntRange(0, 400).Draw(t, "since"))
		if rapid.IntRange(0, 4).Draw(t, "indirect") == 0 {
			c.indirectly(address, since, who.Draw(t, "who")...)
		} else {
			c.holds(address, since, who.Draw(t, "who")...)
		}
	}
	for i := range c.targets {
		c.targets[i].Tells = rapid.Bool().Draw(t, "tells")
		c.targets[i].Uses = map[int64]time.Time{}
		for _, n := range who.Draw(t, "used") {
			c.targets[i].Uses[int64(n)] = daysAgo(rapid.IntRange(0, 400).Draw(t, "use"))
		}
	}
	return c
}

// hand looks at one holder after the other.
type hand struct {
	*company
	in creep.Input
}

func (h hand) explained(n uint32, address string) bool {
	for _, group := range []string{"a", "b", "c"} {
		g, _ := h.in.Engine.Group(group)
		if slices.Contains(g.Access, ent(address)) && h.in.Everyone.Users(group).Contains(n) {
			return true
		}
	}
	return false
}

func (h hand) holds(n uint32, address string, indirect bool) (since time.Time, yes bool) {
	for _, t := range h.targets {
		for _, o := range t.Observed {
			for _, l := range o.Layers {
				if o.Entitlement == ent(address) && (indirect || !l.Indirect) && l.Holders.Contains(n) && (!yes || l.Since.Before(since)) {
					since, yes = l.Since, true
				}
			}
		}
	}
	return since, yes
}

func (h hand) peers(u identity.User, address string) creep.Peers {
	for _, level := range []struct {
		name  string
		attrs []string
	}{{creep.SameTeam, []string{"department", "team", "title"}}, {creep.SameTitle, []string{"department", "title"}}, {creep.SameDepartment, []string{"department"}}} {
		p := creep.Peers{Level: level.name}
		for _, other := range h.people {
			same := other.N != u.N && other.State == identity.Active
			for _, a := range level.attrs {
				same = same && u.Attributes.First(a) != "" && u.Attributes.First(a) == other.Attributes.First(a)
			}
			if !same {
				continue
			}
			p.People++
			if _, yes := h.holds(uint32(other.N), address, true); yes {
				p.Holding++
			}
		}
		if p.People >= 3 {
			p.Share = float64(1000*p.Holding/p.People) / 1000
			return p
		}
	}
	return creep.Peers{}
}

// held counts what users hold.
func (h hand) held() (count int) {
	for i := range h.people {
		for _, address := range things {
			if _, yes := h.holds(uint32(i+1), address, true); yes {
				count++
			}
		}
	}
	return count
}

// lines is what the report must say of everybody, by hand.
func (h hand) lines() []string {
	out := []string{}
	for _, address := range things {
		for n, p := range h.details.People {
			since, yes := h.holds(n, address, true)
			if !yes || h.explained(n, address) {
				continue
			}
			_, direct := h.holds(n, address, false)
			peers := creep.Peers{}
			if !identity.IsStranger(int64(n)) {
				peers = h.peers(h.people[n-1], address)
			}
			out = append(out, fmt.Sprint(p.Name, " ", address, " ", since, " ", direct, " ", peers))
		}
	}
	slices.Sort(out)
	return out
}

func lines(r *creep.Report) []string {
	out := []string{}
	add := func(name string, entries []creep.Entry) {
		for _, e := range entries {
			out = append(out, fmt.Sprint(name, " ", e.Entitlement, " ", e.FirstSeen, " ", e.Removable, " ", e.Peers))
		}
	}
	for _, u := range r.Users {
		add(u.User, u.Surplus)
	}
	for _, o := range r.Orphans {
		add(o.Account, o.Holds)
	}
	slices.Sort(out)
	return out
}

// Sets find what loops over people and entitlements find, with the same peers; the
// sums agree; and what was asked to be looked up is what the report speaks of.
func TestReportByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		in := c.input()
		s := creep.Find(in)
		r := creep.Weigh(s, c.details)
		if d := cmp.Diff(hand{c, in}.lines(), lines(r)); d != "" {
			t.Fatal(d)
		}
		pairs := slices.Collect(s.Pairs())
		entries := 0
		for _, o := range r.Orphans {
			entries += len(o.Holds)
		}
		if entries += r.Summary.Surplus; len(pairs) != entries {
			t.Fatalf("%d pairs were to be looked up for %d entries", len(pairs), entries)
		}
		if held := (hand{c, in}).held(); held != r.Summary.Holdings || r.Summary.Explained != held-r.Summary.Surplus {
			t.Fatalf("%d holdings, of %d; %+v", r.Summary.Holdings, held, r.Summary)
		}
		for _, sums := range [][]creep.Sum{r.Departments, r.Targets, r.Causes} {
			surplus, score := 0, 0
			for _, x := range sums {
				surplus, score = surplus+x.Surplus, score+x.Score
			}
			if surplus != r.Summary.Surplus || score != r.Summary.Score {
				t.Fatalf("%v do not add up to %+v", sums, r.Summary)
			}
		}
		seen := roaring.New()
		for _, u := range r.Users {
			seen.Add(u.N)
		}
		for _, x := range r.SoD {
			seen.Add(x.N)
		}
		for _, x := range r.RepeatedJIT {
			seen.Add(x.N)
		}
		for _, x := range r.Dormant {
			for _, a := range x.Accounts {
				seen.Add(a.N)
			}
		}
		if seen.AndNot(s.Holders()); !seen.IsEmpty() {
			t.Fatalf("nobody was to look up %v", seen)
		}
	})
}

// Carrying out the plan leaves what comes through something else, and nothing more.
func TestPlanRemovesTheSurplus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		plan := c.report().Plan(creep.Filter{Orphans: true})
		for _, o := range plan.Orders {
			layers := c.observed(o.Entitlement).Layers
			for i := range layers {
				if layers[i].Indirect {
					continue
				}
				left := layers[i].Holders.Clone()
				left.Remove(o.Holder)
				layers[i].Holders = left
			}
		}
		after := c.report()
		again := after.Plan(creep.Filter{Orphans: true})
		if len(again.Orders) > 0 {
			t.Fatalf("left: %+v", again.Orders)
		}
		if len(again.Remaining) < len(plan.Remaining) {
			t.Fatalf("what is indirect went: %+v, %+v", plan.Remaining, again.Remaining)
		}
	})
}

// The order in which things come makes no difference, and nothing given is changed.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		before := rendered(t, c.report())
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		shuffle(random, c.targets)
		for i := range c.targets {
			shuffle(random, c.targets[i].Observed)
			for k := range c.targets[i].Observed {
				shuffle(random, c.targets[i].Observed[k].Layers)
			}
			c.targets[i].Uses = maps.Clone(c.targets[i].Uses)
		}
		shuffle(random, c.people)
		if d := cmp.Diff(before, rendered(t, c.report())); d != "" {
			t.Fatal(d)
		}
	})
}

func shuffle[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
