package ldap

import (
	"maps"
	"slices"
	"strings"

	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Create makes an entry for an account. Groups may still name an entry of that
// name that is long gone: nobody inherits from a namesake.
func (t *Target) Create(a *ldaptarget.Application, op targets.Op) targets.Result {
	request := t.request(op.Account)
	if err := a.Forget(t.schema.value(&ldaptarget.Person{DN: request.DN, Account: op.Account})); err != nil {
		return t.Failed(op, err)
	}
	return a.Add(op, request, "make users.base_dn first: "+t.schema.users.BaseDN)
}

// request makes the request for a new account.
func (t *Target) request(account targets.Account) *goldap.AddRequest {
	users := t.schema.users
	request := goldap.NewAddRequest(ldaptarget.Child(users.RDN, account.Name, users.BaseDN), nil)
	request.Attribute("objectClass", users.ObjectClasses)
	request.Attribute(users.RDN, []string{account.Name})
	fields := t.schema.fields(account)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[name]) > 0 {
			request.Attribute(name, fields[name])
		}
	}
	if mark := t.schema.mark(account.Active); mark != "" {
		request.Attribute(users.Disable.Attribute, []string{mark})
	}
	return request
}

// mark returns the value of the attribute that tells active from inactive.
func (s schema) mark(active bool) string {
	if active {
		return s.users.Disable.Active
	}
	return s.users.Disable.Inactive
}

// Update sets what differs, then renames.
func (t *Target) Update(a *ldaptarget.Application, want targets.Account, p *ldaptarget.Person) (bool, error) {
	e, err := a.Entry(p, targets.UpdateAccount, t.schema.userFields()...)
	if err != nil {
		return false, err
	}
	if want.Name == "" {
		want.Name = p.Name
	}
	request := goldap.NewModifyRequest(p.DN, nil)
	t.schema.mapping.Replace(request, e, t.schema.fields(want))
	changed, err := a.Modify(request)
	if err != nil {
		return false, err
	}
	renamed, err := t.rename(a, want.Name, p)
	return changed || renamed, err
}

// rename gives the entry a new name and takes its memberships along: not every
// server does, and a value left behind would wait for the next one of that name.
func (t *Target) rename(a *ldaptarget.Application, name string, p *ldaptarget.Person) (bool, error) {
	if name == p.Name {
		return false, nil
	}
	users, old, dn := t.schema.users, p.Value, p.DN
	var err error
	if _, named := ldaptarget.RDNValue(p.DN, users.RDN); named {
		rdn := users.RDN + "=" + goldap.EscapeDN(name)
		err = a.Write(func(c *goldap.Conn) error { return c.ModifyDN(goldap.NewModifyDNRequest(p.DN, rdn, true, "")) })
		dn = rdn + "," + ldaptarget.Parent(p.DN)
	} else {
		request := goldap.NewModifyRequest(p.DN, nil)
		request.Replace(users.RDN, []string{name})
		_, err = a.Modify(request)
	}
	if err != nil {
		return false, err
	}
	a.Rename(p, name)
	p.DN, p.Ref = dn, dn
	p.Value = t.schema.value(p)
	p.Sought = p.Value
	return true, a.TakeAlong(old, p.Value)
}

// SetActive sets the mark of active or inactive accounts.
func (t *Target) SetActive(a *ldaptarget.Application, p *ldaptarget.Person, active bool) (bool, error) {
	if p.Active == active {
		return false, nil
	}
	request := goldap.NewModifyRequest(p.DN, nil)
	request.Replace(t.schema.users.Disable.Attribute, ldaptarget.Sorted([]string{t.schema.mark(active)}))
	if _, err := a.Modify(request); err != nil {
		return false, err
	}
	p.Active = active
	return true, nil
}

// Delete takes the account out of its groups, then away.
func (t *Target) Delete(a *ldaptarget.Application, p *ldaptarget.Person) (bool, error) {
	if err := a.Forget(p.Value); err != nil {
		return false, err
	}
	return a.Remove(p)
}

// Group makes the request for a new group.
func (t *Target) Group(name string) (request *goldap.AddRequest, remedy string, err error) {
	g := t.schema.groups
	request = goldap.NewAddRequest(ldaptarget.Child(g.Name, name, g.BaseDN), nil)
	request.Attribute("objectClass", []string{g.ObjectClass})
	request.Attribute(g.Name, []string{name})
	if !strings.EqualFold(g.Name, "cn") {
		request.Attribute("cn", []string{name})
	}
	if t.schema.crowded {
		request.Attribute(g.Member, []string{g.Placeholder})
	}
	return request, "make groups.base_dn first: " + g.BaseDN, nil
}
