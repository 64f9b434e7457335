package postgres

import (
	"birthright/targets"

	"github.com/jackc/pgx/v5"
)

// mostQueued is how many grants travel in one message.
const mostQueued = 200

// pair is an account in a role, by their oids.
type pair struct{ role, member string }

// queued is a grant that is still to be sent, and whose op it is.
type queued struct {
	at        int
	member    *role
	statement string
}

// loadGrants reads by whose grants the accounts that ops name are in the roles that
// they name, all at once. What is made after that is not among them.
func (a *application) loadGrants() error {
	a.held = map[pair][]grant{}
	var roles, members []string
	for i, op := range a.ops {
		if a.results[i].Outcome != "" || op.Action != targets.Add && op.Action != targets.Remove {
			continue
		}
		given, found := a.known.called(op.Entitlement.ID), a.known.find(op.Account)
		if given == nil || len(found) != 1 {
			continue
		}
		p := pair{given.oid, found[0].oid}
		if _, asked := a.held[p]; !asked {
			a.held[p] = nil
			roles, members = append(roles, p.role), append(members, p.member)
		}
	}
	if len(roles) == 0 {
		return nil
	}
	rows, err := a.Query(a.ctx, `SELECT m.roleid::text, m.member::text, coalesce(g.rolname::text, ''), `+a.conveys()+`
		FROM unnest($1::text[]::oid[], $2::text[]::oid[]) AS asked (roleid, member)
		JOIN pg_auth_members m ON m.roleid = asked.roleid AND m.member = asked.member
		LEFT JOIN pg_roles g ON g.oid = m.grantor ORDER BY 1, 2, 3`, roles, members)
	if err != nil {
		return err
	}
	var p pair
	var g grant
	_, err = pgx.ForEachRow(rows, []any{&p.role, &p.member, &g.grantor, &g.conveys}, func() error {
		a.held[p] = append(a.held[p], g)
		return nil
	})
	return err
}

// later has a grant sent together with others. Its op counts as done until flush
// learns otherwise.
func (a *application) later(given, r *role) (targets.Result, error) {
	delete(a.held, pair{given.oid, r.oid}) // whoever asks again asks the server
	a.queue = append(a.queue, queued{a.at, r, "GRANT " + given.quoted() + " TO " + r.quoted()})
	if len(a.queue) < mostQueued {
		return targets.Result{Outcome: targets.Done, AccountID: r.oid}, nil
	}
	return targets.Result{Outcome: targets.Done, AccountID: r.oid}, a.flush()
}

// flush sends what is queued. Where the server refuses any of it, each is sent by
// itself, so that one bad grant holds up no other.
func (a *application) flush() error {
	queue := a.queue
	a.queue = nil
	if len(queue) == 0 {
		return nil
	}
	statements := make([]string, len(queue))
	for i, q := range queue {
		statements[i] = q.statement
	}
	_, refusal, err := a.try(a.ops[queue[0].at], statements...)
	if err != nil || refusal == nil {
		return err
	}
	for _, q := range queue {
		r, err := a.change(a.ops[q.at], q.member, func() {}, q.statement)
		if err != nil {
			return err
		}
		a.results[q.at] = r
	}
	return nil
}
