package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
	"birthright/rules/population"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// attributes give one membership each; the first values are the frequent ones.
var attributes = []struct {
	name   string
	values int
	skew   float64
}{
	{"department", 60, 1.1}, {"team", 2_000, 0.9}, {"title", 400, 1.2}, {"location", 150, 1.0}, {"employeeType", 5, 1.8},
	{"costCenter", 6_000, 0.7}, {"division", 14, 0.8}, {"organization", 30, 1.3}, {"userType", 8, 1.5},
}

const targets = 4

// engine has one rule for everybody and one for each attribute, which makes a group
// of each value.
func engine() (*rules.Engine, error) {
	var groups, given strings.Builder
	for i, a := range attributes {
		risk := []string{"low", "medium", "high"}[i%3]
		fmt.Fprintf(&groups, "  - {match: \"%s-*\", risk: %s, owners: [\"group:%s-owners\"], access: [\"app%d:group/{name}\"]}\n", strings.ToLower(a.name), risk, a.name, i%targets)
		fmt.Fprintf(&given, "  - {name: %s, when: 'user.%s != \"\"', groups: [\"%s-{%s}\"]}\n", a.name, a.name, strings.ToLower(a.name), a.name)
	}
	text := "groups:\n  - {name: everyone, access: [\"app0:group/everyone\"]}\nrules:\n  - {name: everyone, when: \"true\", groups: [everyone]}\n" +
		given.String() + "templates:\n" + groups.String()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		return nil, err
	}
	return rules.Compile(p)
}

// populate makes the same people each time.
func populate(e *rules.Engine) *population.Population {
	random := rand.New(rand.NewPCG(1, 2))
	pop := population.New(append(creep.Readings(), e.Readings()...))
	var draws [][]float64
	for _, a := range attributes {
		draws = append(draws, shares(a.values, a.skew))
	}
	for n := range people {
		u := identity.User{N: int64(n + 1), State: identity.Active, Attributes: identity.Attributes{}}
		for i, a := range attributes {
			u.Attributes[a.name] = []string{fmt.Sprint(pick(draws[i], random))}
		}
		u.Attributes["manager"] = []string{fmt.Sprint(n / 8)}
		pop.Put(&u)
	}
	pop.Seal()
	return pop
}

// shares are the sums of the shares of values of which the first are frequent.
func shares(n int, skew float64) []float64 {
	out, sum := make([]float64, n), 0.0
	for i := range out {
		sum += math.Pow(float64(i+1), -skew)
		out[i] = sum
	}
	return out
}

func pick(sums []float64, random *rand.Rand) int {
	return sort.SearchFloat64s(sums, random.Float64()*sums[len(sums)-1])
}

// observe makes targets show what is explained, and as much more as surplus says: of
// whatever is held often more often, half of it at the first look and the rest in ten
// later ones; one in a hundred by an account without a user. Three people in ten joined
// in the year since the first look, and what they hold was seen in the month they did.
func observe(e *rules.Engine, everyone *rules.Everyone) []creep.Target {
	random := rand.New(rand.NewPCG(3, 4))
	joined := joiners(random)
	var all []*creep.Observed
	var sizes []float64
	sum := 0.0
	for i := range everyone.Holdings {
		h := &everyone.Holdings[i]
		g, _ := e.Group(h.Group)
		users := h.Users()
		o := &creep.Observed{Entitlement: g.Access[0]}
		for month, set := range joined {
			if holders := roaring.And(users, set); month == 0 || !holders.IsEmpty() {
				o.Layers = append(o.Layers, creep.Layer{Since: look(month), Holders: holders})
			}
		}
		all = append(all, o)
		sum += math.Sqrt(float64(users.GetCardinality()))
		sizes = append(sizes, sum)
	}
	for made := 0; made < surplus; {
		o := all[pick(sizes, random)]
		n := uint32(1 + random.IntN(people))
		if made%100 == 0 {
			n = uint32(identity.FirstStranger + made/100)
		}
		if slices.ContainsFunc(o.Layers, func(l creep.Layer) bool { return l.Holders.Contains(n) }) {
			continue
		}
		made++
		layerAt(o, look(max(0, random.IntN(20)-9))).Add(n)
	}
	out := make([]creep.Target, targets)
	for i := range out {
		out[i] = creep.Target{Name: fmt.Sprintf("app%d", i), First: look(0), SeenAt: noon.Add(-time.Hour)}
	}
	for _, o := range all {
		t := &out[o.Entitlement.Target[3]-'0']
		t.Observed = append(t.Observed, *o)
	}
	return out
}

// look is when targets were looked at, so many months after the first time.
func look(month int) time.Time { return noon.AddDate(-1, month, 0) }

// joiners are people by the month in which they joined.
func joiners(random *rand.Rand) []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, 12)
	for i := range out {
		out[i] = roaring.New()
	}
	for n := range people {
		month := 0
		if random.IntN(10) < 3 {
			month = 1 + random.IntN(11)
		}
		out[month].Add(uint32(n + 1))
	}
	return out
}

func layerAt(o *creep.Observed, since time.Time) *roaring.Bitmap {
	for i := range o.Layers {
		if o.Layers[i].Since.Equal(since) {
			return o.Layers[i].Holders
		}
	}
	o.Layers = append(o.Layers, creep.Layer{Since: since, Holders: roaring.New()})
	return o.Layers[len(o.Layers)-1].Holders
}

// lookUp makes details of a surplus: names of everybody in it, and a former
// membership of every other pair.
func lookUp(s *creep.Surplus) creep.Details {
	d := creep.Details{People: map[uint32]creep.Person{}, Facts: map[creep.Pair]creep.Facts{}}
	population.Each(s.Holders(), func(n uint32) { d.People[n] = creep.Person{Name: fmt.Sprintf("u%07d", n), State: identity.Active} })
	for p := range s.Pairs() {
		f := creep.Facts{Account: "account"}
		if len(d.Facts)%2 == 0 {
			f.Former = []creep.Former{{Group: p.Entitlement.ID, Until: noon.AddDate(0, -1, 0), Causes: []identity.Cause{{Kind: identity.CauseRule, Name: "team"}}}}
			f.Use = creep.Use{Known: true, Last: noon.AddDate(0, -2, 0)}
		}
		d.Facts[p] = f
	}
	return d
}
