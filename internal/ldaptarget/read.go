package ldaptarget

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
func (t *Directory) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	s, err := t.Begin(ctx)
	if err != nil {
		return targets.End{}, err
	}
	defer s.End()
	r := reader{Session: s, q: q, sink: sink, accounts: newRoster(t.Layout.Form), asked: t.asked(q)}
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
func (t *Directory) asked(q targets.Query) func(name string) bool {
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
	*Session
	q        targets.Query
	sink     targets.Sink
	accounts roster
	asked    func(name string) bool
}

// roster knows accounts by what groups call them. It lasts for one read.
type roster struct {
	ids       []string
	exact     map[string]int   // as written
	canon     map[string]int   // in the form to compare by
	primaries map[string][]int // by the key of the group that holds them unnamed
	form      func(string) string
}

func newRoster(form func(string) string) roster {
	return roster{exact: map[string]int{}, canon: map[string]int{}, primaries: map[string][]int{}, form: form}
}

func (r *roster) add(p *Person) {
	n := len(r.ids)
	r.exact[p.Value], r.canon[r.form(p.Value)] = n, n
	if p.Primary != "" {
		r.primaries[p.Primary] = append(r.primaries[p.Primary], n)
	}
	r.ids = append(r.ids, p.ID)
}

// find returns the account that a member value names. Servers mostly repeat a
// DN as the entry has it, so that it seldom has to be taken apart.
func (r *roster) find(value string) (n int, canon string, ok bool) {
	if n, ok := r.exact[value]; ok {
		return n, "", ok
	}
	canon = r.form(value)
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
	wanted := r.wantedAccounts()
	skipped := 0
	err := r.Each(r.t.users(""), func(e *goldap.Entry) error {
		p, ok := r.t.Layout.Person(e)
		if !ok {
			skipped++
			return nil
		}
		if !wanted(p.Account) {
			return nil
		}
		r.accounts.add(p)
		return r.sink.Account(p.Account)
	})
	if skipped > 0 {
		r.t.Env.Log.Warn("entries without a login name or id are no accounts", "target", r.t.Env.Name, "entries", skipped)
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
