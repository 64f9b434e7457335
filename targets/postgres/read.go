package postgres

import (
	"context"

	"birthright/identity"
	"birthright/targets"
)

// Read hands out what q asks for, all of it as it was at one moment.
func (t *Target) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	s, err := t.begin(ctx, "ISOLATION LEVEL REPEATABLE READ READ ONLY")
	if err != nil {
		return targets.End{}, err
	}
	defer s.end()
	r := &reading{session: s, q: q, sink: sink, accounts: map[string]bool{}, entitlements: map[string]string{}}
	if err := r.roles(); err != nil {
		return targets.End{}, r.failure(err)
	}
	if err := r.members(); err != nil {
		return targets.End{}, r.failure(err)
	}
	return targets.End{Complete: true}, nil
}

// reading is one call of Read.
type reading struct {
	*session
	q            targets.Query
	sink         targets.Sink
	full         bool              // the sink would take no more
	accounts     map[string]bool   // handed out, by oid
	entitlements map[string]string // name by oid
}

// failure passes the sink's own error on, and explains all others.
func (r *reading) failure(err error) error {
	if r.full {
		return err
	}
	return r.t.explained("read", err)
}

// roles hands out accounts as they come, and entitlements after them.
func (r *reading) roles() error {
	names, oids := r.named()
	where := "ORDER BY r.rolname"
	args := []any{}
	if r.q.Accounts != nil && r.q.Entitlements != nil {
		where = "WHERE lower(r.rolname) = ANY ($1::text[]) OR r.rolname = ANY ($1::text[]) OR r.oid = ANY ($2::text[]::oid[]) " + where
		args = []any{names, oids}
	}
	rows, err := r.Query(r.ctx, selectRoles+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var entitlements []role
	for rows.Next() {
		found, err := scanRole(rows)
		if err != nil {
			return err
		}
		switch {
		case r.t.ignored(found.name):
		case !found.isAccount():
			entitlements = append(entitlements, found)
		case r.wantsAccount(&found):
			r.accounts[found.oid] = true
			if err := r.hand(r.sink.Account(found.account())); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return r.handEntitlements(entitlements)
}

// named is what the query names, in the letter case in which it is looked for.
func (r *reading) named() (names, oids []string) {
	names, oids = []string{}, []string{}
	for _, a := range r.q.Accounts {
		if a.ID == "" {
			names = append(names, fold(a.Name), a.Name)
		} else if isOID(a.ID) {
			oids = append(oids, a.ID)
		}
	}
	for _, e := range r.q.Entitlements {
		names = append(names, e.ID)
	}
	return printable(names), oids
}

func (r *reading) wantsAccount(found *role) bool {
	if r.q.Accounts == nil {
		return true
	}
	for _, a := range r.q.Accounts {
		if a.ID == found.oid || a.ID == "" && fold(a.Name) == fold(found.name) {
			return true
		}
	}
	return false
}

func (r *reading) handEntitlements(found []role) error {
	wanted := map[identity.Entitlement]bool{}
	for _, e := range r.q.Entitlements {
		wanted[e] = true
	}
	for _, e := range found {
		address := r.t.address(e.name)
		if r.q.Entitlements != nil && !wanted[address] {
			continue
		}
		r.entitlements[e.oid] = e.name
		shown := targets.Entitlement{Address: address, Title: e.title(), ReadOnly: r.untouchable(&e) != nil}
		if err := r.hand(r.sink.Entitlement(shown)); err != nil {
			return err
		}
	}
	return nil
}

// members hands out who is in which role, directly or through others.
func (r *reading) members() error {
	if len(r.accounts) == 0 || len(r.entitlements) == 0 {
		return nil
	}
	from, args := "TRUE", []any{}
	if r.q.Accounts != nil {
		oids := make([]string, 0, len(r.accounts))
		for oid := range r.accounts {
			oids = append(oids, oid)
		}
		from, args = "m.member = ANY ($1::text[]::oid[])", []any{oids}
	}
	rows, err := r.Query(r.ctx, `WITH RECURSIVE held (member, roleid, direct) AS (
			SELECT m.member, m.roleid, TRUE FROM pg_auth_members m WHERE `+from+` AND `+r.conveys()+`
			UNION
			SELECT h.member, m.roleid, FALSE FROM held h JOIN pg_auth_members m ON m.member = h.roleid WHERE `+r.conveys()+`
		)
		SELECT member::text, roleid::text, bool_or(direct) FROM held GROUP BY member, roleid ORDER BY member, roleid`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var member, roleid string
		var direct bool
		if err := rows.Scan(&member, &roleid, &direct); err != nil {
			return err
		}
		name, given := r.entitlements[roleid]
		if !given || !r.accounts[member] {
			continue
		}
		if err := r.hand(r.sink.Assignment(targets.Assignment{AccountID: member, Entitlement: r.t.address(name), Indirect: !direct})); err != nil {
			return err
		}
	}
	return rows.Err()
}

// hand notes whether the sink takes more.
func (r *reading) hand(err error) error {
	r.full = r.full || err != nil
	return err
}
