package ldap

import (
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// kindGroup is the one kind of entitlement that a directory gives.
const kindGroup = "group"

// lookup is how many names or ids are looked up by one search.
const lookup = 100

// person is an account's entry as it is now.
type person struct {
	dn string
	targets.Account
}

// value is how groups name the person as a member.
func (p *person) value(s schema) string {
	if s.names {
		return p.Name
	}
	return p.dn
}

// people are the accounts that a call names, by id and by folded name.
type people struct {
	byID   map[string]*person
	byName map[string][]*person
}

func newPeople() people { return people{byID: map[string]*person{}, byName: map[string][]*person{}} }

func (ps people) add(p *person) {
	if ps.byID[p.ID] != nil {
		return
	}
	ps.byID[p.ID] = p
	ps.byName[ldapdn.Fold(p.Name)] = append(ps.byName[ldapdn.Fold(p.Name)], p)
}

func (ps people) remove(p *person) {
	delete(ps.byID, p.ID)
	key := ldapdn.Fold(p.Name)
	var left []*person
	for _, other := range ps.byName[key] {
		if other != p {
			left = append(left, other)
		}
	}
	ps.byName[key] = left
}

// find returns those that a names: one, none, or more where a name is not unique.
func (ps people) find(a targets.Account) []*person {
	if a.ID != "" {
		if p := ps.byID[a.ID]; p != nil {
			return []*person{p}
		}
		return nil
	}
	return ps.byName[ldapdn.Fold(a.Name)]
}

// find looks up the accounts that are named, whether by id or by name.
func (s *session) find(accounts []targets.Account) (people, error) {
	found := newPeople()
	schema := s.t.schema
	for chunk := range chunks(wanted(schema, accounts), lookup) {
		entries, err := s.all(search{
			what: "users", base: schema.users.BaseDN, scope: goldap.ScopeWholeSubtree,
			filter: "(&" + schema.users.Filter + "(|" + strings.Join(chunk, "") + "))", fields: schema.userFields(),
		})
		if err != nil {
			return people{}, err
		}
		for _, e := range entries {
			if a, ok := schema.account(e); ok {
				found.add(&person{dn: e.DN, Account: a})
			}
		}
	}
	return found, nil
}

// wanted returns a filter for each id and name, each once.
func wanted(s schema, accounts []targets.Account) []string {
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
			add(s.idFilter(a.ID))
		}
		if a.Name != "" {
			add("(" + s.users.RDN + "=" + goldap.EscapeFilter(a.Name) + ")")
		}
	}
	return filters
}

// team is a group's entry as it is now.
type team struct {
	dn, name string
	// several is true where other groups have the same name.
	several bool
}

// teams looks up the groups of that names; those that are not there are left out.
func (s *session) teams(names []string) (map[string]*team, error) {
	schema := s.t.schema
	found := map[string]*team{}
	if schema.groups.BaseDN == "" {
		return found, nil
	}
	seen := map[string]bool{}
	var filters []string
	for _, n := range names {
		if !seen[n] && n != "" {
			seen[n] = true
			filters = append(filters, "("+schema.groups.Name+"="+goldap.EscapeFilter(n)+")")
		}
	}
	for chunk := range chunks(filters, lookup) {
		q := s.groupSearch("(|"+strings.Join(chunk, "")+")", schema.groups.Name)
		err := s.each(q, func(e *goldap.Entry) error {
			g := &team{dn: e.DN, name: nameIn(e, schema.groups.Name)}
			if other := found[g.name]; other != nil && other.dn != g.dn {
				other.several = true
				return nil
			}
			found[g.name] = g
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// groupSearch looks for groups that match the filter as well.
func (s *session) groupSearch(filter string, fields ...string) search {
	g := s.t.schema.groups
	return search{what: "groups", base: g.BaseDN, scope: goldap.ScopeWholeSubtree, filter: "(&" + g.Filter + filter + ")", fields: fields}
}

// holding returns the groups that have value as a member.
func (s *session) holding(value string, fields ...string) ([]*goldap.Entry, error) {
	g := s.t.schema.groups
	if g.BaseDN == "" {
		return nil, nil
	}
	return s.all(s.groupSearch("("+g.Member+"="+goldap.EscapeFilter(value)+")", fields...))
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
func (t *Target) address(name string) identity.Entitlement {
	return identity.Entitlement{Target: t.env.Name, Kind: kindGroup, ID: name}
}
