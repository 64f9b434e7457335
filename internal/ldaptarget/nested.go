package ldaptarget

import (
	"cmp"
	"maps"
	"slices"

	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// group is a group as a whole read sees it.
type group struct {
	*Team
	members []int    // accounts, by their number in the roster
	unnamed []int    // accounts that it holds without naming them
	nested  []string // the forms of members that are no account
}

// groups reads all groups and hands out those asked for.
func (r *reader) groups() (map[string]*group, error) {
	all := map[string]*group{} // by the form of what other groups call it
	if r.t.Layout.Groups.Base == "" {
		return all, nil
	}
	byName := map[string]*group{}
	err := r.eachTeam("", func(found *Team, e *goldap.Entry) error {
		g := r.group(found, e)
		if other := byName[g.Name]; other != nil {
			g.several, other.several = true, true
			r.t.Env.Log.Warn("two groups have the same name: neither is changed", "target", r.t.Env.Name, "name", g.Name, "dn", g.DN)
		}
		byName[g.Name] = g
		all[r.t.Layout.Form(g.Ref)] = g
		return nil
	}, cmp.Or(r.t.Layout.MembersAs, r.t.Layout.Member))
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if err := r.entitlement(byName[name].Team); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// group sorts the members of a group into accounts and others.
func (r *reader) group(found *Team, e *goldap.Entry) *group {
	g := &group{Team: found}
	if g.Key != "" {
		g.unnamed = r.accounts.primaries[g.Key]
	}
	for _, value := range e.GetEqualFoldAttributeValues(r.t.Layout.Member) {
		n, canon, ok := r.accounts.find(value)
		switch {
		case ok:
			g.members = append(g.members, n)
		case !r.t.Layout.Flat && !r.t.standIn(canon):
			g.nested = append(g.nested, canon)
		}
	}
	return g
}

// entitlement hands out a group if it was asked for.
func (r *reader) entitlement(g *Team) error {
	if !r.asked(g.Name) {
		return nil
	}
	return r.sink.Entitlement(targets.Entitlement{Address: r.t.address(g.Name), Title: g.Title, ReadOnly: g.readOnly()})
}

// assignments hands out who is in the groups, nested members as indirect.
func (r *reader) assignments(all map[string]*group) error {
	type pair struct {
		name    string
		account int
	}
	held := map[pair]bool{} // → indirect
	for key, g := range all {
		if !r.asked(g.Name) {
			continue
		}
		for _, n := range slices.Concat(g.unnamed, inherited(all, key)) {
			if _, ok := held[pair{g.Name, n}]; !ok {
				held[pair{g.Name, n}] = true
			}
		}
		for _, n := range g.members {
			held[pair{g.Name, n}] = g.readOnly()
		}
	}
	pairs := slices.SortedFunc(maps.Keys(held), func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.account, b.account))
	})
	for _, p := range pairs {
		if err := r.assignment(r.accounts.ids[p.account], p.name, held[p]); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) assignment(account, name string, indirect bool) error {
	return r.sink.Assignment(targets.Assignment{AccountID: account, Entitlement: r.t.address(name), Indirect: indirect})
}

// inherited returns the accounts in the groups below one group, at any depth;
// circles are walked once.
func inherited(all map[string]*group, key string) []int {
	var out []int
	seen := map[string]bool{key: true}
	todo := slices.Clone(all[key].nested)
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		g := all[next]
		if g == nil || seen[next] {
			continue
		}
		seen[next] = true
		out = append(append(out, g.members...), g.unnamed...)
		todo = append(todo, g.nested...)
	}
	return out
}
