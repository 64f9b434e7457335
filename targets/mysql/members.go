package mysql

import (
	"errors"
	"slices"

	"birthright/identity"
	"birthright/targets"
)

// given returns the role that an op is about, or why it cannot be.
func (a *application) given(op targets.Op) (*principal, *targets.Result) {
	role := a.known.role(roleID(a.where().dialect, op.Entitlement.ID))
	if role == nil {
		r := a.t.stale(op, "no such role")
		return nil, &r
	}
	if err := a.known.untouchable(role.id); err != nil {
		r := a.t.refuse(op, identity.Denied, err)
		return nil, &r
	}
	return role, nil
}

// give has an account hold a role, and have it active when it logs in.
func (a *application) give(op targets.Op, p *principal) targets.Result {
	role, refusal := a.given(op)
	if refusal != nil {
		return *refusal
	}
	held := a.known.holds[p.id][role.id]
	if !held {
		if r := a.send(op, giveRole{role.id, p.id}); r != nil {
			return *r
		}
		a.known.give(role.id, p.id)
	}
	changed, refusal := a.activate(op, p, a.withDefault(p, role.id))
	switch {
	case refusal != nil && refusal.Outcome == targets.Refused && !held:
		return a.undo(op, p, role.id, *refusal)
	case refusal != nil && refusal.Outcome == targets.Refused:
		return already(p.id) // somebody else's grant, which we may not make active
	case refusal != nil:
		return *refusal
	case held && !changed:
		return already(p.id)
	}
	return done(p.id)
}

// undo takes back a role that could be given and not be made active, so that the
// refusal is one.
func (a *application) undo(op targets.Op, p *principal, role id, refusal targets.Result) targets.Result {
	if r := a.send(op, takeRole{role, p.id}); r != nil {
		return a.t.lost(op, targets.Unknown, refusal.Err)
	}
	delete(a.known.holds[p.id], role)
	if told, ok := refusal.Err.(*identity.Error); ok && told.Kind == identity.Denied { //nolint:errorlint // it was made just now
		told.Hint = defaultsHint
	}
	return refusal
}

const defaultsHint = "a role is of no use until it is active at login: let the hub's account say so with GRANT UPDATE ON mysql.*, or set default_roles: false"

// take has an account hold a role no more.
func (a *application) take(op targets.Op, p *principal) targets.Result {
	role, refusal := a.given(op)
	if refusal != nil {
		return *refusal
	}
	if !a.known.holds[p.id][role.id] {
		if _, through := a.known.reached(p.id)[role.id]; through {
			return a.t.refuse(op, identity.Conflict, errors.New("the account holds it through another role"))
		}
		return already(p.id)
	}
	if r := a.send(op, takeRole{role.id, p.id}); r != nil {
		return *r
	}
	delete(a.known.holds[p.id], role.id)
	// A default role that is not held any more gives nothing: that it could not be
	// cleared is no reason to say that access did not end.
	if _, r := a.activate(op, p, a.withoutDefault(p, role.id)); r != nil && r.Outcome == targets.Unknown {
		return *r
	}
	return done(p.id)
}

// activate says which roles are active at login, unless they are already.
func (a *application) activate(op targets.Op, p *principal, roles []id) (changed bool, refusal *targets.Result) {
	if !a.t.keepsDefaults() || slices.Equal(p.defaults, roles) {
		return false, nil
	}
	if r := a.send(op, setActive{p.id, roles}); r != nil {
		return false, r
	}
	p.defaults = roles
	return true, nil
}

// withDefault returns the roles to be active once another one is held. MariaDB has
// one only: it stays as long as it is held.
func (a *application) withDefault(p *principal, role id) []id {
	if slices.Contains(p.defaults, role) {
		return p.defaults
	}
	if a.where().dialect.severalDefaults() {
		return inOrder(append(slices.Clone(p.defaults), role))
	}
	if len(p.defaults) > 0 && a.known.holds[p.id][p.defaults[0]] {
		return p.defaults
	}
	return []id{role}
}

// withoutDefault returns the roles to be active once one is held no more. On MariaDB
// another one that is held takes its place.
func (a *application) withoutDefault(p *principal, role id) []id {
	if !slices.Contains(p.defaults, role) {
		return p.defaults
	}
	left := slices.DeleteFunc(slices.Clone(p.defaults), func(d id) bool { return d == role })
	if a.where().dialect.severalDefaults() {
		return left
	}
	for _, next := range a.known.sorted(a.known.holds[p.id]) {
		return []id{next}
	}
	return left
}

func inOrder(roles []id) []id {
	slices.SortFunc(roles, compareIDs)
	return roles
}
