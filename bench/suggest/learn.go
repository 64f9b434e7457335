package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"birthright/bench/measure"
	"birthright/identity"
	"birthright/reviews/suggest"
	"birthright/rules"
	"birthright/rules/population"
)

var (
	noon       = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	attributes = []struct {
		name   string
		values int
	}{
		{"department", 60}, {"team", 2_000}, {"title", 40}, {"location", 20}, {"employeeType", 5}, {"costCenter", 6_000}, {"division", 14},
		{"organization", 30}, {"manager", 8_000},
	}
)

// company is everybody with what they asked for.
type company struct {
	people   []identity.User
	requests []suggest.Request
}

// found makes the same company each time.
func found() company {
	random := rand.New(rand.NewPCG(1, 2))
	c := company{people: make([]identity.User, people), requests: make([]suggest.Request, 0, requests)}
	at := map[[2]int][]int64{}
	for i := range c.people {
		u := identity.User{N: int64(i + 1), UserName: fmt.Sprintf("u%06d", i), State: identity.Active, Attributes: identity.Attributes{}, Groups: []string{"all"}}
		drawn := map[string]int{}
		for _, a := range attributes {
			drawn[a.name] = random.IntN(a.values)
			u.Attributes.Set(a.name, fmt.Sprintf("%s %d", a.name, drawn[a.name]))
		}
		c.people[i] = u
		for _, place := range []int{drawn["location"], -1} {
			key := [2]int{drawn["department"], place}
			at[key] = append(at[key], u.N)
		}
	}
	for g := range groups {
		place := g % 20
		if g%2 == 0 {
			place = -1
		}
		who := at[[2]int{g % 60, place}]
		for i := range requests / groups {
			n := who[i%len(who)]
			if random.IntN(100) == 0 {
				n = int64(1 + random.IntN(people))
			}
			c.requests = append(c.requests, suggest.Request{
				UserN: n, Group: name(g), Approved: random.IntN(100) > 0, At: noon.Add(-time.Duration(random.IntN(80*24)) * time.Hour), Duration: time.Hour,
			})
		}
	}
	random.Shuffle(len(c.requests), func(i, j int) { c.requests[i], c.requests[j] = c.requests[j], c.requests[i] })
	return c
}

func name(group int) string { return fmt.Sprintf("g%03d", group) }

func engine() (*rules.Engine, error) {
	var text strings.Builder
	text.WriteString("groups:\n")
	for g := range groups {
		fmt.Fprintf(&text, "  - {name: %s, owners: [manager], access: [\"app:role/%d\"], request: {}}\n", name(g), g)
	}
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text.String())}}, nil)
	if err != nil {
		return nil, err
	}
	return rules.Compile(p)
}

// learnTask suggests both ways and compares.
func learnTask(context.Context, []string) (measure.Result, error) {
	c := found()
	e, err := engine()
	if err != nil {
		return measure.Result{}, err
	}
	figures := map[string]float64{}
	began := time.Now()
	pop := population.New(append(suggest.Readings(), e.Readings()...))
	for i := range c.people {
		pop.Put(&c.people[i])
	}
	pop.Seal()
	figures["load"] = time.Since(began).Seconds()
	in := suggest.Input{
		Requests: c.requests, Since: noon.Add(-90 * 24 * time.Hour), Engine: e, Population: pop, World: rules.World{At: noon, Facts: rules.Nothing{}},
		Readings: suggest.Readings(), Thresholds: suggest.Usual(),
	}
	began = time.Now()
	report := suggest.Suggest(in)
	figures["learn"] = time.Since(began).Seconds()
	began = time.Now()
	plain := plainly(c, in.Thresholds)
	figures["floor"] = time.Since(began).Seconds()
	if len(plain) != len(report.Drafts) || len(plain) == 0 {
		return measure.Result{}, fmt.Errorf("%d drafts, and %d by nested loops", len(report.Drafts), len(plain))
	}
	for _, d := range report.Drafts {
		if plain[d.Group.Name] != d.Condition {
			return measure.Result{}, fmt.Errorf("%s is suggested for %s, and for %s by nested loops", d.Group.Name, d.Condition, plain[d.Group.Name])
		}
	}
	return measure.Result{Seconds: figures["learn"], Figures: figures, Counts: map[string]int{"drafts": len(plain)}}, nil
}
