package mariadbtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Quoted is a name for statements.
func Quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// initialise makes the system tables. The server does not run as root, so that root
// hands the folder and the processes to another user.
func (s *Server) initialise(install string) error {
	identity, err := runAs()
	if err != nil {
		return err
	}
	first := filepath.Join(s.dir, "first.sql")
	text := "CREATE USER " + Superuser + "@'%' IDENTIFIED BY '" + Password + "';\nGRANT ALL ON *.* TO " + Superuser + "@'%' WITH GRANT OPTION;\n"
	if err := os.WriteFile(first, []byte(text), 0o600); err != nil {
		return err
	}
	if identity != nil {
		for _, path := range []string{s.dir, first} {
			if err := os.Chown(path, int(identity.Uid), int(identity.Gid)); err != nil {
				return err
			}
		}
	}
	cmd := s.command(identity, install, "--no-defaults", "--datadir="+s.data(), "--auth-root-authentication-method=normal",
		"--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=4M")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	return nil
}

// listen starts the server. Another process may take the free port first; then it is
// tried again with another one.
func (s *Server) listen(daemon string) error {
	var err error
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.serve(daemon); err == nil {
			return nil
		}
	}
	return err
}

// serve starts the server and waits until it says that it is ready.
func (s *Server) serve(daemon string) error {
	identity, err := runAs()
	if err != nil {
		return err
	}
	cmd := s.command(identity, daemon, "--no-defaults", "--datadir="+s.data(), "--bind-address=127.0.0.1", "--port="+strconv.Itoa(s.port),
		"--socket="+filepath.Join(s.dir, "s"), "--pid-file="+filepath.Join(s.dir, "pid"), "--init-file="+filepath.Join(s.dir, "first.sql"),
		"--skip-name-resolve", "--skip-log-bin", "--skip-performance-schema", "--innodb-flush-log-at-trx-commit=0",
		"--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M", "--innodb-fast-shutdown=2", "--max-connections=200")
	dieWithParent(cmd.SysProcAttr)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready, ended, said := make(chan struct{}), make(chan struct{}), new(strings.Builder)
	go func() {
		defer close(ended)
		listen(stderr, said, ready)
		_ = cmd.Wait() // an error is how it ends when it is told to
	}()
	select {
	case <-ready:
		s.proc, s.ended = cmd, ended
		return nil
	case <-ended:
		return fmt.Errorf("mariadbd did not start: %s", said)
	case <-time.After(startTimeout):
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("mariadbd was not ready within %v: %s", startTimeout, said)
	}
}

// listen reads what the server says, and closes ready when it is.
func listen(from io.Reader, said *strings.Builder, ready chan struct{}) {
	waiting := true
	for lines := bufio.NewScanner(from); lines.Scan(); {
		if !waiting {
			continue
		}
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "ready for connections") {
			waiting = false
			close(ready)
		}
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(identity *syscall.Credential, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: identity}
	return cmd
}

// runAs returns who runs the server: nil for the current user, and for root the user
// mysql or nobody.
func runAs() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"mysql", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("root may not run MariaDB and there is neither a user mysql nor nobody; run the tests as another user")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
