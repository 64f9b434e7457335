package ldaptarget

import (
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// lookup is how many names or ids are looked up by one search.
const lookup = 100

// people are the accounts that a call names, by id and by folded name.
type people struct {
	byID   map[string]*Person
	byName map[string][]*Person
}

func newPeople() people { return people{byID: map[string]*Person{}, byName: map[string][]*Person{}} }

func (ps people) add(p *Person) {
	if ps.byID[p.ID] != nil {
		return
	}
	ps.byID[p.ID] = p
	ps.byName[ldapdn.Fold(p.Name)] = append(ps.byName[ldapdn.Fold(p.Name)], p)
}

func (ps people) remove(p *Person) {
	delete(ps.byID, p.ID)
	key := ldapdn.Fold(p.Name)
	var left []*Person
	for _, other := range ps.byName[key] {
		if other != p {
			left = append(left, other)
		}
	}
	ps.byName[key] = left
}

// find returns those that a names: one, none, or more where a name is not unique.
func (ps people) find(a targets.Account) []*Person {
	if a.ID != "" {
		if p := ps.byID[a.ID]; p != nil {
			return []*Person{p}
		}
		return nil
	}
	return ps.byName[ldapdn.Fold(a.Name)]
}

// users looks for accounts that match the filter as well.
func (t *Directory) users(filter string) Search {
	u := t.Layout.Users
	return Search{What: "users", Base: u.Base, Scope: goldap.ScopeWholeSubtree, Filter: "(&" + u.Filter + filter + ")", Fields: u.Fields}
}

// find looks up the accounts that are named, whether by id or by name.
func (s *Session) find(accounts []targets.Account) (people, error) {
	found := newPeople()
	for chunk := range chunks(s.t.wanted(accounts), lookup) {
		entries, err := s.All(s.t.users("(|" + strings.Join(chunk, "") + ")"))
		if err != nil {
			return people{}, err
		}
		for _, e := range entries {
			if p, ok := s.t.Layout.Person(e); ok {
				found.add(p)
			}
		}
	}
	return found, nil
}

// wanted returns a filter for each id and name, each once.
func (t *Directory) wanted(accounts []targets.Account) []string {
	seen := map[string]bool{}
	var filters []string
	add := func(f string) {
		if !seen[f] {
			seen[f] = true
			filters = append(filters, f)
		}
	}
	for _, a := range accounts {
		if a.ID != "" {
			add(t.Layout.ByID(a.ID))
		}
		if a.Name != "" {
			add(t.Layout.ByName(a.Name))
		}
	}
	return filters
}

// teams looks up the groups of that names; those that are not there are left out.
func (s *Session) teams(names []string) (map[string]*Team, error) {
	found := map[string]*Team{}
	if s.t.Layout.Groups.Base == "" {
		return found, nil
	}
	seen := map[string]bool{}
	var filters []string
	for _, n := range names {
		if !seen[n] && n != "" {
			seen[n] = true
			filters = append(filters, s.t.Layout.ByTeam(n))
		}
	}
	for chunk := range chunks(filters, lookup) {
		err := s.eachTeam("(|"+strings.Join(chunk, "")+")", func(g *Team, _ *goldap.Entry) error {
			if other := found[g.Name]; other != nil && other.Ref != g.Ref {
				other.several = true
				return nil
			}
			found[g.Name] = g
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// eachTeam hands every group that matches the filter as well to use.
func (s *Session) eachTeam(filter string, use func(*Team, *goldap.Entry) error, fields ...string) error {
	return s.Each(s.t.Groups(filter, fields...), func(e *goldap.Entry) error {
		g, ok := s.t.Layout.Team(e)
		if !ok {
			return nil
		}
		return use(g, e)
	})
}

// Groups looks for groups that match the filter as well, with more fields.
func (t *Directory) Groups(filter string, fields ...string) Search {
	g := t.Layout.Groups
	return Search{What: "groups", Base: g.Base, Scope: goldap.ScopeWholeSubtree, Filter: "(&" + g.Filter + filter + ")", Fields: append(fields, g.Fields...)}
}

// holds makes the filter that finds the groups which have value as a member.
func (t *Directory) holds(value string) string {
	return "(" + t.Layout.Member + "=" + goldap.EscapeFilter(value) + ")"
}

// Holding returns the groups that have value as a member.
func (s *Session) Holding(value string) ([]*Team, error) {
	if s.t.Layout.Groups.Base == "" {
		return nil, nil
	}
	return s.matching(s.t.holds(value))
}

// matching returns the groups that match a filter.
func (s *Session) matching(filter string) ([]*Team, error) {
	var out []*Team
	err := s.eachTeam(filter, func(g *Team, _ *goldap.Entry) error {
		out = append(out, g)
		return nil
	})
	return out, err
}

// chunks cuts items into parts of at most n.
func chunks[E any](items []E, n int) func(func([]E) bool) {
	return func(yield func([]E) bool) {
		for start := 0; start < len(items); start += n {
			if !yield(items[start:min(start+n, len(items))]) {
				return
			}
		}
	}
}

// address makes the address of a group.
func (t *Directory) address(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.Env.Name, Kind: t.Layout.Kind, ID: name}
}
