package ldap

import (
	"context"
	"fmt"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/ldapwire"
	"birthright/sources"

	goldap "github.com/go-ldap/ldap/v3"
)

// Source is a directory that is read by paged searches. It is safe for
// concurrent use: each pull has its own connections.
type Source struct {
	config   Config // with defaults
	env      sources.Env
	endpoint ldapconn.Endpoint
	people   *plan
}

// Pull reads everybody and every group. The directory has no memory of what it
// told before, so since is not used and every pull that ends well is complete.
func (s *Source) Pull(ctx context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn, err := s.connect(ctx)
	if err != nil {
		return sources.Checkpoint{}, err
	}
	r := &reader{Source: s, ctx: ctx, cancel: cancel, conn: conn, index: newIndex()}
	defer r.close()

	seen, err := r.readPeople(sink)
	if err != nil {
		return sources.Checkpoint{Seen: seen}, err
	}
	if s.config.Groups.BaseDN != "" {
		if err := r.readGroups(sink); err != nil {
			return sources.Checkpoint{Seen: seen}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return sources.Checkpoint{Seen: seen}, s.cutShort("users and groups", ldapwire.Outcome{Entries: seen}, err)
	}
	return sources.Checkpoint{Complete: true, Seen: seen}, nil
}

// reader is one pull under way.
type reader struct {
	*Source
	ctx    context.Context
	cancel context.CancelFunc
	conn   *ldapwire.Conn
	side   *ldapwire.Conn // for lookups between pages; nil until needed
	index  *index
}

// sideConn returns a second connection: the first one is in the middle of a page.
func (r *reader) sideConn() (*ldapwire.Conn, error) {
	if r.side == nil {
		side, err := r.connect(r.ctx)
		if err != nil {
			return nil, err
		}
		r.side = side
	}
	return r.side, nil
}

func (r *reader) close() {
	r.conn.Close()
	if r.side != nil {
		r.side.Close()
	}
}

// connect returns a bound connection that lives no longer than ctx.
func (s *Source) connect(ctx context.Context) (*ldapwire.Conn, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.bind(ctx, conn); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (s *Source) dial(ctx context.Context) (*ldapwire.Conn, error) {
	trust, err := s.config.TLSConfig(s.endpoint, s.env.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.op(), err)
	}
	conn, err := ldapwire.Dial(ctx, ldapwire.Options{
		Address: s.endpoint.Address, TLS: trust, StartTLS: s.config.StartTLS, Timeout: s.config.Timeout,
	})
	if err != nil {
		return nil, s.dialFailed(err)
	}
	return conn, nil
}

func (s *Source) bind(ctx context.Context, conn *ldapwire.Conn) error {
	password, err := s.config.BindPassword.Reveal(ctx, s.env.Dir)
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: s.op(), Object: "bind_password", Err: err}
	}
	if err := conn.Bind(s.config.BindDN, password); err != nil {
		return s.bindFailed(err)
	}
	return nil
}

// userSearch asks for every person with the plan's attributes.
func (s *Source) userSearch(attributes []string) (ldapwire.Search, error) {
	return s.search(s.config.Users.BaseDN, s.config.Users.Scope, s.config.Users.Filter, attributes)
}

func (s *Source) groupSearch(attributes []string) (ldapwire.Search, error) {
	return s.search(s.config.Groups.BaseDN, s.config.Groups.Scope, s.config.Groups.Filter, attributes)
}

func (s *Source) search(base, scope, filter string, attributes []string) (ldapwire.Search, error) {
	compiled, err := goldap.CompileFilter(filter)
	if err != nil {
		return ldapwire.Search{}, fmt.Errorf("filter %q: %w", filter, err)
	}
	if len(attributes) == 0 {
		attributes = []string{ldapwire.NoAttributes} // an empty list would mean all of them
	}
	return ldapwire.Search{Base: base, Scope: scopes[scope], Filter: compiled.Bytes(), Attributes: attributes, PageSize: s.config.PageSize}, nil
}
