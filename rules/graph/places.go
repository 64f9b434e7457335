package graph

import (
	"cmp"
	"maps"
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

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.department, b.department), cmp.Compare(a.team, b.team))
}

// places says who is where: those before their first day, too.
type places struct {
	list []populated // by department, then by team
	// departments are the places of whole departments.
	departments []populated
}

// populated is a place with the people there.
type populated struct {
	place
	users *roaring.Bitmap
}

func newPlaces(pop *population.Population) *places {
	departments, teams := pop.Column(departmentReading), pop.Column(teamReading)
	lists := map[place][]uint32{}
	for it := roaring.Or(pop.Active(), pop.Staged()).Iterator(); it.HasNext(); {
		n := it.Next()
		at := place{departments.Text(departments.Code(n)), teams.Text(teams.Code(n))}
		lists[at] = append(lists[at], n)
	}
	p := &places{}
	for _, at := range slices.SortedFunc(maps.Keys(lists), comparePlaces) {
		users := roaring.BitmapOf(lists[at]...)
		p.list = append(p.list, populated{at, users})
		if last := len(p.departments) - 1; last >= 0 && p.departments[last].department == at.department {
			p.departments[last].users.Or(users)
			continue
		}
		p.departments = append(p.departments, populated{place{department: at.department}, users.Clone()})
	}
	return p
}

// split divides users by department, and by team where one of these is meant.
// Departments are asked as sets, which many people take no longer than few.
func (p *places) split(users *roaring.Bitmap, teams []string) []populated {
	var out []populated
	rest := users
	if len(teams) > 0 {
		rest = users.Clone()
		for _, at := range p.list {
			if at.team != "" && slices.Contains(teams, at.team) && at.users.Intersects(users) {
				out = append(out, populated{at.place, roaring.And(at.users, users)})
				rest.AndNot(at.users)
			}
		}
	}
	for _, at := range p.departments {
		if at.users.Intersects(rest) {
			out = append(out, populated{at.place, roaring.And(at.users, rest)})
		}
	}
	return out
}

// department returns who is in a department.
func (p *places) department(name string) *roaring.Bitmap {
	for _, at := range p.departments {
		if at.department == name {
			return at.users
		}
	}
	return roaring.New()
}

// names are the departments that there are.
func (p *places) names() []string {
	var out []string
	for _, at := range p.departments {
		if at.department != "" {
			out = append(out, at.department)
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
