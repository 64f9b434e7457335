package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/company"
	"birthright/rules"
	"birthright/rules/population"
)

// engineOf compiles a policy that must be right.
func engineOf(tb testing.TB, text string) *rules.Engine {
	tb.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	if err != nil {
		tb.Fatalf("load: %v", err)
	}
	e, err := rules.Compile(p)
	if err != nil {
		tb.Fatalf("compile: %v", err)
	}
	return e
}

// person is an active user with attributes: name, value, name, value …
func person(n int64, pairs ...string) identity.User {
	u := identity.User{N: n, UserName: fmt.Sprintf("user%d", n), State: identity.Active, Attributes: identity.Attributes{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		u.Attributes.Set(pairs[i], pairs[i+1])
	}
	return u
}

// crowdOfUsers decides about people.
func crowdOfUsers(e *rules.Engine, people []identity.User) *Crowd {
	places := population.New(Readings())
	for i := range people {
		places.Put(&people[i])
	}
	return &Crowd{Everyone: e.Everyone(populationOf(e, people), rules.World{}), Places: places}
}

func populationOf(e *rules.Engine, people []identity.User) *population.Population {
	pop := population.New(e.Readings())
	for i := range people {
		pop.Put(&people[i])
	}
	return pop
}

// workers are the people of a made-up company.
func workers(n int) []identity.User {
	var out []identity.User
	for i, p := range company.Generate(7, n, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)).People {
		out = append(out, person(int64(i), identity.AttrDepartment, p.Department, identity.AttrTeam, p.Team, identity.AttrTitle, p.Title,
			identity.AttrLocation, p.Location, identity.AttrEmployeeType, p.Type))
	}
	return out
}

// draw is Build where it must go well.
func draw(tb testing.TB, e *rules.Engine, c *Crowd, o Options) Graph {
	tb.Helper()
	g, err := Build(e, c, o)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// manyRules is a policy with so many rules for the people of a company: by
// department, by pairs of them, by team and by place.
func manyRules(n int) string {
	departments := []string{"Engineering", "Sales", "Customer Support", "Marketing", "Product", "Operations", "Finance", "People", "Legal & Compliance"}
	teams := []string{"Platform", "Payments", "EMEA", "Tier 1", "Brand", "IT", "Payroll"}
	var groups, list strings.Builder
	for i := range n {
		department := departments[i*i%len(departments)]
		when := fmt.Sprintf("user.department == %q", department)
		switch i % 7 {
		case 1:
			when = fmt.Sprintf("user.department in [%q, %q]", department, departments[(i+3)%len(departments)])
		case 2:
			when = fmt.Sprintf("user.team == %q", teams[i/7%len(teams)])
		case 3:
			when = fmt.Sprintf("user.department == %q && user.title.contains(\"Manager\")", department)
		case 4:
			when = `user.location == "Berlin"`
		case 5:
			when = fmt.Sprintf("user.department == %q && user.location == \"Nowhere %d\"", department, i)
		}
		fmt.Fprintf(&groups, "  - {name: access-%05d, access: [\"system-%02d:role/%d\"]}\n", i, i%(5+n/40), i)
		fmt.Fprintf(&list, "  - {name: rule-%05d, when: '%s', groups: [access-%05d]}\n", i, when, i)
	}
	return "groups:\n" + groups.String() + "rules:\n" + list.String()
}
