package pgtest

import (
	"bufio"
	"errors"
	"fmt"
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

const superuser = "birthright"

// initialise runs initdb. PostgreSQL refuses to run as root, so root hands the
// folder and the processes to another user.
func (s *Server) initialise(bin string) error {
	identity, err := runAs()
	if err != nil {
		return err
	}
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(Password), 0o600); err != nil {
		return err
	}
	if identity != nil {
		for _, path := range []string{s.dir, secret} {
			if err := os.Chown(path, int(identity.Uid), int(identity.Gid)); err != nil {
				return err
			}
		}
	}
	cmd := s.command(identity, filepath.Join(bin, "initdb"), "--pgdata="+s.data(), "--username="+superuser,
		"--pwfile="+secret, "--auth-local=reject", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// listen starts the server. Another process may take the free port first; then
// it is tried again with another one.
func (s *Server) listen(bin string) error {
	var err error
	for range 5 {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.serve(bin); err == nil {
			return nil
		}
	}
	return err
}

// serve starts the server and waits until it says that it is ready.
func (s *Server) serve(bin string) error {
	identity, err := runAs()
	if err != nil {
		return err
	}
	cmd := s.command(identity, filepath.Join(bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "log_destination=stderr", "-c", "logging_collector=off", "-c", "lc_messages=C")
	dieWithParent(cmd.SysProcAttr)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready, ended := make(chan struct{}), make(chan struct{})
	var said strings.Builder
	go func() {
		defer close(ended)
		waiting := true
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if waiting {
				said.WriteString(lines.Text() + "\n")
				if strings.Contains(lines.Text(), "ready to accept connections") {
					waiting = false
					close(ready)
				}
			}
		}
		_ = cmd.Wait() // an error is how it ends when it is told to
	}()
	select {
	case <-ready:
		s.proc, s.ended = cmd, ended
		return nil
	case <-ended:
		return fmt.Errorf("postgres did not start: %s", said.String())
	case <-time.After(startTimeout):
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("postgres was not ready within %v: %s", startTimeout, said.String())
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

// runAs returns who runs the server: nil for the current user, and for root the
// user postgres or nobody.
func runAs() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
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
	return nil, errors.New("root may not run PostgreSQL and there is neither a user postgres nor nobody; run the tests as another user")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
