package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/postgres"

	"github.com/google/go-cmp/cmp"
)

func TestStrangeNames(t *testing.T) {
	r := start(t, nil)
	for _, name := range []string{`o'brien`, `"quoted"`, "two words", "jörg ünal", `back\\slash'; DROP ROLE hub; --`, strings.Repeat("ü", 31) + "x"} {
		role := "of " + name
		if len(role) > 63 {
			role = name[1:]
			role = strings.ToValidUTF8(role, "")
		}
		r.do(t, on(targets.CreateEntitlement, "", role), on(targets.CreateAccount, strings.ToUpper(name), ""), on(targets.Add, name, role))
		if got, want := r.holders(t, role), strings.ToLower(strings.ToUpper(name)); got != want {
			t.Errorf("%q is held by %q", role, got)
		}
		r.do(t, on(targets.Remove, name, role))
		if got := r.holders(t, role); got != "" {
			t.Errorf("%q is still held by %q", role, got)
		}
	}
}

func TestNamesThatNoRoleCanHave(t *testing.T) {
	r := start(t, nil)
	for name, says := range map[string]string{
		strings.Repeat("ü", 32): "has 64 bytes", "pg_admin": "keeps for itself", "public": "keeps for itself", "none": "keeps for itself", "a\x00b": "zero byte",
	} {
		for _, op := range []targets.Op{on(targets.CreateAccount, name, ""), on(targets.CreateEntitlement, "", name)} {
			got := r.apply(t, op)[0]
			if got.Outcome != targets.Refused || identity.KindOf(got.Err) != identity.Invalid || !strings.Contains(got.Err.Error(), says) {
				t.Errorf("%s %q: %s: %v", op.Action, name, got.Outcome, got.Err)
			}
		}
	}
}

// Superusers, PostgreSQL's own roles and the hub's own are shown and never changed.
func TestWhatIsNeverChanged(t *testing.T) {
	r := start(t, func(c *postgres.Config) { c.Ignore = []string{"app_*"} })
	r.sql(t, "CREATE ROLE boss SUPERUSER LOGIN", "CREATE ROLE kings SUPERUSER NOLOGIN", "CREATE ROLE app_web LOGIN", "CREATE ROLE app_all NOLOGIN", "GRANT pg_read_all_data TO boss")
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"))
	for says, ops := range map[string][]targets.Op{
		"superuser": {on(targets.Add, "boss", "eng"), on(targets.DisableAccount, "boss", ""), on(targets.DeleteAccount, "BOSS", ""), on(targets.Add, "ada", "kings"),
			on(targets.CreateAccount, "boss", "")},
		"PostgreSQL's own": {on(targets.Add, "ada", "pg_read_all_data"), on(targets.Remove, "ada", "pg_monitor")},
		"connects as":      {on(targets.Add, "hub", "eng"), on(targets.DisableAccount, "hub", "")},
		"to ignore":        {on(targets.Add, "app_web", "eng"), on(targets.Add, "ada", "app_all"), on(targets.CreateAccount, "app_new", "")},
	} {
		for _, op := range ops {
			if got := r.apply(t, op)[0]; got.Outcome != targets.Refused || !strings.Contains(got.Err.Error(), says) {
				t.Errorf("%s %s: %s: %v; want refused, for %q", op.Action, op.Object(), got.Outcome, got.Err, says)
			}
		}
	}
	accounts, readOnly := map[string]bool{}, map[string]bool{}
	s := r.read(t)
	for _, a := range s.Accounts {
		accounts[a.Name] = a.Active
	}
	for _, e := range s.Entitlements {
		readOnly[e.Address.ID] = e.ReadOnly
	}
	if diff := cmp.Diff(map[string]bool{"ada": true, "boss": true, "hub": true, r.address.User.Username(): true}, accounts); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	if readOnly["eng"] || !readOnly["kings"] || !readOnly["pg_read_all_data"] || readOnly["app_all"] {
		t.Errorf("read-only: %v", readOnly)
	}
}

// A refusal in the middle of a batch undoes nothing of the others.
func TestOneRefusalUndoesNoOther(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "owner", ""))
	r.sql(t, "CREATE TABLE theirs ()", "ALTER TABLE theirs OWNER TO owner")
	results := r.apply(t, on(targets.CreateAccount, "ada", ""), on(targets.DeleteAccount, "owner", ""), on(targets.Add, "ada", "eng"))
	want := []targets.Outcome{targets.Done, targets.Refused, targets.Done}
	for i, got := range results {
		if got.Outcome != want[i] {
			t.Errorf("op %d: %s: %v, want %s", i, got.Outcome, got.Err, want[i])
		}
	}
	if err := results[1].Err; err == nil || !strings.Contains(err.Error(), "leaver: disable") {
		t.Errorf("the refusal does not help: %v", err)
	}
	if got := r.holders(t, "eng"); got != "ada" {
		t.Errorf("eng is held by %q", got)
	}
}

// A batch is one transaction, and nobody says more of it than is known.
func TestALostConnection(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""))
	r.proxy.set(func() { r.proxy.commits = 0 })
	for _, tt := range []struct {
		name    string
		trouble func()
		want    targets.Outcome
		made    bool
	}{
		{"before the first change", func() { r.proxy.cutWrites = true }, targets.Unreachable, false},
		{"with COMMIT on its way", func() { r.proxy.dropCommit = true }, targets.Unknown, false},
		{"with the answer to COMMIT on its way", func() { r.proxy.loseCommit = true }, targets.Unknown, true},
	} {
		r.proxy.set(tt.trouble)
		for i, got := range r.apply(t, on(targets.CreateAccount, "bob", ""), on(targets.Add, "ada", "eng"), on(targets.Add, "ada", "nowhere")) {
			want := tt.want
			if i == 2 && want == targets.Unknown {
				want = targets.Stale // that was an answer
			}
			if got.Outcome != want || got.Err == nil {
				t.Errorf("%s: op %d: %s: %v, want %s", tt.name, i, got.Outcome, got.Err, want)
			}
		}
		if made := r.holders(t, "eng") == "ada"; made != tt.made {
			t.Errorf("%s: made: %v, want %v", tt.name, made, tt.made)
		}
	}
	r.do(t, on(targets.CreateAccount, "bob", ""), on(targets.Add, "bob", "eng"), on(targets.Remove, "ada", "eng"))
	r.proxy.set(func() {
		if r.proxy.commits < 1 {
			t.Error("the last batch was not committed")
		}
	})
}

// A comment that somebody wrote stays, and a disabled account stays an account.
func TestDisablingMarksTheAccount(t *testing.T) {
	r := start(t, nil)
	r.sql(t, "CREATE ROLE ada LOGIN", "COMMENT ON ROLE ada IS 'who''s that'", "CREATE ROLE readers", "COMMENT ON ROLE readers IS 'May read'")
	r.adminOf(t, "ada")
	r.do(t, on(targets.DisableAccount, "ada", ""))
	s := r.read(t)
	if len(s.Accounts) != 1 || s.Accounts[0].Active || len(s.Entitlements) != 1 || s.Entitlements[0].Title != "May read" {
		t.Errorf("read %+v", s)
	}
	var comment string
	must(t, r.admin.QueryRow(t.Context(), "SELECT shobj_description('ada'::regrole, 'pg_authid')").Scan(&comment))
	if comment != "birthright: account; who's that" {
		t.Errorf("comment %q", comment)
	}
	r.do(t, on(targets.EnableAccount, "ada", ""))
	if s = r.read(t); len(s.Accounts) != 1 || !s.Accounts[0].Active {
		t.Errorf("enabled, it reads as %+v", s.Accounts)
	}
}

// SET ROLE outlives REVOKE: that is why sessions are ended, also those of an account
// that is gone.
func TestSessionsThatTookARoleOn(t *testing.T) {
	r := start(t, nil)
	ids := r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.Add, "ada", "eng"))
	ada := r.login(t, "ada")
	_, err := ada.Exec(t.Context(), "SET ROLE eng")
	must(t, err)
	r.do(t, on(targets.Remove, "ada", "eng"))
	var acts string
	must(t, ada.QueryRow(t.Context(), "SELECT current_user").Scan(&acts))
	if acts != "eng" {
		t.Errorf("after REVOKE the session acts as %q: then it need not be ended", acts)
	}
	r.do(t, on(targets.DeleteAccount, "ada", ""))
	gone := targets.Account{ID: ids[1].AccountID, Name: "ada"}
	n, err := r.target.(targets.SessionEnder).EndSessions(t.Context(), []targets.Account{gone}, entitlement("eng"))
	if n != 1 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if ada.Ping(t.Context()) == nil {
		t.Error("the session goes on")
	}
}

func TestSessionsNeedARight(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""))
	r.sql(t, "REVOKE pg_signal_backend FROM hub")
	ada := r.login(t, "ada")
	_, err := r.target.(targets.SessionEnder).EndSessions(t.Context(), []targets.Account{{Name: "ada"}}, identity.Entitlement{})
	if identity.KindOf(err) != identity.Denied || !strings.Contains(fmt.Sprint(err), "GRANT pg_signal_backend") {
		t.Errorf("without the right: %v", err)
	}
	must(t, ada.Ping(t.Context()))
	off := false
	c := r.config
	c.EndSessions = &off
	if _, ends := r.open(t, c).(targets.SessionEnder); ends {
		t.Error("switched off, it still says that it ends sessions")
	}
}

func TestProbe(t *testing.T) {
	r := start(t, nil)
	r.sql(t, "CREATE ROLE eng", "CREATE ROLE boss SUPERUSER")
	failed := func() (out []string) {
		report, err := r.target.Probe(t.Context())
		must(t, err)
		if !report.Reachable || !strings.HasPrefix(report.Version, "PostgreSQL 1") {
			t.Errorf("report %+v", report)
		}
		for _, f := range report.Findings {
			if !f.OK {
				out = append(out, f.Check+": "+f.Detail)
			}
		}
		return out
	}
	cannotGive := "give roles: the hub's role may not give eng"
	var want []string
	if r.version >= 160000 {
		want = []string{cannotGive}
	}
	if diff := cmp.Diff(want, failed()); diff != "" {
		t.Errorf("with all rights (-want +got):\n%s", diff)
	}
	r.sql(t, "GRANT eng TO hub WITH ADMIN OPTION")
	if got := failed(); got != nil {
		t.Errorf("with ADMIN OPTION: %q", got)
	}
	r.sql(t, "REVOKE eng FROM hub", "REVOKE pg_signal_backend FROM hub", "ALTER ROLE hub NOCREATEROLE")
	got := strings.Join(failed(), "\n")
	for _, says := range []string{cannotGive, "no CREATEROLE", "may not end sessions"} {
		if !strings.Contains(got, says) {
			t.Errorf("without rights it does not say %q:\n%s", says, got)
		}
	}
}

// What cannot work says why, and never the password.
func TestConnecting(t *testing.T) {
	r := start(t, nil)
	for name, tt := range map[string]struct {
		url, says string
		kind      identity.Kind
	}{
		"wrong password":    {r.as("hub", "wrong-s3cret", r.address.Host), "check the user, password", identity.Denied},
		"no such database":  {strings.Replace(r.as("hub", hubPassword, r.address.Host), r.address.Path, "/nowhere", 1), "does not exist", identity.Denied},
		"nobody there":      {r.as("hub", "wrong-s3cret", "127.0.0.1:1"), "refused", identity.Unavailable},
		"no address":        {"postgres://hub:wrong-s3cret@[", "write postgres://", identity.Invalid},
		"plain text abroad": {"postgres://hub:wrong-s3cret@192.0.2.1/x?sslmode=disable&connect_timeout=1", "", identity.Unavailable},
	} {
		c := r.config
		c.URL = secret.Value(tt.url)
		_, err := targets.ReadState(t.Context(), r.open(t, c), targets.Query{})
		if identity.KindOf(err) != tt.kind || !strings.Contains(fmt.Sprint(err), tt.says) || strings.Contains(fmt.Sprint(err), "s3cret") {
			t.Errorf("%s: kind %s: %v", name, identity.KindOf(err), err)
		}
	}
}

func TestConfigTellsEveryFault(t *testing.T) {
	c := postgres.Config{Ignore: []string{"[", ""}, Timeout: -1}
	if faults := c.Validate(); len(faults) != 4 {
		t.Errorf("faults: %v", faults)
	}
	good := postgres.Config{URL: secret.Value("postgres://x@localhost/y")}
	_, err := good.Open(targets.Env{Name: "db", Map: []targets.Mapping{{To: "x", From: "email"}}})
	if identity.KindOf(err) != identity.Invalid {
		t.Errorf("a map: %v", err)
	}
}

// Each grantor's grant is one of its own from PostgreSQL 16 on: all of them go.
func TestEveryGrantorsGrantGoes(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "deputy", ""))
	deputise := "GRANT deputy TO hub"
	if r.version >= 160000 {
		deputise += " WITH INHERIT TRUE"
	}
	r.sql(t, "GRANT eng TO deputy WITH ADMIN OPTION", deputise, "SET ROLE deputy", "GRANT eng TO ada", "RESET ROLE")
	r.do(t, on(targets.Add, "ada", "eng"), on(targets.Remove, "ada", "eng"))
	if got := r.holders(t, "eng"); got != "deputy" {
		t.Errorf("eng is held by %q", got)
	}
	if r.version < 160000 {
		return
	}
	r.sql(t, "REVOKE INHERIT OPTION FOR deputy FROM hub", "SET ROLE deputy", "GRANT eng TO ada", "RESET ROLE")
	if got := r.apply(t, on(targets.Remove, "ada", "eng"))[0]; got.Outcome != targets.Refused {
		t.Errorf("a grant that the hub may not take back: %s: %v", got.Outcome, got.Err)
	}
	if got := r.holders(t, "eng"); !strings.Contains(got, "ada") {
		t.Errorf("eng is held by %q", got)
	}
}
