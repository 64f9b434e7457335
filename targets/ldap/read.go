package ldap

import (
	"cmp"
	"context"
	"slices"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// fewAccounts is up to how many accounts are read one by one; beyond, reading
// everything costs less.
const fewAccounts = 50

// Read hands out accounts, groups and who is in them.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	s, err := t.begin(ctx)
	if err != nil {
		return targets.End{}, err
	}
	defer s.end()
	r := reader{session: s, q: q, sink: sink, accounts: newRoster(), asked: t.asked(q)}
	if q.Accounts != nil && len(q.Accounts) <= fewAccounts {
		err = r.some()
	} else {
		err = r.whole()
	}
	if err != nil {
		return targets.End{}, err
	}
	if err := ctx.Err(); err != nil {
		return targets.End{}, err
	}
	return targets.End{Complete: true}, nil
}

// asked returns whether a query wants a group.
func (t *Target) asked(q targets.Query) func(name string) bool {
	if q.Entitlements == nil {
		return func(string) bool { return true }
	}
	names := map[string]bool{}
	for _, e := range q.Entitlements {
		if e == t.address(e.ID) {
			names[e.ID] = true
		}
	}
	return func(name string) bool { return names[name] }
}

// reader is one read.
type reader struct {
	*session
	q        targets.Query
	sink     targets.Sink
	accounts roster
	asked    func(name string) bool
}

// roster knows accounts by what groups call them. It lasts for one read.
type roster struct {
	ids   []string
	exact map[string]int // as written
	canon map[string]int // canonical
}

func newRoster() roster { return roster{exact: map[string]int{}, canon: map[string]int{}} }

func (r *roster) add(value string, names bool, id string) {
	r.exact[value] = len(r.ids)
	if !names {
		r.canon[canonical(value)] = len(r.ids)
	}
	r.ids = append(r.ids, id)
}

// find returns the account that a member value names. Servers mostly repeat a
// DN as the entry has it, so that it seldom has to be taken apart.
func (r *roster) find(value string, names bool) (n int, canon string, ok bool) {
	if n, ok := r.exact[value]; ok || names {
		return n, "", ok
	}
	canon = canonical(value)
	n, ok = r.canon[canon]
	return n, canon, ok
}

// whole reads all users, then all groups.
func (r *reader) whole() error {
	if err := r.users(); err != nil {
		return err
	}
	all, err := r.groups()
	if err != nil {
		return err
	}
	return r.assignments(all)
}

func (r *reader) users() error {
	schema := r.t.schema
	wanted := r.wantedAccounts()
	skipped := 0
	err := r.each(search{
		what: "users", base: schema.users.BaseDN, scope: goldap.ScopeWholeSubtree, filter: schema.users.Filter, fields: schema.userFields(),
	}, func(e *goldap.Entry) error {
		a, ok := schema.account(e)
		if !ok {
			skipped++
			return nil
		}
		if !wanted(a) {
			return nil
		}
		p := person{dn: e.DN, Account: a}
		r.accounts.add(p.value(schema), schema.names, a.ID)
		return r.sink.Account(a)
	})
	if skipped > 0 {
		r.t.env.Log.Warn("entries without a login name or id are no accounts", "target", r.t.env.Name, "entries", skipped,
			"attributes", schema.users.RDN+", "+schema.users.ID)
	}
	return err
}

// wantedAccounts returns whether the query asks for an account.
func (r *reader) wantedAccounts() func(targets.Account) bool {
	if r.q.Accounts == nil {
		return func(targets.Account) bool { return true }
	}
	ids, names := map[string]bool{}, map[string]bool{}
	for _, a := range r.q.Accounts {
		if a.ID != "" {
			ids[a.ID] = true
		} else {
			names[foldValue(a.Name)] = true
		}
	}
	return func(a targets.Account) bool { return ids[a.ID] || names[foldValue(a.Name)] }
}

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
		all[canonical(e.DN)] = g
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
		dn := canonical(g.DN)
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
