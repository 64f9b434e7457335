package mysql_test

import (
	"strings"
	"testing"
	"unicode/utf8"

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
		LoseReply: func(testing.TB) { r.proxy.set(func() { r.proxy.lose = writing }) },
		Refuse: func(t testing.TB) {
			r.sql(t, "SET GLOBAL read_only = 1")
			t.Cleanup(func() { r.sql(t, "SET GLOBAL read_only = 0") })
		},
		FailRead: func(testing.TB) { r.proxy.set(func() { r.proxy.cutAt = 12 }) },
		Plant:    func(_ testing.TB, after int, trouble targettest.Trouble) { r.proxy.plant(after, trouble) },
		Heal:     func(testing.TB) { r.proxy.heal() },
		Requests: r.proxy.count,
		Outage: func(t testing.TB, down bool) {
			if down {
				r.proxy.close()
			} else {
				r.proxy.open(t)
			}
		},
		Login: func(t testing.TB, account string) func() bool {
			conn := r.login(t, account)
			return func() bool { return conn.PingContext(t.Context()) == nil }
		},
		Canary:      hubPassword,
		Said:        r.log.String,
		RefusesName: refuses,
	}
}

// refuses tells which names the server cannot keep as they are.
func refuses(name string) bool {
	return utf8.RuneCountInString(name) > 128 || strings.HasSuffix(name, " ") || strings.ContainsFunc(name, func(r rune) bool { return r > 0xFFFF })
}

// seed makes accounts and roles as an administrator would; who holds a role indirectly
// is given another one that holds it.
func (r *rig) seed(t testing.TB, s targets.State) {
	for _, a := range s.Accounts {
		r.sql(t, "CREATE USER "+anywhere(a.Name))
	}
	for _, e := range s.Entitlements {
		r.role(t, e.Address.ID)
	}
	for _, a := range s.Assignments {
		given := a.Entitlement.ID
		if a.Indirect {
			r.sql(t, "CREATE ROLE "+quoted(given+"-inner"), "GRANT "+quoted(given)+" TO "+quoted(given+"-inner"))
			given += "-inner"
		}
		r.sql(t, "GRANT "+quoted(given)+" TO "+anywhere(a.AccountID))
	}
}

// role makes a role as an administrator would, who lets the hub give it: whoever has
// no ADMIN OPTION gives none, whatever else they may.
func (r *rig) role(t testing.TB, name string) {
	r.sql(t, "CREATE ROLE "+quoted(name), "GRANT "+quoted(name)+" TO hub@'%' WITH ADMIN OPTION")
}
