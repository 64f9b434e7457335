package ldaptarget

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"birthright/identity"
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
	around := map[string][]*Team{}
	for _, p := range chosen {
		if err := r.assignmentsOf(p, several, around); err != nil {
			return err
		}
	}
	return r.unmoved(chosen)
}

// unmoved makes sure that the accounts have the names by which their groups were
// looked for: a search by a name that is gone finds nothing, and says so.
func (r *reader) unmoved(chosen []*Person) error {
	if r.t.Layout.Plain == nil {
		return nil
	}
	again, err := r.find(r.q.Accounts)
	if err != nil {
		return err
	}
	for _, p := range chosen {
		if now := again.byID[p.ID]; now == nil || now.Sought != p.Sought {
			return &identity.Error{Kind: identity.Incomplete, Op: r.t.Op("read groups"), Object: p.DN,
				Err: errors.New("it was renamed, moved or deleted meanwhile"), Hint: "read again"}
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
func (r *reader) chosen(found people) []*Person {
	wanted := r.wantedAccounts()
	var out []*Person
	for _, p := range found.byID {
		if wanted(p.Account) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *Person) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// groupNames hands out the groups asked for without their members, and returns
// the names that several groups have.
func (r *reader) groupNames() (map[string]bool, error) {
	if r.t.Layout.Groups.Base == "" || r.q.Entitlements != nil && len(r.q.Entitlements) == 0 {
		return nil, nil
	}
	several, byName := map[string]bool{}, map[string]*Team{}
	err := r.eachTeam("", func(g *Team, _ *goldap.Entry) error {
		g.several = byName[g.Name] != nil
		several[g.Name] = g.several
		byName[g.Name] = g
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if err := r.entitlement(byName[name]); err != nil {
			return nil, err
		}
	}
	return several, nil
}

// assignmentsOf hands out what one account holds. around remembers which groups
// have a group as member.
func (r *reader) assignmentsOf(p *Person, several map[string]bool, around map[string][]*Team) error {
	direct, err := r.Holding(p.Sought)
	if err != nil {
		return err
	}
	unnamed, err := r.primary(p)
	if err != nil {
		return err
	}
	held := map[string]bool{} // → indirect
	for _, g := range unnamed {
		held[g.Name] = true
	}
	if err := r.climb(slices.Concat(direct, unnamed), around, held); err != nil {
		return err
	}
	for _, g := range direct {
		held[g.Name] = several[g.Name] || g.readOnly()
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if !r.asked(name) {
			continue
		}
		if err := r.assignment(p.ID, name, held[name]); err != nil {
			return err
		}
	}
	return nil
}

// primary returns the group that holds an account without naming it.
func (r *reader) primary(p *Person) ([]*Team, error) {
	if p.Primary == "" || r.t.Layout.Groups.Base == "" {
		return nil, nil
	}
	return r.matching(r.t.Layout.ByKey(p.Primary))
}

// climb marks the groups around some groups, at any depth.
func (r *reader) climb(todo []*Team, around map[string][]*Team, held map[string]bool) error {
	seen := map[string]bool{}
	for len(todo) > 0 && !r.t.Layout.Flat {
		g := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		key := r.t.Layout.Form(g.Ref)
		if seen[key] {
			continue
		}
		seen[key] = true
		if _, known := around[key]; !known {
			var err error
			if around[key], err = r.Holding(g.DN); err != nil {
				return err
			}
		}
		for _, parent := range around[key] {
			held[parent.Name] = true
			todo = append(todo, parent)
		}
	}
	return nil
}
