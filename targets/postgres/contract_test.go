package postgres_test

import (
	"strings"
	"testing"

	"birthright/targets"
	"birthright/targets/targettest"
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
		Plant:     func(_ testing.TB, after int, trouble targettest.Trouble) { r.proxy.plant(after, trouble) },
		Heal:      func(testing.TB) { r.proxy.heal() },
		Requests:  r.proxy.count,
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

// refuse has the server say no. From PostgreSQL 16 on, whoever made a role may change
// it whatever else is taken from them, so that nothing at all may be changed then.
func (r *rig) refuse(t testing.TB) {
	if r.version < 160000 {
		r.sql(t, "ALTER ROLE hub NOCREATEROLE")
		return
	}
	r.sql(t, "ALTER ROLE hub SET default_transaction_read_only = on",
		"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'hub'")
}
