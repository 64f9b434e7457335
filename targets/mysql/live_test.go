package mysql_test

import (
	"fmt"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/mysql"

	"github.com/google/go-cmp/cmp"
)

// What is active in a session outlives REVOKE, ACCOUNT LOCK and DROP USER: that is why
// sessions are ended, also those of an account that is gone.
func TestSessionsThatHaveARoleActive(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "eng"))
	r.sql(t, "CREATE DATABASE IF NOT EXISTS stuff", "CREATE TABLE IF NOT EXISTS stuff.things (n int)", "GRANT SELECT ON stuff.* TO eng")
	t.Cleanup(func() { r.sql(t, "DROP DATABASE stuff") })
	ada := r.login(t, "ada")
	may := func() error {
		var n int
		return ada.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM stuff.things").Scan(&n)
	}
	must(t, may())
	r.do(t, on(targets.Remove, "ada", "eng"), on(targets.DisableAccount, "ada", ""))
	if err := may(); err != nil {
		t.Errorf("after REVOKE the session may no more (%v): then it need not be ended", err)
	}
	gone := targets.Account{ID: "'ada'@'%'", Name: "ada"}
	r.do(t, targets.Op{Action: targets.DeleteAccount, Account: gone})
	n, err := r.target.(targets.SessionEnder).EndSessions(t.Context(), []targets.Account{gone}, entitlement("eng"))
	if n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if ada.PingContext(t.Context()) == nil {
		t.Error("the session goes on")
	}
}

// Two accounts of one user name are two accounts: a session from the host that another
// one names is that one's.
func TestSessionsOfTheSameUserFromElsewhere(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""))
	r.sql(t, "CREATE USER 'ada'@'127.0.0.1' IDENTIFIED BY 'theirs'")
	other := r.login(t, "ada")
	end := r.target.(targets.SessionEnder).EndSessions
	if n, err := end(t.Context(), []targets.Account{{Name: "ada"}}, identity.Entitlement{}); n != 0 || err != nil {
		t.Errorf("ended %d of another account's, %v", n, err)
	}
	must(t, other.PingContext(t.Context()))
	if n, err := end(t.Context(), []targets.Account{{Name: "'ada'@'127.0.0.1'"}}, identity.Entitlement{}); n != 1 || err != nil {
		t.Errorf("ended %d of its own, %v", n, err)
	}
}

// Without the rights it says so, and does not take what it cannot see for nothing.
func TestSessionsNeedRights(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""))
	ada := r.login(t, "ada")
	for _, right := range []string{"CONNECTION ADMIN", "PROCESS"} {
		r.sql(t, "REVOKE "+right+" ON *.* FROM hub@'%'")
		must(t, r.target.(targets.Closer).Close())
		r.target = r.open(t, r.config)
		_, err := r.target.(targets.SessionEnder).EndSessions(t.Context(), []targets.Account{{Name: "ada"}}, identity.Entitlement{})
		if identity.KindOf(err) != identity.Denied || !strings.Contains(fmt.Sprint(err), "GRANT PROCESS, CONNECTION ADMIN") {
			t.Errorf("without %s: %v", right, err)
		}
	}
	must(t, ada.PingContext(t.Context()))
	off := false
	c := r.config
	c.EndSessions = &off
	if _, ends := r.open(t, c).(targets.SessionEnder); ends {
		t.Error("switched off, it still says that it ends sessions")
	}
}

// One finding for each right that is missing, and none where all are there.
func TestProbe(t *testing.T) {
	r := start(t, nil)
	r.role(t, "eng")
	missing := func() (out []string) {
		must(t, r.target.(targets.Closer).Close())
		r.target = r.open(t, r.config)
		report, err := r.target.Probe(t.Context())
		must(t, err)
		if !report.Reachable || !strings.HasPrefix(report.Version, "MariaDB 1") {
			t.Errorf("report %+v", report)
		}
		for _, f := range report.Findings {
			if !f.OK {
				out = append(out, f.Check)
				if f.Remedy == "" {
					t.Errorf("%s: no remedy", f.Check)
				}
			}
		}
		return out
	}
	if got := missing(); got != nil {
		t.Errorf("with all rights: %q", got)
	}
	for plugin, want := range map[string][]string{"unix_socket": nil, "no_such_thing": {"login"}} {
		r.config.Login.Plugin = plugin
		if diff := cmp.Diff(want, missing()); diff != "" {
			t.Errorf("with login.plugin %s (-want +got):\n%s", plugin, diff)
		}
	}
	r.config.Login.Plugin = ""
	for _, step := range []struct{ take, check string }{
		{"REVOKE CREATE USER ON *.* FROM hub@'%'", "rights"},
		{"REVOKE UPDATE ON mysql.* FROM hub@'%'", "default roles"},
		{"REVOKE PROCESS ON *.* FROM hub@'%'", "see sessions"},
		{"REVOKE CONNECTION ADMIN ON *.* FROM hub@'%'", "end sessions"},
		{"REVOKE ADMIN OPTION FOR eng FROM hub@'%'", "give roles"},
	} {
		r.sql(t, step.take)
		if got := missing(); len(got) == 0 || !strings.Contains(strings.Join(got, ","), step.check) {
			t.Errorf("%s: %q", step.take, got)
		}
	}
	r.sql(t, "REVOKE SELECT ON mysql.* FROM hub@'%'", "SET GLOBAL read_only = 1")
	t.Cleanup(func() { r.sql(t, "SET GLOBAL read_only = 0") })
	want := []string{"writable", "rights", "default roles", "see sessions", "end sessions", "read"}
	if diff := cmp.Diff(want, missing()); diff != "" {
		t.Errorf("without any right (-want +got):\n%s", diff)
	}
}

// What cannot work says why, and never the password.
func TestConnecting(t *testing.T) {
	r := start(t, nil)
	for name, tt := range map[string]struct {
		url, says string
		kind      identity.Kind
	}{
		"wrong password": {as("hub", "wrong-s3cret", server.Address()), "check the user and password", identity.Denied},
		"nobody there":   {as("hub", "wrong-s3cret", "127.0.0.1:1"), "refused", identity.Unavailable},
		"no address":     {"mysql://hub:wrong-s3cret@[", "write mysql://", identity.Invalid},
		"another kind":   {"postgres://hub:wrong-s3cret@localhost", "write mysql://", identity.Invalid},
		"a database":     {"mysql://hub:wrong-s3cret@localhost/x", "write mysql://", identity.Invalid},
		"no socket":      {"mysql://hub:wrong-s3cret@/?socket=/nowhere", "no such file", identity.Unavailable},
	} {
		c := r.config
		c.URL = secret.Value(tt.url)
		_, err := targets.ReadState(t.Context(), r.open(t, c), targets.Query{})
		if identity.KindOf(err) != tt.kind || !strings.Contains(fmt.Sprint(err), tt.says) || strings.Contains(fmt.Sprint(err), "s3cret") {
			t.Errorf("%s: kind %s: %v", name, identity.KindOf(err), err)
		}
	}
}

// Roles in roles are followed at any depth.
func TestRolesInRoles(t *testing.T) {
	r := start(t, nil)
	for _, role := range []string{"a", "b", "c"} {
		r.role(t, role)
	}
	r.sql(t, "GRANT b TO a", "GRANT c TO b")
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "a"), on(targets.Add, "ada", "b"))
	got := map[string]bool{}
	for _, a := range r.read(t).Assignments {
		got[a.Entitlement.ID] = a.Indirect
	}
	if diff := cmp.Diff(map[string]bool{"a": false, "b": false, "c": true}, got); diff != "" {
		t.Errorf("indirect (-want +got):\n%s", diff)
	}
	if got := r.apply(t, on(targets.Remove, "ada", "c"))[0]; got.Outcome != targets.Refused {
		t.Errorf("taking away what is held through another role: %s", got.Outcome)
	}
}

// The model is a server like any other, and keeps what it has.
func TestSimulated(t *testing.T) {
	file := t.TempDir() + "/simulated/db.json"
	begin := targets.State{
		Accounts: []targets.Account{{Name: "bob", Active: true}}, Entitlements: []targets.Entitlement{{Address: entitlement("eng")}},
	}
	open := func() targets.Target {
		c := mysql.Config{Simulate: true}
		must(t, errorsOf(c))
		target, err := c.Open(targets.Env{Name: "db", Simulation: targets.Simulation{File: file, Begin: begun(begin)}})
		must(t, err)
		return target
	}
	r := &rig{target: open()}
	r.do(t, on(targets.CreateAccount, "o'brien", ""), on(targets.Add, "o'brien", "eng"), on(targets.Add, "bob", "eng"), on(targets.DisableAccount, "bob", ""))
	must(t, r.target.(targets.Closer).Close())
	before := r.read(t)
	r.target = open()
	if diff := cmp.Diff(before, r.read(t)); diff != "" {
		t.Errorf("in the next run (-before +after):\n%s", diff)
	}
	if got := r.holders(t, "eng"); got != "bob o'brien" {
		t.Errorf("eng is held by %q", got)
	}
	report, err := r.target.Probe(t.Context())
	if err != nil || !strings.Contains(report.Version, "simulated") {
		t.Errorf("report %+v, %v", report, err)
	}
}
