package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/pgtest"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/postgres"

	"github.com/jackc/pgx/v5"
)

var server = pgtest.New(nil)

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// hubPassword is what the hub's own role logs in with.
const hubPassword = "hub-s3cret"

// rig is a server with a role for the hub, a proxy before it and a target that uses
// both. Roles belong to the whole server: those of a rig are gone with its test.
type rig struct {
	admin   *pgx.Conn
	address *url.URL // the superuser's, past the proxy
	proxy   *proxy
	config  postgres.Config
	target  targets.Target
	log     *logBuffer
	version int
}

func start(t testing.TB, change func(*postgres.Config)) *rig {
	t.Helper()
	r := &rig{log: new(logBuffer)}
	address, err := url.Parse(server.URL(t))
	must(t, err)
	r.address = address
	r.admin, err = pgx.Connect(t.Context(), address.String())
	must(t, err)
	t.Cleanup(func() { r.clear(t); r.admin.Close(context.Background()) })
	must(t, r.admin.QueryRow(t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&r.version))
	r.sql(t, "CREATE ROLE hub LOGIN CREATEROLE PASSWORD '"+hubPassword+"'", "GRANT pg_signal_backend TO hub")
	r.proxy = startProxy(t, address.Host)
	r.config = postgres.Config{
		URL: secret.Value(r.as("hub", hubPassword, r.proxy.address)), Roles: postgres.Roles{Create: true},
		Ignore: []string{"hub", "pg_*", address.User.Username()},
	}
	if change != nil {
		change(&r.config)
	}
	r.target = r.open(t, r.config)
	return r
}

// as is the address for somebody, by way of a host.
func (r *rig) as(name, password, host string) string {
	u := *r.address
	u.User, u.Host = url.UserPassword(name, password), host
	return u.String()
}

func (r *rig) open(t testing.TB, c postgres.Config) targets.Target {
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
		if _, err := r.admin.Exec(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// clear drops every role that a test made.
func (r *rig) clear(t testing.TB) {
	rows, err := r.admin.Query(context.Background(), "SELECT rolname::text FROM pg_roles WHERE oid >= 16384")
	must(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	for range names { // grantors go after what they granted
		left := names[:0]
		for _, n := range names {
			if _, err := r.admin.Exec(context.Background(), "DROP OWNED BY "+quoted(n)+" CASCADE; DROP ROLE "+quoted(n)); err != nil {
				left = append(left, n)
			}
		}
		names = left
	}
	if len(names) > 0 {
		t.Errorf("roles are left: %q", names)
	}
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

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
func (r *rig) login(t testing.TB, name string) *pgx.Conn {
	t.Helper()
	r.sql(t, "ALTER ROLE "+quoted(name)+" PASSWORD 'theirs'")
	conn, err := pgx.Connect(t.Context(), r.as(name, "theirs", r.address.Host))
	must(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
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
