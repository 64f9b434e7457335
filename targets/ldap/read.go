package ldap

import (
	"context"

	"birthright/internal/ldapdn"
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
		r.canon[ldapdn.Canonical(value)] = len(r.ids)
	}
	r.ids = append(r.ids, id)
}

// find returns the account that a member value names. Servers mostly repeat a
// DN as the entry has it, so that it seldom has to be taken apart.
func (r *roster) find(value string, names bool) (n int, canon string, ok bool) {
	if n, ok := r.exact[value]; ok || names {
		return n, "", ok
	}
	canon = ldapdn.Canonical(value)
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
			names[ldapdn.Fold(a.Name)] = true
		}
	}
	return func(a targets.Account) bool { return ids[a.ID] || names[ldapdn.Fold(a.Name)] }
}
