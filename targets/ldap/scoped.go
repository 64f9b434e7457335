package ldap

import (
	"cmp"
	"slices"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// some reads a few accounts: each with the groups that name it, and the groups
// around those. What it costs does not depend on how many accounts there are.
func (r *reader) some() error {
	if err := ensureNames(r.q.Accounts); err != nil {
		return err
	}
	found, err := r.find(r.q.Accounts)
	if err != nil {
		return err
	}
	chosen := r.chosen(found)
	for _, p := range chosen {
		if err := r.sink.Account(p.Account); err != nil {
			return err
		}
	}
	several, err := r.groupNames()
	if err != nil {
		return err
	}
	around := map[string][]*goldap.Entry{}
	for _, p := range chosen {
		if err := r.assignmentsOf(p, several, around); err != nil {
			return err
		}
	}
	return nil
}

func ensureNames(accounts []targets.Account) error {
	for _, a := range accounts {
		if a.ID == "" && a.Name == "" {
			return &identity.Error{Kind: identity.Invalid, Op: "read", Err: errNameless}
		}
	}
	return nil
}

// chosen returns who of those found was asked for, by id or else by name.
func (r *reader) chosen(found people) []*person {
	wanted := r.wantedAccounts()
	var out []*person
	for _, p := range found.byID {
		if wanted(p.Account) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *person) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// groupNames hands out the groups asked for without their members, and returns
// the names that several groups have.
func (r *reader) groupNames() (map[string]bool, error) {
	g := r.t.schema.groups
	count, titles := map[string]int{}, map[string]string{}
	if g.BaseDN == "" || r.q.Entitlements != nil && len(r.q.Entitlements) == 0 {
		return nil, nil
	}
	err := r.each(r.groupSearch("", g.Name, "description"), func(e *goldap.Entry) error {
		if name := nameIn(e, g.Name); name != "" {
			count[name]++
			titles[name] = e.GetEqualFoldAttributeValue("description")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(count))
	for name := range count {
		names = append(names, name)
	}
	slices.Sort(names)
	several := map[string]bool{}
	for _, name := range names {
		several[name] = count[name] > 1
		if !r.asked(name) {
			continue
		}
		if err := r.sink.Entitlement(targets.Entitlement{Address: r.t.address(name), Title: titles[name], ReadOnly: several[name]}); err != nil {
			return nil, err
		}
	}
	return several, nil
}

// assignmentsOf hands out what one account holds. around remembers which groups
// have a group as member.
func (r *reader) assignmentsOf(p *person, several map[string]bool, around map[string][]*goldap.Entry) error {
	schema := r.t.schema
	direct, err := r.holding(p.value(schema), schema.groups.Name)
	if err != nil {
		return err
	}
	held := map[string]bool{} // → indirect
	seen := map[string]bool{}
	todo := direct
	for len(todo) > 0 && !schema.names {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		dn := ldapdn.Canonical(g.DN)
		if seen[dn] {
			continue
		}
		seen[dn] = true
		if _, known := around[dn]; !known {
			if around[dn], err = r.holding(g.DN, schema.groups.Name); err != nil {
				return err
			}
		}
		for _, parent := range around[dn] {
			held[nameIn(parent, schema.groups.Name)] = true
			todo = append(todo, parent)
		}
	}
	for _, g := range direct {
		name := nameIn(g, schema.groups.Name)
		held[name] = several[name]
	}
	names := make([]string, 0, len(held))
	for name := range held {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !r.asked(name) {
			continue
		}
		if err := r.sink.Assignment(targets.Assignment{AccountID: p.ID, Entitlement: r.t.address(name), Indirect: held[name]}); err != nil {
			return err
		}
	}
	return nil
}
