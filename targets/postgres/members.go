package postgres

import (
	"errors"
	"slices"

	"birthright/identity"
	"birthright/targets"
)

// member puts an account into a role, or takes it out.
func (a *application) member(op targets.Op, r *role) (targets.Result, error) {
	given := a.known.called(op.Entitlement.ID)
	switch {
	case given == nil:
		return a.t.stale(op, "no such role"), nil
	case given.isAccount():
		return a.t.stale(op, "no such role to be given: the one of that name may log in"), nil
	}
	if err := a.t.untouchable(given, a.where().self); err != nil {
		return a.t.refuse(op, identity.Denied, err), nil
	}
	grants, err := a.grants(given, r)
	if err != nil {
		return targets.Result{}, err
	}
	if op.Action == targets.Add {
		if slices.ContainsFunc(grants, func(g grant) bool { return g.conveys }) {
			return already(r), nil
		}
		return a.later(given, r)
	}
	if len(grants) == 0 {
		return a.notDirect(op, given, r)
	}
	return a.revoke(op, given, r, grants)
}

// grant is one by which an account is in a role.
type grant struct {
	grantor string
	conveys bool
}

// grants returns those by which an account is directly in a role.
func (a *application) grants(given, r *role) ([]grant, error) {
	if held, read := a.held[pair{given.oid, r.oid}]; read {
		delete(a.held, pair{given.oid, r.oid}) // true until the first change
		return held, nil
	}
	if err := a.flush(); err != nil {
		return nil, err
	}
	p := pair{given.oid, r.oid}
	held, err := a.session.grants([]pair{p})
	return held[p], err
}

// notDirect is the result of a removal where there is no grant to revoke.
func (a *application) notDirect(op targets.Op, given, r *role) (targets.Result, error) {
	through, err := a.reaches(r, given)
	switch {
	case err != nil:
		return targets.Result{}, err
	case through:
		return a.t.refuse(op, identity.Conflict, errors.New("the account is in it through another role")), nil
	}
	return already(r), nil
}

const revokeHint = "give the hub's role ADMIN OPTION on it; what somebody else granted, from PostgreSQL 16 on, only the grantor takes back, " +
	"or who is in the grantor's role WITH INHERIT TRUE"

// revoke takes back every grant. From PostgreSQL 16 on, one that another grantor
// made stays unless it is named. Taking back what is not there is only a warning to
// the server: it is looked whether nothing is left.
func (a *application) revoke(op targets.Op, given, r *role, grants []grant) (targets.Result, error) {
	var changes []change
	for _, g := range grants {
		revoke := revokeRole{given: given.name, member: r.name}
		if a.where().version >= optionsSince {
			revoke.grantor = g.grantor
		}
		changes = append(changes, revoke)
	}
	_, refusal, err := a.attempt(op, changes...)
	p := pair{given.oid, r.oid}
	var left map[pair][]grant
	if err == nil && refusal == nil {
		left, err = a.session.grants([]pair{p})
	}
	switch {
	case err != nil:
		return targets.Result{}, err
	case refusal != nil:
		refusal.AccountID = r.oid
		if told, ok := refusal.Err.(*identity.Error); ok && told.Kind == identity.Denied { //nolint:errorlint // it was made just now
			told.Hint = revokeHint
		}
		return *refusal, nil
	case len(left[p]) > 0:
		return a.t.answer(op, targets.Refused, identity.Denied, errors.New("the server took the request and left the account in the role"), revokeHint), nil
	}
	return targets.Result{Outcome: targets.Done, AccountID: r.oid}, nil
}
