package ldap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// create makes an entry for an account, unless there is one of that name.
func (a *application) create(op targets.Op) targets.Result {
	if found := a.people.find(targets.Account{Name: op.Account.Name}); len(found) > 0 {
		return a.compare(op, found[0])
	}
	schema := a.t.schema
	p := &person{dn: child(schema.users.RDN, op.Account.Name, schema.users.BaseDN), Account: op.Account}
	if err := a.forget(p.value(schema)); err != nil {
		return a.t.failed(op, err)
	}
	request := goldap.NewAddRequest(p.dn, nil)
	request.Attribute("objectClass", schema.users.ObjectClasses)
	request.Attribute(schema.users.RDN, []string{op.Account.Name})
	fields := schema.fields(op.Account)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if len(fields[name]) > 0 {
			request.Attribute(name, fields[name])
		}
	}
	if mark := schema.mark(op.Account.Active); mark != "" {
		request.Attribute(schema.users.Disable.Attribute, []string{mark})
	}
	err := a.write(func(c *goldap.Conn) error { return c.Add(request) })
	exists := goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists)
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return a.t.answer(op, targets.Refused, identity.NotFound, err, "make users.base_dn first: "+schema.users.BaseDN)
	case err != nil && !exists:
		return a.t.failed(op, err)
	}
	return a.created(op, p.dn, exists)
}

// created looks at the entry that is there now, made here or by somebody else.
func (a *application) created(op targets.Op, dn string, before bool) targets.Result {
	schema := a.t.schema
	e, err := a.at("user", dn, schema.users.Filter, schema.userFields()...)
	if err != nil {
		outcome := targets.Unknown // it is made, but its id was not learned
		if before {
			outcome = targets.Unreachable
		}
		return a.t.answer(op, outcome, identity.Unavailable, err, "")
	}
	var account targets.Account
	visible := false
	if e != nil {
		account, visible = schema.account(e)
	}
	if !visible {
		return a.t.answer(op, targets.Refused, identity.Conflict, fmt.Errorf("the entry %q is there, but users.filter does not show it, or it has no %s", dn, schema.users.ID),
			"let users.filter match entries with the classes that object_classes gives them")
	}
	p := &person{dn: e.DN, Account: account}
	a.people.add(p)
	if before {
		return a.compare(op, p)
	}
	return targets.Result{Outcome: targets.Done, AccountID: p.ID}
}

// compare tells an account that an earlier try made from one of somebody else.
func (a *application) compare(op targets.Op, p *person) targets.Result {
	if p.Active == op.Account.Active && p.Attributes.Equal(a.t.schema.normal(op.Account)) {
		return targets.Result{Outcome: targets.Already, AccountID: p.ID}
	}
	r := a.t.answer(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"), "")
	r.AccountID = p.ID
	return r
}

// mark returns the value of the attribute that tells active from inactive.
func (s schema) mark(active bool) string {
	if active {
		return s.users.Disable.Active
	}
	return s.users.Disable.Inactive
}

// update sets what differs, then renames. It reports whether anything did.
func (a *application) update(want targets.Account, p *person) (bool, error) {
	e, err := a.at("user", p.dn, "(objectClass=*)", a.t.schema.userFields()...)
	switch {
	case err != nil:
		return false, notSent(err)
	case e == nil:
		return false, &identity.Error{Kind: identity.NotFound, Op: a.t.op("update-account"), Object: p.dn, Err: errors.New("the entry is gone")}
	}
	if want.Name == "" {
		want.Name = p.Name
	}
	changed, err := a.updateFields(want, p, e)
	if err != nil {
		return false, err
	}
	renamed, err := a.rename(want.Name, p)
	return changed || renamed, err
}

// updateFields replaces the mapped attributes that differ.
func (a *application) updateFields(want targets.Account, p *person, e *goldap.Entry) (bool, error) {
	request := goldap.NewModifyRequest(p.dn, nil)
	fields := a.t.schema.fields(want)
	for _, m := range a.t.schema.mapping {
		if !slices.Equal(sorted(e.GetEqualFoldAttributeValues(m.To)), fields[m.To]) {
			request.Replace(m.To, fields[m.To])
		}
	}
	if len(request.Changes) == 0 {
		return false, nil
	}
	return true, a.write(func(c *goldap.Conn) error { return c.Modify(request) })
}

// rename gives the entry a new name and takes its memberships along: not every
// server does, and a value left behind would wait for the next one of that name.
func (a *application) rename(name string, p *person) (bool, error) {
	schema := a.t.schema
	if name == p.Name {
		return false, nil
	}
	old := *p
	var err error
	if _, named := rdnValue(p.dn, schema.users.RDN); named {
		rdn := schema.users.RDN + "=" + goldap.EscapeDN(name)
		err = a.write(func(c *goldap.Conn) error { return c.ModifyDN(goldap.NewModifyDNRequest(p.dn, rdn, true, "")) })
		p.dn = renamed(p.dn, rdn)
	} else {
		request := goldap.NewModifyRequest(p.dn, nil)
		request.Replace(schema.users.RDN, []string{name})
		err = a.write(func(c *goldap.Conn) error { return c.Modify(request) })
	}
	if err != nil {
		p.dn = old.dn
		return false, err
	}
	a.people.remove(p)
	p.Name = name
	a.people.add(p)
	return true, a.takeAlong(old.value(schema), p.value(schema))
}

// renamed returns dn with another first part.
func renamed(dn, rdn string) string {
	escaped := false
	for i, c := range dn {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == ',':
			return rdn + dn[i:]
		}
	}
	return rdn
}

// takeAlong replaces a member value in every group that has it.
func (a *application) takeAlong(from, to string) error {
	if from == to {
		return nil
	}
	groups, err := a.holding(from, "1.1")
	if err != nil {
		return err
	}
	for _, e := range groups {
		if err := a.swap(&team{dn: e.DN}, from, to); err != nil {
			return err
		}
	}
	return nil
}

// swap replaces one member by another. The old one goes first: the server may
// take both for the same, and then the group must end up with it.
func (a *application) swap(g *team, from, to string) error {
	request := goldap.NewModifyRequest(g.dn, nil)
	request.Delete(a.t.schema.groups.Member, []string{from})
	request.Add(a.t.schema.groups.Member, []string{to})
	err := a.write(func(c *goldap.Conn) error { return c.Modify(request) })
	if err == nil || !disputed(err) {
		return err
	}
	departed, arrived := &member{value: from}, &member{value: to, add: true}
	a.settle(g, []*member{departed})
	a.settle(g, []*member{arrived})
	return errors.Join(departed.err, arrived.err)
}

// forget removes a member value from every group: that of an entry about to go,
// or one that was left by an entry long gone.
func (a *application) forget(value string) error {
	groups, err := a.holding(value, "1.1")
	if err != nil {
		return notSent(err)
	}
	for _, e := range groups {
		departed := &member{value: value}
		a.settle(&team{dn: e.DN}, []*member{departed})
		if departed.err != nil {
			return departed.err
		}
	}
	return nil
}

func (a *application) setActive(p *person, active bool) (bool, error) {
	if p.Active == active {
		return false, nil
	}
	request := goldap.NewModifyRequest(p.dn, nil)
	request.Replace(a.t.schema.users.Disable.Attribute, sorted([]string{a.t.schema.mark(active)}))
	if err := a.write(func(c *goldap.Conn) error { return c.Modify(request) }); err != nil {
		return false, err
	}
	p.Active = active
	return true, nil
}

// delete takes the account out of its groups, then away.
func (a *application) delete(p *person) (bool, error) {
	if err := a.forget(p.value(a.t.schema)); err != nil {
		return false, err
	}
	err := a.write(func(c *goldap.Conn) error { return c.Del(goldap.NewDelRequest(p.dn, nil)) })
	gone := goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject)
	if err != nil && !gone {
		return false, err
	}
	a.people.remove(p)
	return !gone, nil
}

// createGroup makes a group, unless there is one of that name.
func (a *application) createGroup(op targets.Op) targets.Result {
	name := op.Entitlement.ID
	if a.teams[name] != nil {
		return targets.Result{Outcome: targets.Already}
	}
	if other := a.spelling(name); other != "" {
		return a.t.refuse(op, identity.Conflict, "there is a group spelt %q: write it so", other)
	}
	g := a.t.schema.groups
	dn := child(g.Name, name, g.BaseDN)
	request := goldap.NewAddRequest(dn, nil)
	request.Attribute("objectClass", []string{g.ObjectClass})
	request.Attribute(g.Name, []string{name})
	if !strings.EqualFold(g.Name, "cn") {
		request.Attribute("cn", []string{name})
	}
	if a.t.schema.crowded {
		request.Attribute(g.Member, []string{g.Placeholder})
	}
	err := a.write(func(c *goldap.Conn) error { return c.Add(request) })
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists):
		return a.t.answer(op, targets.Refused, identity.Conflict, err, "the entry "+dn+" is there, but groups.filter does not show it")
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return a.t.answer(op, targets.Refused, identity.NotFound, err, "make groups.base_dn first: "+g.BaseDN)
	case err != nil:
		return a.t.failed(op, err)
	}
	a.teams[name] = &team{dn: dn, name: name}
	return targets.Result{Outcome: targets.Done}
}
