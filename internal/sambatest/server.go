package sambatest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"birthright/internal/ldapprocess"
	"birthright/internal/testcert"

	"github.com/go-ldap/ldap/v3"
)

// Server is one domain controller.
type Server struct {
	URL    string // ldap://127.x.y.z, which also offers StartTLS
	TLSURL string // ldaps://127.x.y.z
	CAFile string // the throw-away authority that signed the server's certificate

	dir  string
	host string
	proc *ldapprocess.Process
}

// Run starts a server whose files are kept in dir, which must exist and be
// empty. The caller stops it.
func Run(dir string, opts Options) (*Server, error) {
	if err := ready(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := opts.domainInto(dir); err != nil {
		return nil, fmt.Errorf("make a domain in %s: %w", dir, err)
	}
	for _, sub := range []string{"run", "log"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, err
		}
	}
	s := &Server{dir: dir, CAFile: filepath.Join(dir, "ca.pem")}
	return s, s.startOnFreeAddress(opts)
}

// startOnFreeAddress tries a few addresses: the ports are fixed, and between
// looking and the server's own bind somebody else may take one.
func (s *Server) startOnFreeAddress(opts Options) error {
	var faults []error
	for range 20 {
		s.host = fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(250), rand.IntN(250), 1+rand.IntN(250))
		if !free(s.host) {
			faults = append(faults, fmt.Errorf("%s is taken", s.host))
			continue
		}
		s.URL, s.TLSURL = "ldap://"+s.host, "ldaps://"+s.host
		if err := testcert.Write(s.dir, net.ParseIP(s.host)); err != nil {
			return err
		}
		conf := filepath.Join(s.dir, "dc/etc/smb.conf")
		if err := os.WriteFile(conf, []byte(opts.conf(s.dir, s.host)), 0o600); err != nil {
			return err
		}
		proc, err := ldapprocess.Start(exec.Command("samba", "-s", conf, "-F", "-M", "single", "--no-process-group", "--debug-stdout"), "samba", filepath.Join(s.dir, "log/out"), s.URL)
		if err == nil {
			s.proc = proc
			return nil
		}
		faults = append(faults, err)
		if len(faults) > 3 {
			break
		}
	}
	return fmt.Errorf("start a Samba domain controller: %w", errors.Join(faults...))
}

// free reports whether nobody listens on the host's ports for LDAP.
func free(host string) bool {
	for _, port := range []string{"389", "636", "3268"} {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return false
		}
		listener.Close()
	}
	return true
}

// Address is where the server listens for plain LDAP.
func (s *Server) Address() string { return net.JoinHostPort(s.host, "389") }

// Stop ends the server and waits for its processes; a stopped server may be
// stopped again.
func (s *Server) Stop() error {
	if s.proc == nil {
		return nil
	}
	proc := s.proc
	s.proc = nil
	return proc.Stop()
}

// Delegate gives rights on an entry, written as access control entries in SDDL: what
// "Delegate Control" does on Windows.
func (s *Server) Delegate(dn string, entries ...string) error {
	return run("samba-tool", "dsacl", "set", "--objectdn="+dn, "--sddl="+strings.Join(entries, ""),
		"-H", filepath.Join(s.dir, "dc/private/sam.ldb"), "-s", filepath.Join(s.dir, "dc/etc/smb.conf"))
}

// Dial returns a connection bound as the administrator. The caller closes it.
func (s *Server) Dial() (*ldap.Conn, error) {
	conn, err := ldap.DialURL(s.URL)
	if err != nil {
		return nil, fmt.Errorf("dial samba: %w", err)
	}
	if err := conn.Bind(AdminName, AdminPassword); err != nil {
		conn.Close()
		return nil, fmt.Errorf("bind to samba: %w", err)
	}
	return conn, nil
}
