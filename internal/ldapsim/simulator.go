package ldapsim

import (
	"context"
	"net"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/ldapapp"
	"birthright/internal/ldapconn"
	"birthright/internal/secret"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// BindDN and Password are who the hub is in a simulated directory.
const (
	BindDN   = "cn=birthright"
	Password = "simulated"
)

// Options say what a simulated directory starts with.
type Options struct {
	// Domain makes it behave as Active Directory; nil as OpenLDAP.
	Domain *ldapapp.Domain
	// Bases are the DNs that are there from the start.
	Bases []string
	// Account and Group make the requests that put somebody else's entries in.
	Account func(targets.Account) *goldap.AddRequest
	Group   func(name string) *goldap.AddRequest
}

// Simulator is a directory within the program. It is safe for concurrent use.
type Simulator struct {
	opt    Options
	from   targets.Simulation
	now    func() time.Time
	server *ldapapp.Server

	mu      sync.Mutex
	begun   bool
	saved   time.Time
	changes int // how many were saved
}

// New makes a simulated directory that is still empty.
func New(opt Options, env targets.Env) (*Simulator, error) {
	var suffixes []string
	for _, base := range opt.Bases {
		suffixes = append(suffixes, suffix(base))
	}
	server, err := ldapapp.New(ldapapp.Options{
		Suffixes: suffixes, BindDN: BindDN, Password: Password, SizeLimit: 1000, Domain: opt.Domain, Now: env.Now, MakeUnits: true,
	})
	if err != nil {
		return nil, err
	}
	return &Simulator{opt: opt, from: env.Simulation, now: env.Now, server: server}, nil
}

// Connection fills in what a simulated connection needs no longer: no credential is read.
func Connection(s ldapconn.Settings) ldapconn.Settings {
	s.URL, s.StartTLS, s.BindDN = "ldap://localhost", false, BindDN
	s.BindPassword, _ = secret.New(Password) // it is no reference, which alone can be at fault
	return s
}

// Dial returns a connection; the first one begins the directory.
func (s *Simulator) Dial(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		if err := s.begin(ctx); err != nil {
			return nil, err
		}
		s.begun, s.saved = true, s.now()
	}
	return s.server.Dial(), nil
}

// begin fills the directory.
func (s *Simulator) begin(ctx context.Context) error {
	if err := s.load(); err != nil {
		return err
	}
	if s.opt.Domain != nil && len(s.server.Records()) == 0 {
		if err := s.server.Found(suffix(s.opt.Bases[0])); err != nil {
			return err
		}
	}
	if err := s.server.Ensure(s.opt.Bases...); err != nil {
		return err
	}
	if s.from.Begin == nil {
		return nil
	}
	state, err := s.from.Begin(ctx)
	if err != nil {
		return err
	}
	return s.seed(state)
}

// Seed puts in what somebody else made; what is there already stays.
func (s *Simulator) Seed(ctx context.Context, state targets.State) error {
	conn, err := s.Dial(ctx)
	if err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return err
	}
	return s.seed(state)
}

func (s *Simulator) seed(state targets.State) error {
	for _, a := range state.Accounts {
		if err := s.put(s.opt.Account(a)); err != nil {
			return err
		}
	}
	for _, e := range state.Entitlements {
		if err := s.put(s.opt.Group(e.Address.ID)); err != nil {
			return err
		}
	}
	return nil
}

// put adds an entry unless there is one; nil is one that cannot be.
func (s *Simulator) put(request *goldap.AddRequest) error {
	if request == nil {
		return nil
	}
	attributes := map[string][]string{}
	for _, a := range request.Attributes {
		attributes[a.Type] = a.Vals
	}
	if err := s.server.Add(request.DN, attributes); err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "begin simulated directory", Object: request.DN, Err: err}
	}
	return nil
}
