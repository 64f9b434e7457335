package company

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"time"
)

// Domain is the company's e-mail domain, one that nobody can own.
const Domain = "example.com"

// The values of Person.Type.
const (
	Employee   = "Employee"
	Contractor = "Contractor"
	Intern     = "Intern"
)

// Company is a made-up company.
type Company struct {
	Seed uint64
	// Now is the time that start and end dates are relative to, UTC.
	Now time.Time
	// People are in order of their employee numbers: the head of the company
	// first, then the heads of the departments, then everybody else.
	People []Person
}

// Person is somebody who works there, did, or is about to.
type Person struct {
	// UserName is the login name: Latin letters, digits and dots, unique.
	UserName                           string
	GivenName, FamilyName, DisplayName string
	Email, Phone                       string
	Title, Department, Team, Location  string
	// Manager is the manager's UserName, "" for the head of the company.
	Manager        string
	EmployeeNumber string
	// Type is Employee, Contractor or Intern.
	Type                         string
	CostCenter, Locale, Timezone string
	// Start and End are days; End is zero for those without an end.
	Start, End time.Time
}

// Employed reports whether the person works there at now.
func (p Person) Employed(now time.Time) bool {
	return !p.Start.After(now) && (p.End.IsZero() || p.End.After(now))
}

// Generate makes up a company of n people as of now.
func Generate(seed uint64, n int, now time.Time) Company {
	g := newGenerator(seed, n, now)
	c := Company{Seed: seed, Now: g.now, People: make([]Person, 0, n)}
	for i := range n {
		c.People = append(c.People, g.person(i, c.People))
	}
	return c
}

// generator holds the tables that people are drawn from.
type generator struct {
	r        *rand.Rand
	now      time.Time
	today    time.Time
	cultures []culture
	deps     []department
	places   []place
	teams    [][]team

	cultureOf, depOf, placeOf wheel
	teamOf                    []wheel
	taken                     map[string]int // latin name → how many have it
}

func newGenerator(seed uint64, n int, now time.Time) *generator {
	now = now.UTC()
	g := &generator{
		r:   rand.New(rand.NewPCG(seed, 0x6269727468)), //nolint:gosec // people, not secrets
		now: now, today: now.Truncate(24 * time.Hour),
		cultures: cultures(), deps: departments(), places: places(), taken: make(map[string]int),
	}
	g.teams = layOut(g.deps, n)
	for _, c := range g.cultures {
		g.cultureOf.add(float64(c.weight))
	}
	for i, d := range g.deps {
		g.depOf.add(float64(d.weight))
		g.teamOf = append(g.teamOf, wheel{})
		for _, t := range g.teams[i] {
			g.teamOf[i].add(t.weight)
		}
	}
	for _, p := range g.places {
		g.placeOf.add(float64(p.weight))
	}
	return g
}

func (g *generator) person(i int, before []Person) Person {
	var p Person
	g.name(&p)
	p.EmployeeNumber = fmt.Sprintf("E%07d", i+1)
	place := g.places[g.placeOf.spin(g.r)]
	p.Location, p.Timezone = place.name, place.timezone
	p.Phone = fmt.Sprintf("+1 555 01%02d %04d", i/10000%100, i%10000)
	p.Type = Employee
	switch {
	case i == 0:
		p.Department, p.Title = "Executive", "Chief Executive Officer"
	case i <= len(g.deps):
		g.head(&p, i-1, before)
	default:
		g.member(&p, i, before)
	}
	p.CostCenter = costCenter(p.Department)
	g.dates(&p, i)
	return p
}

// name draws a name; login names that are taken get a number.
func (g *generator) name(p *Person) {
	c := g.cultures[g.cultureOf.spin(g.r)]
	given, family := c.given[g.r.IntN(len(c.given))], c.family[g.r.IntN(len(c.family))]
	p.GivenName, p.FamilyName, p.DisplayName, p.Locale = given.native, family.native, c.display(given, family), c.locale
	p.UserName = given.latin + "." + family.latin
	g.taken[p.UserName]++
	if count := g.taken[p.UserName]; count > 1 {
		p.UserName += strconv.Itoa(count)
	}
	p.Email = p.UserName + "@" + Domain
}

func (g *generator) head(p *Person, dep int, before []Person) {
	p.Department, p.Title, p.Manager = g.deps[dep].name, g.deps[dep].head, before[0].UserName
}

// directorSpan is how many teams one director leads besides the own one.
const directorSpan = 8

// member draws department and team. The first in a team leads it; in a large
// department, the first lead of every eight directs the others.
func (g *generator) member(p *Person, i int, before []Person) {
	d := g.depOf.spin(g.r)
	t := g.teamOf[d].spin(g.r)
	dep, team := g.deps[d], &g.teams[d][t]
	p.Department, p.Team = dep.name, team.name
	if team.lead >= 0 {
		p.Manager = before[team.lead].UserName
		p.Title = dep.titles[min(g.r.IntN(len(dep.titles)), g.r.IntN(len(dep.titles)))]
		p.Type = g.kind()
		return
	}
	team.lead = i
	p.Title, p.Manager = dep.lead, before[d+1].UserName
	if len(g.teams[d]) <= directorSpan {
		return
	}
	switch director := g.teams[d][t-t%directorSpan].lead; {
	case t%directorSpan == 0:
		p.Title = "Director, " + dep.name
	case director >= 0:
		p.Manager = before[director].UserName
	}
}

func (g *generator) kind() string {
	switch n := g.r.IntN(100); {
	case n < 12:
		return Contractor
	case n < 15:
		return Intern
	}
	return Employee
}

// lookahead is within how many days people are about to start, or have just left.
const lookahead = 21

// dates draws start and end. Leads have long started, since others report to
// them; of the others one in a hundred is about to start, and one contractor in
// ten has just ended.
func (g *generator) dates(p *Person, i int) {
	years := g.r.ExpFloat64() * 3
	p.Start = g.day(-30 - int(min(years, 14)*365))
	special := g.r.IntN(100)
	if i <= len(g.deps) {
		return
	}
	switch {
	case p.Type != Employee:
		p.Start = g.day(-30 - g.r.IntN(300))
		p.End = g.day(14 + g.r.IntN(350))
		if special < 10 {
			p.End = g.day(-1 - g.r.IntN(lookahead))
		}
	case special == 0 && !g.leads(i):
		p.Start = g.day(1 + g.r.IntN(lookahead))
	}
}

// leads reports whether person i leads a team.
func (g *generator) leads(i int) bool {
	for _, teams := range g.teams {
		for _, t := range teams {
			if t.lead == i {
				return true
			}
		}
	}
	return false
}

func (g *generator) day(offset int) time.Time { return g.today.AddDate(0, 0, offset) }

// costCenter is a number that stands for the department.
func costCenter(department string) string {
	sum := 0
	for _, r := range department {
		sum = (sum*31 + int(r)) % 900
	}
	return fmt.Sprintf("CC-%d", 100+sum)
}

// wheel draws an index with the odds of its weights.
type wheel struct{ sums []float64 }

func (w *wheel) add(weight float64) {
	if n := len(w.sums); n > 0 {
		weight += w.sums[n-1]
	}
	w.sums = append(w.sums, weight)
}

func (w *wheel) spin(r *rand.Rand) int {
	x := r.Float64() * w.sums[len(w.sums)-1]
	return min(sort.SearchFloat64s(w.sums, x), len(w.sums)-1)
}
