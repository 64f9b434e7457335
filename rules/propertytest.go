package rules

import (
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/rules/population"
)

// PropertyResult says whether a property of the policy is true.
type PropertyResult struct {
	Name     string   `json:"name"`
	Position Position `json:"position"`
	OK       bool     `json:"ok"`
	// Proven is set where it follows from the conditions for everybody there could
	// ever be.
	Proven bool `json:"proven"`
	// Breaches are people who break it, the first few of them; More is how many
	// breaches are left out.
	Breaches []Breach `json:"breaches,omitempty"`
	More     int      `json:"more,omitempty"`
}

// mostBreaches bounds the breaches of one property that are told.
const mostBreaches = 20

// PropertyTests holds the properties of a policy against people.
type PropertyTests struct {
	Results []PropertyResult
	// People is how many people they were held against.
	People int
	engine *Engine
}

// PropertyTests begins with what is known without people; proven says which
// properties follow from the conditions.
func (e *Engine) PropertyTests(proven []bool) *PropertyTests {
	t := &PropertyTests{engine: e, Results: make([]PropertyResult, len(e.properties))}
	for i := range t.Results {
		p := &e.policy.Properties[i]
		t.Results[i] = PropertyResult{Name: p.Name, Position: p.Position, OK: true, Proven: proven[i]}
	}
	return t
}

// Fixtures holds them against the users of the policy's tests.
func (t *PropertyTests) Fixtures() {
	for i := range t.engine.policy.Tests {
		test := &t.engine.policy.Tests[i]
		t.User(test.User, World{At: test.At, Facts: testFacts{test: test}}, fmt.Sprintf("test %q", test.Name))
	}
}

// User holds them against one user; from says where the user comes from.
func (t *PropertyTests) User(u identity.User, w World, from string) {
	t.People++
	for i, breaches := range t.engine.BreachesBy(u, w) {
		for _, b := range breaches {
			b.From = from
			t.Results[i].breach(b)
		}
	}
}

// Everyone holds them against everybody of a population. Of the breaches that are
// told, From is as given, and User still empty.
func (t *PropertyTests) Everyone(x *Everyone, pop *population.Population, w World, from string) {
	t.People += pop.Len()
	for i, trespasses := range x.Trespasses(pop, w) {
		r := &t.Results[i]
		for _, trespass := range trespasses {
			it := trespass.Users.Iterator()
			for it.HasNext() && len(r.Breaches) < mostBreaches {
				n := it.Next()
				r.breach(Breach{UserN: int64(n), Group: trespass.Group, Causes: x.BecauseOf(n, trespass.Group), From: from})
			}
			for ; it.HasNext(); it.Next() {
				r.More++
			}
		}
	}
}

func (r *PropertyResult) breach(b Breach) {
	r.OK = false
	if len(r.Breaches) == mostBreaches {
		r.More++
		return
	}
	r.Breaches = append(r.Breaches, b)
}

// Nameless returns the numbers of the users in breaches who have no name yet,
// ascending; Name gives them theirs.
func (t *PropertyTests) Nameless() []int64 {
	var ns []int64
	for i := range t.Results {
		for _, b := range t.Results[i].Breaches {
			if b.User == "" && b.UserN != 0 {
				ns = append(ns, b.UserN)
			}
		}
	}
	slices.Sort(ns)
	return slices.Compact(ns)
}

// Name names users in breaches.
func (t *PropertyTests) Name(users []identity.User) {
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	for i := range t.Results {
		for j := range t.Results[i].Breaches {
			if b := &t.Results[i].Breaches[j]; b.User == "" {
				b.User = names[b.UserN]
			}
		}
	}
}
