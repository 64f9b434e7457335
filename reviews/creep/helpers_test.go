package creep_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
	"birthright/rules/population"
)

var (
	now   = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	first = daysAgo(400) // the first look at every target
)

func daysAgo(n int) time.Time { return now.Add(-time.Duration(n) * 24 * time.Hour) }

type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

// company is some people under a policy, and what targets show of them.
type company struct {
	t       failing
	policy  string
	people  []identity.User
	targets []creep.Target
	world   rules.World
	details creep.Details
}

func newCompany(t failing, policy string) *company {
	return &company{t: t, policy: policy, world: rules.World{At: now, Facts: rules.Nothing{}}, details: creep.Details{
		People: map[uint32]creep.Person{}, Facts: map[creep.Pair]creep.Facts{}, Grants: map[creep.Member]creep.Grants{}, Since: map[creep.Member]time.Time{},
	}}
}

// join adds somebody: "name attribute=value …".
func (c *company) join(line string) uint32 {
	fields := strings.Fields(line)
	u := identity.User{N: int64(len(c.people) + 1), UserName: fields[0], State: identity.Active, Attributes: identity.Attributes{}}
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		if name == "state" {
			u.State = identity.State(value)
			continue
		}
		u.Attributes.Set(name, value)
	}
	c.people = append(c.people, u)
	n := uint32(u.N)
	c.details.People[n] = creep.Person{
		Name: u.UserName, State: u.State, Department: u.Attributes.First("department"), Team: u.Attributes.First("team"), Title: u.Attributes.First("title"),
	}
	return n
}

// stranger adds an account without a user.
func (c *company) stranger(i int, name string) uint32 {
	n := uint32(identity.FirstStranger + i)
	c.details.People[n] = creep.Person{Name: name}
	return n
}

func ent(address string) identity.Entitlement {
	e, err := identity.ParseEntitlement(address)
	if err != nil {
		panic(err)
	}
	return e
}

func (c *company) target(name string) *creep.Target {
	at := slices.IndexFunc(c.targets, func(t creep.Target) bool { return t.Name == name })
	if at < 0 {
		c.targets = append(c.targets, creep.Target{Name: name, First: first, SeenAt: now.Add(-time.Hour)})
		at = len(c.targets) - 1
	}
	return &c.targets[at]
}

// observed returns what is known of an entitlement.
func (c *company) observed(address string) *creep.Observed {
	e := ent(address)
	t := c.target(e.Target)
	at := slices.IndexFunc(t.Observed, func(o creep.Observed) bool { return o.Entitlement == e })
	if at < 0 {
		t.Observed = append(t.Observed, creep.Observed{Entitlement: e})
		at = len(t.Observed) - 1
	}
	return &t.Observed[at]
}

// holds has holders seen with an entitlement since an instant.
func (c *company) holds(address string, since time.Time, holders ...uint32) {
	o := c.observed(address)
	o.Layers = append(o.Layers, creep.Layer{Since: since, Holders: roaring.BitmapOf(holders...)})
}

func (c *company) indirectly(address string, since time.Time, holders ...uint32) {
	o := c.observed(address)
	o.Layers = append(o.Layers, creep.Layer{Since: since, Indirect: true, Holders: roaring.BitmapOf(holders...)})
}

func (c *company) fact(n uint32, address string, f creep.Facts) {
	c.details.Facts[creep.Pair{Holder: n, Entitlement: ent(address)}] = f
}

func (c *company) input() creep.Input {
	c.t.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(c.policy)}}, nil)
	if err != nil {
		c.t.Fatalf("%v\n%s", err, c.policy)
	}
	e, err := rules.Compile(p)
	if err != nil {
		c.t.Fatalf("%v\n%s", err, c.policy)
	}
	pop := population.New(append(creep.Readings(), e.Readings()...))
	for i := range c.people {
		pop.Put(&c.people[i])
	}
	pop.Seal()
	return creep.Input{At: now, Engine: e, Everyone: e.Everyone(pop, c.world), Population: pop, Targets: c.targets, Unused: 90 * 24 * time.Hour, MaxAge: 48 * time.Hour}
}

func (c *company) report() *creep.Report { return creep.Weigh(creep.Find(c.input()), c.details) }

// surplus is a report in short: "user entitlement cause: how", as it is ordered.
func surplus(r *creep.Report) []string {
	out := []string{}
	for _, u := range r.Users {
		for _, e := range u.Surplus {
			out = append(out, fmt.Sprintf("%s %s %s: %s", u.User, e.Entitlement, e.Cause, e.How))
		}
	}
	return out
}

func rendered(t failing, r *creep.Report) string {
	t.Helper()
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(b)
}
