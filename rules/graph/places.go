package graph

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

var (
	departmentReading = population.Reading{Attribute: identity.AttrDepartment}
	teamReading       = population.Reading{Attribute: identity.AttrTeam}
)

// place is a department, or a team in it; a place without names is that of
// people of whom nobody says where they are.
type place struct{ department, team string }

// places says where people are.
type places struct {
	of          *population.Population
	departments *population.Column
	teams       *population.Column
}

func newPlaces(pop *population.Population) *places {
	return &places{pop, pop.Column(departmentReading), pop.Column(teamReading)}
}

// split divides users by department and team.
func (p *places) split(users *roaring.Bitmap) map[place]*roaring.Bitmap {
	type codes struct{ department, team uint32 }
	lists := map[codes][]uint32{}
	for it := users.Iterator(); it.HasNext(); {
		n := it.Next()
		at := codes{p.departments.Code(n), p.teams.Code(n)}
		lists[at] = append(lists[at], n)
	}
	out := make(map[place]*roaring.Bitmap, len(lists))
	for at, list := range lists {
		out[place{p.departments.Text(at.department), p.teams.Text(at.team)}] = roaring.BitmapOf(list...)
	}
	return out
}

// department returns who is in a department.
func (p *places) department(name string) *roaring.Bitmap {
	out := roaring.New()
	code, found := p.departments.Find(name)
	if !found {
		return out
	}
	for it := roaring.Or(p.of.Active(), p.of.Staged()).Iterator(); it.HasNext(); {
		if n := it.Next(); p.departments.Code(n) == code {
			out.Add(n)
		}
	}
	return out
}

// names are the departments that there are.
func (p *places) names() []string {
	var out []string
	for code := range uint32(p.departments.Distinct()) {
		if name := p.departments.Text(code); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// home is where a rule is at home by what it asks for: departments, and teams in
// them. A rule that asks for neither is at home with anyone.
func home(engine *rules.Engine, rule string) []place {
	departments, _ := engine.Requires(rule, departmentReading)
	teams, _ := engine.Requires(rule, teamReading)
	departments = slices.DeleteFunc(departments, func(d string) bool { return d == "" })
	teams = slices.DeleteFunc(teams, func(t string) bool { return t == "" })
	switch {
	case len(departments) == 0 && len(teams) == 0:
		return []place{anywhere}
	case len(departments) == 0:
		departments = []string{anywhere.department}
	}
	var out []place
	for _, department := range departments {
		if len(teams) == 0 {
			out = append(out, place{department: department})
		}
		for _, team := range teams {
			out = append(out, place{department, team})
		}
	}
	return out
}

// anywhere is where rules are at home that ask for no department. No source can
// send its name.
var anywhere = place{department: "\x00anyone"}
