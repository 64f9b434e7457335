package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

const (
	// maxIdle is how many connections are kept between calls.
	maxIdle = 4
	// idleTrust is how long an idle connection is taken for alive unasked:
	// firewalls forget quiet connections without telling either side.
	idleTrust = 5 * time.Second
)

// Target is a directory. It is safe for concurrent use.
type Target struct {
	env      targets.Env
	config   Config
	schema   schema
	endpoint ldapconn.Endpoint
	batch    int // values in one modify

	mu     sync.Mutex
	idle   []idleConn
	closed bool
}

type idleConn struct {
	*goldap.Conn
	since time.Time
}

// Capabilities follow from the configuration; whether accounts are made and
// ended at all is the engine's decision.
func (t *Target) Capabilities() targets.Capabilities {
	u, g := t.config.Users, t.config.Groups
	return targets.Capabilities{
		Kinds:          []string{kindGroup},
		CreateAccounts: true, UpdateAccounts: true, DeleteAccounts: true, DisableAccounts: u.Disable.Attribute != "",
		CreateEntitlements: g.Create,
		Attributes:         t.schema.attributes(),
		MaxBatch:           1000,
		Concurrency:        maxIdle,
		FoldNames:          true,
	}
}

// Normalise returns a as a later read shows it: with the mapped attributes,
// sorted, and with the names that every entry must have.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Attributes = t.schema.normal(a)
	return a
}

// take returns a bound connection, an idle one if there is one that answers.
func (t *Target) take(ctx context.Context) (*goldap.Conn, error) {
	for {
		conn, since, ok := t.pop()
		if !ok {
			return t.dial(ctx)
		}
		if !conn.IsClosing() && (t.env.Now().Sub(since) < idleTrust || answers(conn)) {
			return conn, nil
		}
		conn.Close()
	}
}

func (t *Target) pop() (*goldap.Conn, time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.idle) == 0 {
		return nil, time.Time{}, false
	}
	last := t.idle[len(t.idle)-1]
	t.idle = t.idle[:len(t.idle)-1]
	return last.Conn, last.since, true
}

// put keeps a connection for the next call.
func (t *Target) put(conn *goldap.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || conn.IsClosing() || len(t.idle) >= maxIdle {
		conn.Close()
		return
	}
	t.idle = append(t.idle, idleConn{conn, t.env.Now()})
}

// Close ends the idle connections; those in use end with their call.
func (t *Target) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	var errs []error
	for _, c := range t.idle {
		errs = append(errs, c.Close())
	}
	t.idle = nil
	return errors.Join(errs...)
}

// answers asks for the root entry, the cheapest question there is.
func answers(conn *goldap.Conn) bool {
	_, err := conn.Search(goldap.NewSearchRequest("", goldap.ScopeBaseObject, goldap.NeverDerefAliases, 1, 0, true, "(objectClass=*)", []string{"1.1"}, nil))
	return err == nil
}

// dial connects, secures and binds.
func (t *Target) dial(ctx context.Context) (*goldap.Conn, error) {
	conf, err := t.config.TLSConfig(t.endpoint, t.env.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.op("connect"), err)
	}
	socket, err := t.socket(ctx, conf)
	if err != nil {
		return nil, t.dialFailed(err)
	}
	conn := goldap.NewConn(socket, t.endpoint.TLS)
	conn.Start()
	conn.SetTimeout(t.config.Timeout)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if t.config.StartTLS {
		if err := conn.StartTLS(conf); err != nil {
			conn.Close()
			return nil, t.dialFailed(err)
		}
	}
	password, err := t.config.BindPassword.Reveal(ctx, t.env.Dir)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Bind(t.config.BindDN, password); err != nil {
		conn.Close()
		return nil, t.bindFailed(err)
	}
	return conn, nil
}

// socket connects, and speaks TLS from the first byte where the URL says so.
func (t *Target) socket(ctx context.Context, conf *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", t.endpoint.Address)
	if err != nil || !t.endpoint.TLS {
		return plain, err
	}
	secured := tls.Client(plain, conf)
	if err := secured.HandshakeContext(ctx); err != nil {
		plain.Close()
		return nil, err
	}
	return secured, nil
}

func (t *Target) op(what string) string { return "target " + t.env.Name + ": " + what }

// dialFailed explains a connection that did not come about.
func (t *Target) dialFailed(err error) error {
	kind, hint := ldapconn.DialAdvice(err, answer(err))
	return &identity.Error{Kind: kind, Op: t.op("connect"), Object: t.endpoint.Address, Err: err, Hint: hint}
}

// bindFailed explains a refused or broken bind.
func (t *Target) bindFailed(err error) error {
	kind, hint := ldapconn.BindAdvice(answer(err))
	return &identity.Error{Kind: kind, Op: t.op("bind"), Object: t.config.BindDN, Err: err, Hint: hint}
}

// answer is the result code that the server gave.
func answer(err error) int {
	var refused *goldap.Error
	if lost(err) || !errors.As(err, &refused) {
		return ldapconn.NoAnswer
	}
	return int(refused.ResultCode)
}
