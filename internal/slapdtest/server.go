package slapdtest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"birthright/internal/ldapprocess"
	"birthright/internal/testcert"

	"github.com/go-ldap/ldap/v3"
)

// Server is one slapd. Its exported fields do not change, also not over Restart.
type Server struct {
	URL    string // ldap://127.0.0.1:PORT, which also offers StartTLS
	TLSURL string // ldaps://127.0.0.1:PORT
	CAFile string // the throw-away CA that signed the server's certificate
	Suffix string // the first suffix

	AdminDN, AdminPassword   string // may do everything, under every suffix
	ReaderDN, ReaderPassword string // an ordinary user: limits and access rules count

	opts   Options
	layout layout
	proc   *ldapprocess.Process
}

// Run starts a server whose files are kept in dir, which must exist and be
// empty. The caller stops it.
func Run(dir string, opts Options) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	l, err := findLayout(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		CAFile: l.path("ca.pem"), AdminDN: adminDN, AdminPassword: adminPassword,
		ReaderDN: readerDN, ReaderPassword: readerPassword, opts: opts.withDefaults(), layout: l,
	}
	s.Suffix = s.opts.Suffixes[0]
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("prepare slapd in %s: %w", dir, err)
	}
	return s, s.startOnFreePorts()
}

// prepare writes everything that slapd reads.
func (s *Server) prepare() error {
	for i := -1; i < len(s.opts.Suffixes); i++ {
		if err := os.MkdirAll(s.layout.database(i), 0o700); err != nil {
			return err
		}
	}
	if err := testcert.Write(s.layout.dir, net.IPv4(127, 0, 0, 1)); err != nil {
		return err
	}
	if err := os.WriteFile(s.layout.path("slapd.conf"), []byte(s.opts.conf(s.layout)), 0o600); err != nil {
		return err
	}
	return s.slapadd(accountsSuffix, accountsLDIF)
}

// startOnFreePorts tries a few times: between finding a free port and slapd's
// own bind another process may take it.
func (s *Server) startOnFreePorts() error {
	var faults []error
	for range 5 {
		plain, tls, err := freePorts()
		if err != nil {
			return err
		}
		s.URL, s.TLSURL = "ldap://"+plain, "ldaps://"+tls
		if err := s.Restart(); err == nil {
			return nil
		} else {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// freePorts returns two loopback addresses that nobody listens on.
func freePorts() (plain, tls string, err error) {
	a, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer a.Close()
	b, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	defer b.Close()
	return a.Addr().String(), b.Addr().String(), nil
}

// Restart starts the server on the ports and with the data it had, stopping it
// first if it runs. It returns once the server answers.
func (s *Server) Restart() error {
	if err := s.Stop(); err != nil {
		return err
	}
	proc, err := s.layout.start(s.URL, s.TLSURL)
	if err != nil {
		return err
	}
	s.proc = proc
	return nil
}

// Stop ends the server and waits for its process; a stopped server may be
// stopped again.
func (s *Server) Stop() error {
	if s.proc == nil {
		return nil
	}
	proc := s.proc
	s.proc = nil
	return proc.Stop()
}

// Kill ends the server at once, as a crash would: connections are cut in the
// middle of an answer.
func (s *Server) Kill() error {
	if s.proc == nil {
		return nil
	}
	proc := s.proc
	s.proc = nil
	return proc.Kill()
}

// Dial returns a connection bound as the administrator. The caller closes it.
func (s *Server) Dial() (*ldap.Conn, error) {
	conn, err := ldap.DialURL(s.URL)
	if err != nil {
		return nil, fmt.Errorf("dial slapd: %w", err)
	}
	if err := conn.Bind(s.AdminDN, s.AdminPassword); err != nil {
		conn.Close()
		return nil, fmt.Errorf("bind to slapd: %w", err)
	}
	return conn, nil
}
