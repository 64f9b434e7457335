package postgres

import (
	"errors"
	"slices"

	"birthright/identity"
	"birthright/targets"

	"github.com/jackc/pgx/v5"
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
	if err := a.untouchable(given); err != nil {
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
	rows, err := a.Query(a.ctx, `SELECT coalesce(g.rolname::text, ''), `+a.conveys()+` FROM pg_auth_members m LEFT JOIN pg_roles g ON g.oid = m.grantor
		WHERE m.roleid = $1::text::oid AND m.member = $2::text::oid ORDER BY 1`, given.oid, r.oid)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (g grant, err error) {
		err = row.Scan(&g.grantor, &g.conveys)
		return g, err
	})
}

// notDirect is the result of a removal where there is no grant to revoke.
func (a *application) notDirect(op targets.Op, given, r *role) (targets.Result, error) {
	results, err := a.run("SELECT pg_has_role(" + r.oid + "::oid, " + given.oid + "::oid, 'MEMBER')")
	switch {
	case err != nil:
		return targets.Result{}, err
	case cell(results, 0) == "t":
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
	var statements []string
	for _, g := range grants {
		statement := "REVOKE " + given.quoted() + " FROM " + r.quoted()
		if a.version >= optionsSince && g.grantor != "" {
			statement += " GRANTED BY " + (&role{name: g.grantor}).quoted()
		}
		statements = append(statements, statement)
	}
	results, refusal, err := a.try(op, append(statements,
		"SELECT count(*) FROM pg_auth_members WHERE roleid = "+given.oid+" AND member = "+r.oid)...)
	switch {
	case err != nil:
		return targets.Result{}, err
	case refusal != nil:
		refusal.AccountID = r.oid
		if told, ok := refusal.Err.(*identity.Error); ok && told.Kind == identity.Denied { //nolint:errorlint // it was made just now
			told.Hint = revokeHint
		}
		return *refusal, nil
	case cell(results, 0) != "0":
		return a.t.answer(op, targets.Refused, identity.Denied, errors.New("the server took the request and left the account in the role"), revokeHint), nil
	}
	return targets.Result{Outcome: targets.Done, AccountID: r.oid}, nil
}
