package postgres_test

import (
	"strings"
	"testing"

	"birthright/targets"
	"birthright/targets/targettest"

	"github.com/jackc/pgx/v5"
)

func TestContract(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(start(t, nil)) }})
}

// peer makes a rig's server do all that the contract asks for.
func peer(r *rig) targettest.Peer {
	return targettest.Peer{
		Target: r.target, Name: "db", Nests: true,
		Seed:      r.seed,
		LoseReply: func(testing.TB) { r.proxy.set(func() { r.proxy.loseCommit = true }) },
		Refuse:    r.refuse,
		FailRead:  func(testing.TB) { r.proxy.set(func() { r.proxy.cutReads = true }) },
		Outage: func(t testing.TB, down bool) {
			if down {
				r.proxy.close()
			} else {
				r.proxy.open(t)
			}
		},
		Login: func(t testing.TB, account string) func() bool {
			conn := r.login(t, account)
			return func() bool { return conn.Ping(t.Context()) == nil }
		},
		Canary:      hubPassword,
		Said:        r.log.String,
		RefusesName: func(name string) bool { return len(strings.ToLower(name)) > 63 },
	}
}

// seed makes roles as an administrator would; who is in a role indirectly is put
// into another one that is in it. From PostgreSQL 16 on the hub must be let.
func (r *rig) seed(t testing.TB, s targets.State) {
	for _, a := range s.Accounts {
		r.sql(t, "CREATE ROLE "+quoted(a.Name)+" LOGIN")
		r.adminOf(t, a.Name)
	}
	for _, e := range s.Entitlements {
		r.sql(t, "CREATE ROLE "+quoted(e.Address.ID)+" NOLOGIN")
		r.adminOf(t, e.Address.ID)
	}
	for _, a := range s.Assignments {
		given := a.Entitlement.ID
		if a.Indirect {
			r.sql(t, "CREATE ROLE "+quoted(given+"-inner")+" NOLOGIN", "GRANT "+quoted(given)+" TO "+quoted(given+"-inner"))
			given += "-inner"
		}
		r.sql(t, "GRANT "+quoted(given)+" TO "+quoted(a.AccountID))
	}
}

func (r *rig) adminOf(t testing.TB, role string) {
	if r.version >= 160000 {
		r.sql(t, "GRANT "+quoted(role)+" TO hub WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
	}
}

// refuse takes the hub's rights away.
func (r *rig) refuse(t testing.TB) {
	r.sql(t, "ALTER ROLE hub NOCREATEROLE")
	if r.version < 160000 {
		return
	}
	rows, err := r.admin.Query(t.Context(), `SELECT format('REVOKE ADMIN OPTION FOR %I FROM hub GRANTED BY %I CASCADE', m.roleid::regrole::text, m.grantor::regrole::text)
		FROM pg_auth_members m WHERE m.member = 'hub'::regrole AND m.admin_option`)
	must(t, err)
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	r.sql(t, statements...)
}
