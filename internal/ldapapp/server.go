package ldapapp

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"
)

// Options choose what kind of directory it is.
type Options struct {
	// Suffixes are the names that stand at the top, for example "dc=example,dc=com".
	Suffixes []string
	// BindDN and Password are the manager's, who alone may write. Without a
	// BindDN nobody may write over the wire and everybody may read.
	BindDN, Password string
	// SizeLimit cuts unpaged searches off; 0 does not.
	SizeLimit int
	// Domain makes it behave as Active Directory; nil as OpenLDAP.
	Domain *Domain
	// MakeUnits makes organisational units as entries are put into them.
	MakeUnits bool
	// Now tells the time; nil means time.Now.
	Now func() time.Time
}

// Server is the directory on a socket. It can be taken down and brought up
// again at the same address with its contents.
type Server struct {
	opt     Options
	tree    *tree
	address string

	mu       sync.Mutex
	listener net.Listener // nil while down
	conns    map[net.Conn]bool
	ended    sync.WaitGroup
	counts   map[string]int
}

// New makes an empty directory that is down: it listens nowhere, but Dial reaches it.
func New(opt Options) (*Server, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	t, err := newTree(opt.Suffixes, opt.Now)
	if err != nil {
		return nil, err
	}
	t.domain = opt.Domain
	return &Server{opt: opt, tree: t, counts: map[string]int{}}, nil
}

// Start serves an empty directory on address ("127.0.0.1:0" for any free port).
func Start(opt Options, address string) (*Server, error) {
	s, err := New(opt)
	if err != nil {
		return nil, err
	}
	s.address = address
	if err := s.Up(); err != nil {
		return nil, err
	}
	return s, nil
}

// Dial returns a connection within the process. It lasts until the client ends it.
func (s *Server) Dial() net.Conn {
	ours, theirs := net.Pipe()
	go func() {
		s.converse(ours)
		_ = ours.Close()
	}()
	return theirs
}

// converse answers one client.
func (s *Server) converse(client net.Conn) {
	c := &conn{s: s, net: client, out: bufio.NewWriter(client), pages: map[string][]*entry{}}
	c.serve()
}

// URL is the address for clients.
func (s *Server) URL() string { return "ldap://" + s.address }

// Up listens again after Down. It does nothing while the server is up.
func (s *Server) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return nil
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return fmt.Errorf("start the LDAP directory on %s: %w", s.address, err)
	}
	s.address, s.listener, s.conns = listener.Addr().String(), listener, map[net.Conn]bool{}
	s.ended.Go(func() { s.accept(listener) })
	return nil
}

func (s *Server) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // closed
		}
		if !s.enter(client) {
			_ = client.Close() // came as the server went down
			continue
		}
		s.ended.Go(func() {
			s.converse(client)
			s.leave(client)
		})
	}
}

func (s *Server) enter(client net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return false
	}
	s.conns[client] = true
	return true
}

func (s *Server) leave(client net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, client)
	_ = client.Close() // gone already where the server went down
}

// Down is an outage: connections are cut and new ones refused.
func (s *Server) Down() {
	s.mu.Lock()
	if s.listener != nil {
		_ = s.listener.Close() // it is to be gone either way
		s.listener = nil
	}
	for client := range s.conns {
		_ = client.Close()
	}
	s.mu.Unlock()
	s.ended.Wait()
}

// Close ends the server for good.
func (s *Server) Close() error {
	s.Down()
	return nil
}

// Requests returns how many requests arrived, by operation: bind, search, add,
// modify, delete, rename, compare, extended.
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

func (s *Server) count(tag int) {
	names := map[int]string{
		bindRequest: "bind", searchRequest: "search", addRequest: "add", modifyRequest: "modify", deleteRequest: "delete",
		renameRequest: "rename", compareRequest: "compare", extendedRequest: "extended",
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, ok := names[tag]; ok {
		s.counts[name]++
	}
}

// knows reports whether an entry has this name and password.
func (s *Server) knows(dn, password string) bool {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	e, _, r := s.tree.find(dn)
	return r == nil && slices.ContainsFunc(e.values("userpassword"), func(held string) bool { return same(held, password) })
}

// rootDSE describes the server.
func (s *Server) rootDSE() []newAttr {
	controls := []string{oidPaging, oidPermissive, oidAssertion, oidManageDSA}
	var more []newAttr
	if d := s.opt.Domain; d != nil {
		controls = append(controls, oidExtendedDN, oidDomainOnly)
		more = []newAttr{
			{"dnsHostName", []string{"dc1." + d.DNS}}, {"domainFunctionality", []string{"7"}}, {"defaultNamingContext", s.opt.Suffixes},
			{"supportedCapabilities", []string{"1.2.840.113556.1.4.800"}},
		}
	}
	return append(more, []newAttr{
		{"objectClass", []string{"top"}},
		{"namingContexts", s.opt.Suffixes},
		{"supportedLDAPVersion", []string{"3"}},
		{"supportedControl", controls},
		{"supportedExtension", []string{oidWhoAmI}},
		{"vendorName", []string{"Birthright sample directory"}},
	}...)
}
