package mysql_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/mariadbtest"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/mysql"

	"github.com/google/go-cmp/cmp"
)

func TestStrangeNames(t *testing.T) {
	r := start(t, nil)
	for _, name := range []string{`o'brien`, "back`tick", `"quoted"`, "ada@example.com", "Jörg Ünal", `back\slash'; DROP ROLE eng; --`, strings.Repeat("ü", 127) + "x"} {
		role := strings.ToUpper(name)
		r.do(t, on(targets.CreateEntitlement, "", role), on(targets.CreateAccount, name, ""), on(targets.Add, name, role))
		if got := r.holders(t, role); got != name {
			t.Errorf("%q is held by %q", role, got)
		}
		r.do(t, on(targets.Remove, name, role))
		if got := r.holders(t, role); got != "" {
			t.Errorf("%q is still held by %q", role, got)
		}
	}
}

func TestNamesThatNobodyCanHave(t *testing.T) {
	r := start(t, nil)
	for name, says := range map[string]string{
		strings.Repeat("ü", 129): "has 129 characters", "owl 🦉": "cannot write", "a\x00b": "cannot write", "blank ": "ends with a blank",
		"root": "the server's own", "mysql.sys": "the server's own", "PUBLIC": "the server's own", "mariadb.sys": "the server's own",
	} {
		for _, op := range []targets.Op{on(targets.CreateAccount, name, ""), on(targets.CreateEntitlement, "", name)} {
			got := r.apply(t, op)[0]
			if got.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(got.Err), says) {
				t.Errorf("%s %q: %s: %v", op.Action, name, got.Outcome, got.Err)
			}
		}
	}
}

// An account is a user at a host: the hub's are those at the configured one, and others
// are told apart from users whose names hold an @.
func TestAccountsAtOtherHosts(t *testing.T) {
	r := start(t, func(c *mysql.Config) { c.Host = "10.%" })
	r.sql(t, "CREATE USER 'ada'@'localhost'")
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "ada@localhost", ""),
		on(targets.Add, "ada", "eng"), on(targets.Add, "'ada'@'localhost'", "eng"))
	got := map[string]string{}
	for _, a := range r.read(t).Accounts {
		got[a.Name] = a.ID
	}
	want := map[string]string{"ada": "'ada'@'10.%'", "ada@localhost": "'ada@localhost'@'10.%'", "'ada'@'localhost'": "'ada'@'localhost'"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	if got := r.holders(t, "eng"); got != "ada 'ada'@'localhost'" {
		t.Errorf("eng is held by %s", got)
	}
	r.do(t, on(targets.DeleteAccount, "ada@localhost", ""), on(targets.Remove, "ada", "eng"))
	if got := r.holders(t, "eng"); got != "'ada'@'localhost'" {
		t.Errorf("eng is held by %s", got)
	}
}

// What the server needs, and whoever may do everything, is out of a policy's reach.
func TestWhatIsNeverChanged(t *testing.T) {
	r := start(t, func(c *mysql.Config) { c.Ignore = []string{"app_*"} })
	r.sql(t, "CREATE USER app_web@'%'", "CREATE ROLE kings", "GRANT SUPER ON *.* TO kings")
	r.role(t, "app_all")
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"))
	for says, ops := range map[string][]targets.Op{
		"SUPER": {on(targets.Add, mariadbtest.Superuser, "eng"), on(targets.DisableAccount, mariadbtest.Superuser, ""), on(targets.Add, "ada", "kings"),
			on(targets.CreateAccount, mariadbtest.Superuser, "")},
		"server's own":   {on(targets.DisableAccount, "'root'@'localhost'", ""), on(targets.DeleteAccount, "'mariadb.sys'@'localhost'", "")},
		"connects as":    {on(targets.Add, "hub", "eng"), on(targets.DisableAccount, "hub", "")},
		"one to ignore,": {on(targets.Add, "app_web", "eng"), on(targets.Add, "ada", "app_all"), on(targets.CreateAccount, "app_new", "")},
	} {
		for _, op := range ops {
			if got := r.apply(t, op)[0]; got.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(got.Err), says) {
				t.Errorf("%s %s: %s: %v; want refused, for %q", op.Action, op.Object(), got.Outcome, got.Err, says)
			}
		}
	}
	s := r.read(t)
	seen := []string{}
	for _, a := range s.Accounts {
		seen = append(seen, a.Name)
	}
	for _, e := range s.Entitlements {
		seen = append(seen, fmt.Sprint(e.Address.ID, e.ReadOnly))
	}
	if diff := cmp.Diff([]string{"ada", mariadbtest.Superuser, "engfalse", "kingstrue"}, seen); diff != "" {
		t.Errorf("what is seen (-want +got):\n%s", diff)
	}
}

// A role that is granted and not active is of no use: MariaDB makes one active at login.
func TestTheDefaultRoleIsKeptUp(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"), on(targets.CreateEntitlement, "", "ops"), on(targets.CreateEntitlement, "", "dev"))
	active := func() string {
		t.Helper()
		var role *string
		must(t, r.login(t, "ada").QueryRowContext(t.Context(), "SELECT CURRENT_ROLE()").Scan(&role))
		if role == nil {
			return ""
		}
		return *role
	}
	for _, step := range []struct {
		op   targets.Op
		want string
	}{
		{on(targets.Add, "ada", "eng"), "eng"},
		{on(targets.Add, "ada", "ops"), "eng"},
		{on(targets.Add, "ada", "dev"), "eng"},
		{on(targets.Remove, "ada", "ops"), "eng"},
		{on(targets.Remove, "ada", "eng"), "dev"},
		{on(targets.Remove, "ada", "dev"), ""},
		{on(targets.Add, "ada", "ops"), "ops"},
	} {
		r.do(t, step.op)
		if got := active(); got != step.want {
			t.Errorf("after %s %s: %q is active at login, want %q", step.op.Action, step.op.Entitlement, got, step.want)
		}
	}
	if got := r.ask(t, "SELECT default_role FROM mysql.user WHERE User = 'ada'"); got != "ops" {
		t.Errorf("the default role is %q", got)
	}
	off := false
	c := r.config
	c.DefaultRoles = &off
	r.target = r.open(t, c)
	r.do(t, on(targets.Remove, "ada", "ops"), on(targets.Add, "ada", "eng"))
	if got := active(); got != "" {
		t.Errorf("left alone, %q is active at login", got)
	}
}

// A reply that is lost between giving a role and making it active is made good.
func TestALostDefaultRoleIsMadeGood(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"))
	r.proxy.set(func() { r.proxy.drop = regexp.MustCompile("^SET DEFAULT") })
	for _, want := range []targets.Outcome{targets.Unknown, targets.Done, targets.Already} {
		if got := r.apply(t, on(targets.Add, "ada", "eng"))[0]; got.Outcome != want {
			t.Errorf("%s: %v, want %s", got.Outcome, got.Err, want)
		}
	}
	if got := r.ask(t, "SELECT default_role FROM mysql.user WHERE User = 'ada'"); got != "eng" {
		t.Errorf("the default role is %q", got)
	}
}

// A role that may be given and not made active is not given at all.
func TestARoleThatCannotBeActiveIsTakenBack(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"))
	r.sql(t, "REVOKE UPDATE ON mysql.* FROM hub@'%'")
	got := r.apply(t, on(targets.Add, "ada", "eng"))[0]
	if got.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(got.Err), "GRANT UPDATE ON mysql.*") {
		t.Errorf("%s: %v", got.Outcome, got.Err)
	}
	if holders := r.holders(t, "eng"); holders != "" {
		t.Errorf("refused, and held by %q", holders)
	}
}

// An account that the hub makes lets nobody in until somebody says how.
func TestNobodyLogsInToANewAccount(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateAccount, "ada", ""))
	for _, password := range []string{"", "invalid", "ada"} {
		if db, err := server.Connect(t.Context(), "ada", password); err == nil {
			db.Close()
			t.Errorf("the password %q lets in", password)
		}
	}
	must(t, r.login(t, "ada").PingContext(t.Context()))
	c := r.config
	c.Login = mysql.Login{Plugin: "unix_socket", Using: "it's"}
	r.target = r.open(t, c)
	r.do(t, on(targets.CreateAccount, "bob", ""))
	if got := r.ask(t, "SELECT CONCAT(plugin, ' ', authentication_string) FROM mysql.user WHERE User = 'bob'"); got != "unix_socket it's" {
		t.Errorf("bob is looked at by %s", got)
	}
	c.Login = mysql.Login{Plugin: "no_such_thing"}
	r.target = r.open(t, c)
	if got := r.apply(t, on(targets.CreateAccount, "eve", ""))[0]; got.Outcome != targets.Refused || !strings.Contains(fmt.Sprint(got.Err), "login.plugin") {
		t.Errorf("a plugin that is not there: %s: %v", got.Outcome, got.Err)
	}
}

// Statements are no transaction: one that is refused, or lost, undoes no other, and
// nobody says more of any than is known.
func TestEachOpByItself(t *testing.T) {
	r := start(t, nil)
	r.do(t, on(targets.CreateEntitlement, "", "eng"), on(targets.CreateAccount, "ada", ""), on(targets.CreateAccount, "bob", ""))
	r.sql(t, "CREATE ROLE theirs")
	ops := []targets.Op{on(targets.CreateAccount, "eve", ""), on(targets.Add, "ada", "theirs"), on(targets.Add, "ada", "eng"), on(targets.Add, "bob", "eng")}
	check := func(results []targets.Result, want ...targets.Outcome) {
		t.Helper()
		for i, got := range results {
			if got.Outcome != want[i] {
				t.Errorf("op %d: %s: %v, want %s", i, got.Outcome, got.Err, want[i])
			}
		}
	}
	r.proxy.set(func() { r.proxy.lose = regexp.MustCompile("^GRANT `eng`.*ada") })
	results := r.apply(t, ops...)
	check(results, targets.Done, targets.Refused, targets.Unknown, targets.Unreachable)
	if err := fmt.Sprint(results[1].Err); !strings.Contains(err, "1698") || !strings.Contains(err, "target check") {
		t.Errorf("the refusal does not help: %v", err)
	}
	check(r.apply(t, ops...), targets.Already, targets.Refused, targets.Done, targets.Done)
	if got := r.holders(t, "eng"); got != "ada bob" {
		t.Errorf("eng is held by %q", got)
	}
}

// The fewest statements that do it: two looks around whatever changes.
func TestHowMuchIsSent(t *testing.T) {
	r := start(t, nil)
	ops := []targets.Op{on(targets.CreateEntitlement, "", "eng")}
	for i := range 20 {
		name := fmt.Sprintf("p%02d", i)
		ops = append(ops, on(targets.CreateAccount, name, ""), on(targets.Add, name, "eng"))
	}
	r.do(t, ops...)
	before := r.target.(targets.Counter).Calls()
	r.do(t, ops...)
	if got := r.target.(targets.Counter).Calls() - before; got != 3 {
		t.Errorf("%d statements where nothing is to do, want 3: who we are, accounts, grants", got)
	}
	r.proxy.set(func() {
		if len(r.proxy.writes) != 61 {
			t.Errorf("%d statements that change something, want 61: %q", len(r.proxy.writes), r.proxy.writes[:5])
		}
	})
}

// Somebody renames an account by hand: to the hub, which knows it by nothing else, one
// is gone and another one there.
func TestRenamedByHand(t *testing.T) {
	r := start(t, nil)
	was := r.do(t, on(targets.CreateAccount, "ada", ""), on(targets.CreateEntitlement, "", "eng"), on(targets.Add, "ada", "eng"))[0]
	r.sql(t, "RENAME USER ada@'%' TO grace@'%'")
	old := targets.Account{ID: was.AccountID, Name: "grace"}
	if got := r.apply(t, targets.Op{Action: targets.Remove, Account: old, Entitlement: entitlement("eng")})[0]; got.Outcome != targets.Stale {
		t.Errorf("by its old id: %s: %v", got.Outcome, got.Err)
	}
	if got := r.holders(t, "eng"); got != "grace" {
		t.Errorf("eng is held by %q", got)
	}
}

func TestConfigTellsEveryFault(t *testing.T) {
	c := mysql.Config{Ignore: []string{"[", ""}, Timeout: -1, Host: "a b", Login: mysql.Login{Plugin: "mysql_native_password"}}
	if faults := c.Validate(); len(faults) != 6 {
		t.Errorf("faults: %v", faults)
	}
	for _, l := range []mysql.Login{{Using: "x"}, {Plugin: "pam; DROP"}, {Plugin: "pam", Using: "\x00"}} {
		if faults := (&mysql.Config{Simulate: true, Login: l}).Validate(); len(faults) != 1 {
			t.Errorf("%+v: faults %v", l, faults)
		}
	}
	good := mysql.Config{URL: secret.Value("mysql://x@localhost")}
	_, err := good.Open(targets.Env{Name: "db", Map: []targets.Mapping{{To: "x", From: "email"}}})
	if identity.KindOf(err) != identity.Invalid {
		t.Errorf("a map: %v", err)
	}
}
