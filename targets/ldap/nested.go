package ldap

import (
	"cmp"
	"slices"

	"birthright/internal/ldapdn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// group is a group as a whole read sees it.
type group struct {
	name    string
	several bool
	members []int    // accounts, by their number in the roster
	nested  []string // canonical DNs of members that are no account
}

// groups reads all groups and hands out those asked for.
func (r *reader) groups() (map[string]*group, error) {
	schema := r.t.schema
	all := map[string]*group{} // by canonical DN
	if schema.groups.BaseDN == "" {
		return all, nil
	}
	titles, byName := map[string]string{}, map[string]*group{}
	err := r.each(r.groupSearch("", schema.groups.Name, schema.groups.Member, "description"), func(e *goldap.Entry) error {
		g := &group{name: nameIn(e, schema.groups.Name)}
		if g.name == "" {
			return nil
		}
		for _, value := range e.GetEqualFoldAttributeValues(schema.groups.Member) {
			n, canon, ok := r.accounts.find(value, schema.names)
			switch {
			case ok:
				g.members = append(g.members, n)
			case !schema.names && canon != schema.placeholder:
				g.nested = append(g.nested, canon)
			}
		}
		if other := byName[g.name]; other != nil {
			g.several, other.several = true, true
			r.t.env.Log.Warn("two groups have the same name: neither is changed", "target", r.t.env.Name, "name", g.name, "dn", e.DN)
		}
		byName[g.name] = g
		titles[g.name] = e.GetEqualFoldAttributeValue("description")
		all[ldapdn.Canonical(e.DN)] = g
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, g := range sortedGroups(byName) {
		if !r.asked(g.name) {
			continue
		}
		err := r.sink.Entitlement(targets.Entitlement{Address: r.t.address(g.name), Title: titles[g.name], ReadOnly: g.several})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// assignments hands out who is in the groups, nested members as indirect.
func (r *reader) assignments(all map[string]*group) error {
	type pair struct {
		name    string
		account int
	}
	held := map[pair]bool{} // → indirect
	for dn, g := range all {
		if !r.asked(g.name) {
			continue
		}
		for _, n := range inherited(all, dn) {
			if _, ok := held[pair{g.name, n}]; !ok {
				held[pair{g.name, n}] = true
			}
		}
		for _, n := range g.members {
			held[pair{g.name, n}] = g.several
		}
	}
	pairs := make([]pair, 0, len(held))
	for p := range held {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.account, b.account)) })
	for _, p := range pairs {
		err := r.sink.Assignment(targets.Assignment{
			AccountID: r.accounts.ids[p.account], Entitlement: r.t.address(p.name), Indirect: held[p],
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inherited returns the accounts in the groups below one group, at any depth;
// circles are walked once.
func inherited(all map[string]*group, dn string) []int {
	var out []int
	seen := map[string]bool{dn: true}
	todo := slices.Clone(all[dn].nested)
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		g := all[next]
		if g == nil || seen[next] {
			continue
		}
		seen[next] = true
		out = append(out, g.members...)
		todo = append(todo, g.nested...)
	}
	return out
}

func sortedGroups(byName map[string]*group) []*group {
	out := make([]*group, 0, len(byName))
	for _, g := range byName {
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b *group) int { return cmp.Compare(a.name, b.name) })
	return out
}
