package mariadbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	protocol "github.com/go-sql-driver/mysql"
)

// Superuser is who may do everything on the server, with Password. Tests look for the
// password in what must not show it.
const (
	Superuser = "boss"
	Password  = "mariadbtest-s3cret/?#"
)

const startTimeout = 90 * time.Second

// Server is a MariaDB server that starts when it is first asked for.
type Server struct {
	start sync.Once
	err   error // why it did not start
	dir   string
	port  int
	proc  *exec.Cmd
	ended chan struct{}
	admin *sql.DB
}

// New returns a server that is not started yet.
func New() *Server { return new(Server) }

// Start makes sure that the server runs.
func (s *Server) Start() error {
	s.start.Do(func() { s.err = s.launch() })
	return s.err
}

// Admin returns the superuser's connections; the server is started if need be.
func (s *Server) Admin(t testing.TB) *sql.DB {
	t.Helper()
	if err := s.Start(); err != nil {
		t.Fatalf("this test needs a MariaDB server: %v", err)
	}
	return s.admin
}

// DB is Admin for those who are no test.
func (s *Server) DB() (*sql.DB, error) {
	err := s.Start()
	return s.admin, err
}

// Address is the host and port of the server.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is the address of the server for somebody.
func (s *Server) URL(user, password string) string {
	u := url.URL{Scheme: "mysql", User: url.UserPassword(user, password), Host: s.Address()}
	return u.String()
}

// Connect logs somebody in, and fails where that does not work.
func (s *Server) Connect(ctx context.Context, user, password string) (*sql.DB, error) {
	db, err := s.open(user, password)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (s *Server) open(user, password string) (*sql.DB, error) {
	config := protocol.NewConfig()
	config.User, config.Passwd, config.Net, config.Addr = user, password, "tcp", s.Address()
	config.Logger = log{}
	connector, err := protocol.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// log keeps the driver quiet: that connections are ended is what tests are about.
type log struct{}

func (log) Print(...any) {}

// Clear takes away every account and role but the server's own and the superuser.
func (s *Server) Clear(ctx context.Context) error {
	rows, err := s.admin.QueryContext(ctx, "SELECT User, Host FROM mysql.global_priv WHERE User NOT IN ('root', 'mariadb.sys', 'PUBLIC', '"+Superuser+"')")
	if err != nil {
		return err
	}
	defer rows.Close()
	var statements []string
	for rows.Next() {
		var user, host string
		if err := rows.Scan(&user, &host); err != nil {
			return err
		}
		statements = append(statements, dropping(user, host))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := s.admin.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func dropping(user, host string) string {
	if host == "" {
		return "DROP ROLE " + Quoted(user)
	}
	return "DROP USER " + Quoted(user) + "@" + Quoted(host)
}

// Stop ends the server, if it was started, and removes its folder.
func (s *Server) Stop() {
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if s.proc != nil {
		// An error means that it has ended.
		_ = s.proc.Process.Signal(syscall.SIGTERM)
		<-s.ended
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// launch makes the system tables and starts the server.
func (s *Server) launch() error {
	install, daemon, err := binaries()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "mariadbtest-"); err != nil {
		return err
	}
	if err := s.initialise(install); err != nil {
		return err
	}
	if err := s.listen(daemon); err != nil {
		return err
	}
	s.admin, err = s.open(Superuser, Password)
	return err
}

// binaries finds the programs on the PATH, or where Debian keeps them.
func binaries() (install, daemon string, err error) {
	for name, into := range map[string]*string{"mariadb-install-db": &install, "mariadbd": &daemon} {
		path, err := exec.LookPath(name)
		if err != nil {
			if path, err = exec.LookPath(filepath.Join("/usr/sbin", name)); err != nil {
				return "", "", fmt.Errorf("%s is not there; install it, on Debian with: apt-get install mariadb-server", name)
			}
		}
		*into = path
	}
	return install, daemon, nil
}
