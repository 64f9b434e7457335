package ldaptarget

import (
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// create makes an account, unless there is one of that name.
func (a *Application) create(op targets.Op) targets.Result {
	if found := a.people.find(targets.Account{Name: op.Account.Name}); len(found) > 0 {
		return a.compare(op, found[0])
	}
	return a.t.writer.Create(a, op)
}

// Add sends the request for an account's entry and looks at what is there then,
// made here or by somebody else. place is the remedy where there is no place.
func (a *Application) Add(op targets.Op, request *goldap.AddRequest, place string) targets.Result {
	err := a.Write(func(c *goldap.Conn) error { return c.Add(request) })
	exists := goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists)
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return a.t.Answer(op, targets.Refused, identity.NotFound, err, place)
	case err != nil && !exists:
		return a.t.Failed(op, err)
	}
	return a.created(op, request.DN, exists)
}

// created looks at the entry that is there now.
func (a *Application) created(op targets.Op, dn string, before bool) targets.Result {
	e, err := a.At("user", dn, a.t.Layout.Users.Filter, a.t.Layout.Users.Fields...)
	if err != nil {
		outcome := targets.Unknown // it is made, but its id was not learned
		if before {
			outcome = targets.Unreachable
		}
		return a.t.Answer(op, outcome, identity.Unavailable, err, "")
	}
	var p *Person
	visible := false
	if e != nil {
		p, visible = a.t.Layout.Person(e)
	}
	switch {
	case before && (!visible || ldapdn.Fold(p.Name) != ldapdn.Fold(op.Account.Name)):
		return a.t.Answer(op, targets.Refused, identity.Conflict, errors.New("an entry of that name is there, which is no account of this target"),
			"let users.base_dn and users.filter show it, or give one of the two another name")
	case !visible:
		return a.t.Answer(op, targets.Refused, identity.Conflict, fmt.Errorf("the entry %q is there now, but users.filter does not show it, or it has no id", dn),
			"let users.filter match entries with the classes that new ones have")
	}
	a.people.add(p)
	if before {
		return a.compare(op, p)
	}
	return targets.Result{Outcome: targets.Done, AccountID: p.ID}
}

// compare tells an account that an earlier try made from one of somebody else.
func (a *Application) compare(op targets.Op, p *Person) targets.Result {
	wanted := op.Account.Attributes
	if n, ok := a.t.writer.(targets.Normaliser); ok {
		wanted = n.Normalise(op.Account).Attributes
	}
	if p.Active == op.Account.Active && p.Attributes.Equal(wanted) {
		return targets.Result{Outcome: targets.Already, AccountID: p.ID}
	}
	r := a.t.Answer(op, targets.Stale, identity.Conflict, errors.New("an account of that name is there and differs"), "")
	r.AccountID = p.ID
	return r
}

// Rename files an account under its new name.
func (a *Application) Rename(p *Person, name string) {
	a.people.remove(p)
	p.Name = name
	a.people.add(p)
}

// Remove takes the entry of an account away; false where it was gone.
func (a *Application) Remove(p *Person) (bool, error) {
	err := a.Write(func(c *goldap.Conn) error { return c.Del(goldap.NewDelRequest(p.Ref, nil)) })
	gone := goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject)
	if err != nil && !gone {
		return false, err
	}
	a.people.remove(p)
	return !gone, nil
}

// Entry looks at an account's entry as it is now.
func (a *Application) Entry(p *Person, action targets.Action, fields ...string) (*goldap.Entry, error) {
	e, err := a.At("user", p.Ref, "(objectClass=*)", fields...)
	switch {
	case err != nil:
		return nil, NotSent(err)
	case e == nil:
		return nil, &identity.Error{Kind: identity.NotFound, Op: a.t.Op(string(action)), Object: p.DN, Err: errors.New("the entry is gone")}
	}
	return e, nil
}

// Modify sends a request that has something to change; it reports whether it had.
func (a *Application) Modify(request *goldap.ModifyRequest) (bool, error) {
	if len(request.Changes) == 0 {
		return false, nil
	}
	err := a.Write(func(c *goldap.Conn) error { return c.Modify(request) })
	return err == nil, err
}

// createGroup makes a group, unless there is one of that name.
func (a *Application) createGroup(op targets.Op) targets.Result {
	name := op.Entitlement.ID
	if a.teams[name] != nil {
		return targets.Result{Outcome: targets.Already}
	}
	if other := a.spelling(name); other != "" {
		return a.t.Refuse(op, identity.Conflict, "there is a group spelt %q: write it so", other)
	}
	request, remedy, err := a.t.writer.Group(name)
	if err != nil {
		return a.t.Refuse(op, identity.Invalid, "%w", err)
	}
	err = a.Write(func(c *goldap.Conn) error { return c.Add(request) })
	switch {
	case goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists):
		return a.t.Answer(op, targets.Refused, identity.Conflict, err, "the entry "+request.DN+" is there, or one of that name elsewhere, but groups.base_dn and groups.filter do not show it")
	case goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchObject):
		return a.t.Answer(op, targets.Refused, identity.NotFound, err, remedy)
	case err != nil:
		return a.t.Failed(op, err)
	}
	return a.createdGroup(op, request.DN)
}

// createdGroup looks at the group that is there now, for what requests call it.
func (a *Application) createdGroup(op targets.Op, dn string) targets.Result {
	e, err := a.At("group", dn, a.t.Layout.Groups.Filter, a.t.Layout.Groups.Fields...)
	var g *Team
	visible := false
	if err == nil && e != nil {
		g, visible = a.t.Layout.Team(e)
	}
	switch {
	case err != nil:
		return a.t.Answer(op, targets.Unknown, identity.Unavailable, err, "")
	case !visible || g.Name != op.Entitlement.ID:
		return a.t.Answer(op, targets.Refused, identity.Conflict, fmt.Errorf("the entry %q is there now, but groups.filter does not show it under that name", dn), "correct groups.filter")
	}
	a.teams[op.Entitlement.ID] = g
	return targets.Result{Outcome: targets.Done}
}
