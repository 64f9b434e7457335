package mysql_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/mariadbtest"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/mysql"
)

var server = mariadbtest.New()

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// hubPassword is what the hub's own account logs in with.
const hubPassword = "hub-s3cret/?#"

// rig is a server with an account for the hub, a proxy before it and a target that
// uses both. Accounts belong to the whole server: those of a rig are gone with its test.
type rig struct {
	admin  *sql.DB // the superuser's, past the proxy
	proxy  *proxy
	config mysql.Config
	target targets.Target
	log    *logBuffer
}

func start(t testing.TB, change func(*mysql.Config)) *rig {
	t.Helper()
	r := &rig{log: new(logBuffer), admin: server.Admin(t)}
	t.Cleanup(func() { must(t, server.Clear(context.Background())) })
	r.sql(t, "CREATE USER hub@'%' IDENTIFIED BY '"+hubPassword+"'", "GRANT SELECT, UPDATE ON mysql.* TO hub@'%'",
		"GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO hub@'%'")
	r.proxy = startProxy(t, server.Address())
	r.config = mysql.Config{
		URL:   secret.Value(as("hub", hubPassword, r.proxy.address)),
		Roles: mysql.Roles{Create: true}, Ignore: []string{mariadbtest.Superuser},
	}
	if change != nil {
		change(&r.config)
	}
	r.target = r.open(t, r.config)
	return r
}

// as is the address for somebody, by way of a host.
func as(name, password, host string) string {
	u := url.URL{Scheme: "mysql", User: url.UserPassword(name, password), Host: host}
	return u.String()
}

func (r *rig) open(t testing.TB, c mysql.Config) targets.Target {
	t.Helper()
	must(t, errors.Join(c.Validate()...))
	target, err := c.Open(targets.Env{Name: "db", Log: slog.New(slog.NewTextHandler(r.log, nil)), Now: time.Now})
	must(t, err)
	t.Cleanup(func() { must(t, target.(targets.Closer).Close()) })
	return target
}

// sql does something by hand, as a superuser.
func (r *rig) sql(t testing.TB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := r.admin.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// ask returns the first value of an answer.
func (r *rig) ask(t testing.TB, query string) string {
	t.Helper()
	var value sql.NullString
	must(t, r.admin.QueryRowContext(t.Context(), query).Scan(&value))
	return value.String
}

func quoted(name string) string { return mariadbtest.Quoted(name) }

// anywhere is the account of a name at the usual host.
func anywhere(name string) string { return quoted(name) + "@'%'" }

// apply does ops and returns what became of them.
func (r *rig) apply(t testing.TB, ops ...targets.Op) []targets.Result {
	t.Helper()
	return r.target.Apply(t.Context(), ops)
}

// do fails unless every op went through.
func (r *rig) do(t testing.TB, ops ...targets.Op) []targets.Result {
	t.Helper()
	results := r.apply(t, ops...)
	for i, res := range results {
		if !res.Outcome.OK() {
			t.Fatalf("%s %s: %s: %v", ops[i].Action, ops[i].Object(), res.Outcome, res.Err)
		}
	}
	return results
}

func on(action targets.Action, account, role string) targets.Op {
	op := targets.Op{Action: action, Account: targets.Account{Name: account, Active: true}}
	if role != "" {
		op.Entitlement = entitlement(role)
	}
	return op
}

func entitlement(role string) identity.Entitlement {
	return identity.Entitlement{Target: "db", Kind: "role", ID: role}
}

func (r *rig) read(t testing.TB) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	must(t, err)
	return s
}

// holders are the names of those who hold a role directly.
func (r *rig) holders(t testing.TB, role string) string {
	t.Helper()
	s, names := r.read(t), map[string]string{}
	for _, a := range s.Accounts {
		names[a.ID] = a.Name
	}
	var out []string
	for _, a := range s.Assignments {
		if a.Entitlement == entitlement(role) && !a.Indirect {
			out = append(out, names[a.AccountID])
		}
	}
	return strings.Join(out, " ")
}

// login opens a real session of an account.
func (r *rig) login(t testing.TB, name string) *sql.Conn {
	t.Helper()
	r.sql(t, "ALTER USER "+anywhere(name)+" IDENTIFIED BY 'theirs'")
	db, err := server.Connect(t.Context(), name, "theirs")
	must(t, err)
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	must(t, err)
	return conn
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type logBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func errorsOf(c mysql.Config) error { return errors.Join(c.Validate()...) }

// begun is what others have made before the hub came.
func begun(s targets.State) func(context.Context) (targets.State, error) {
	return func(context.Context) (targets.State, error) { return s, nil }
}
