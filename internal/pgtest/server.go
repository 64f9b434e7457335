package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password is the server's superuser password. Tests look for it in what must
// not show it.
const Password = "pgtest-s3cret/?#"

const (
	template     = "template_prepared"
	startTimeout = 90 * time.Second
)

// Server is a PostgreSQL server that starts when it is first asked for.
type Server struct {
	prepare func(ctx context.Context, url string) error

	start sync.Once
	err   error // why it did not start
	dir   string
	port  int
	proc  *exec.Cmd
	ended chan struct{}

	mu     sync.Mutex // one clone at a time: the template must have no other user
	number int
}

// New returns a server whose databases are all copies of one that prepare has
// filled; with a nil prepare they are empty.
func New(prepare func(ctx context.Context, url string) error) *Server {
	return &Server{prepare: prepare}
}

// URL returns the address of a database that t has to itself. It is dropped
// when t ends.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	return s.database(t, template)
}

// EmptyURL is URL without what prepare did.
func (s *Server) EmptyURL(t testing.TB) string {
	t.Helper()
	return s.database(t, "template0")
}

// Started starts the server for a program that is no test, and returns the address of
// a database of its own. The program calls Stop.
func (s *Server) Started() (string, error) {
	s.start.Do(func() { s.err = s.launch() })
	return s.address(template), s.err
}

func (s *Server) database(t testing.TB, from string) string {
	t.Helper()
	s.start.Do(func() { s.err = s.launch() })
	if s.err != nil {
		t.Fatalf("this test needs a PostgreSQL server: %v", s.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	name := "t" + strconv.Itoa(s.number)
	if err := s.admin("CREATE DATABASE " + name + " TEMPLATE " + from); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return s.address(name)
}

// address is the URL of a database of the server.
func (s *Server) address(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, Password),
		Host: "127.0.0.1:" + strconv.Itoa(s.port), Path: database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (s *Server) admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// Stop ends the server, if it was started, and removes its folder. Call it once
// all tests are done.
func (s *Server) Stop() {
	if s.proc != nil {
		// Interrupt is PostgreSQL's fast shutdown; an error means it has ended.
		_ = s.proc.Process.Signal(os.Interrupt)
		<-s.ended
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// launch makes the cluster, starts the server and prepares the template.
func (s *Server) launch() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "pgtest-"); err != nil {
		return err
	}
	if err := s.initialise(bin); err != nil {
		return err
	}
	if err := s.listen(bin); err != nil {
		return err
	}
	if err := s.admin("CREATE DATABASE " + template + " TEMPLATE template0"); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	if s.prepare == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := s.prepare(ctx, s.address(template)); err != nil {
		return fmt.Errorf("prepare the template: %w", err)
	}
	return nil
}

// binaries finds the folder of initdb and postgres: on the PATH or where Debian
// keeps them, newest first.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("initdb is not there; install it, on Debian with: apt-get install postgresql")
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	return filepath.Dir(found[0]), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}
