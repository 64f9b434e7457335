package ldaptarget

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"sync"
	"sync/atomic"
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

// Directory is a directory as a target, but for Probe and Normalise. It is safe
// for concurrent use.
type Directory struct {
	Env      targets.Env
	Settings ldapconn.Settings
	Layout   Layout

	writer       Writer
	capabilities targets.Capabilities
	endpoint     ldapconn.Endpoint
	simulator    Simulator // nil where it is real
	seed         maphash.Seed
	calls        atomic.Int64

	mu     sync.Mutex
	idle   []idleConn
	closed bool
}

type idleConn struct {
	*goldap.Conn
	since time.Time
}

// New makes a directory without connecting.
func New(env targets.Env, settings ldapconn.Settings, layout Layout, writer Writer, capabilities targets.Capabilities) (*Directory, error) {
	settings = settings.WithDefaults()
	endpoint, err := settings.Endpoint()
	if err != nil {
		return nil, err
	}
	capabilities.Kinds, capabilities.MaxBatch, capabilities.Concurrency, capabilities.FoldNames = []string{layout.Kind}, 1000, maxIdle, true
	return &Directory{Env: env, Settings: settings, Layout: layout, writer: writer, capabilities: capabilities, endpoint: endpoint, seed: maphash.MakeSeed()}, nil
}

// Simulator is a directory within the program.
type Simulator interface {
	Dial(ctx context.Context) (net.Conn, error)
	// Keep writes down what it holds, Close at last.
	Keep() error
	Close() error
}

// Simulate puts a directory within the program in the place of the server.
func (t *Directory) Simulate(s Simulator) { t.simulator = s }

// Capabilities follow from the configuration; whether accounts are made and
// ended at all is the engine's decision.
func (t *Directory) Capabilities() targets.Capabilities { return t.capabilities }

// SerialKey is the group whose members an op changes: they are values of one entry, and
// its placeholder comes and goes with the first and the last of them.
func (t *Directory) SerialKey(op targets.Op) string { return targets.ByEntitlement(op) }

// Calls counts the searches and changes that were sent.
func (t *Directory) Calls() int64 { return t.calls.Load() }

// take returns a bound connection, an idle one if there is one that answers.
func (t *Directory) take(ctx context.Context) (*goldap.Conn, error) {
	for {
		conn, since, ok := t.pop()
		if !ok {
			return t.dial(ctx)
		}
		if !conn.IsClosing() && (t.Env.Now().Sub(since) < idleTrust || answers(conn)) {
			return conn, nil
		}
		conn.Close()
	}
}

func (t *Directory) pop() (*goldap.Conn, time.Time, bool) {
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
func (t *Directory) put(conn *goldap.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || conn.IsClosing() || len(t.idle) >= maxIdle {
		conn.Close()
		return
	}
	t.idle = append(t.idle, idleConn{conn, t.Env.Now()})
}

// Close ends the idle connections; those in use end with their call.
func (t *Directory) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	var errs []error
	for _, c := range t.idle {
		errs = append(errs, c.Close())
	}
	t.idle = nil
	if t.simulator != nil {
		errs = append(errs, t.simulator.Close())
	}
	return errors.Join(errs...)
}

// answers asks for the root entry, the cheapest question there is.
func answers(conn *goldap.Conn) bool {
	_, err := conn.Search(goldap.NewSearchRequest("", goldap.ScopeBaseObject, goldap.NeverDerefAliases, 1, 0, true, "(objectClass=*)", []string{"1.1"}, nil))
	return err == nil
}

// dial connects, secures and binds.
func (t *Directory) dial(ctx context.Context) (*goldap.Conn, error) {
	conf, err := t.Settings.TLSConfig(t.endpoint, t.Env.Dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Op("connect"), err)
	}
	socket, err := t.socket(ctx, conf)
	if err != nil {
		return nil, t.dialFailed(err)
	}
	conn := goldap.NewConn(socket, t.endpoint.TLS)
	conn.Start()
	conn.SetTimeout(t.Settings.Timeout)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if t.Settings.StartTLS {
		if err := conn.StartTLS(conf); err != nil {
			conn.Close()
			return nil, t.dialFailed(err)
		}
	}
	password, err := t.Settings.BindPassword.Reveal(ctx, t.Env.Dir)
	if err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Bind(t.Settings.BindDN, password); err != nil {
		conn.Close()
		return nil, t.bindFailed(err)
	}
	return conn, nil
}

// socket connects, and speaks TLS from the first byte where the URL says so.
func (t *Directory) socket(ctx context.Context, conf *tls.Config) (net.Conn, error) {
	if t.simulator != nil {
		return t.simulator.Dial(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, t.Settings.Timeout)
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

func (t *Directory) Op(what string) string { return "target " + t.Env.Name + ": " + what }

// dialFailed explains a connection that did not come about.
func (t *Directory) dialFailed(err error) error {
	kind, hint := ldapconn.DialAdvice(err, answer(err))
	return &identity.Error{Kind: kind, Op: t.Op("connect"), Object: t.endpoint.Address, Err: err, Hint: hint}
}

// bindFailed explains a refused or broken bind.
func (t *Directory) bindFailed(err error) error {
	kind, hint := ldapconn.BindAdvice(answer(err))
	return &identity.Error{Kind: kind, Op: t.Op("bind"), Object: t.Settings.BindDN, Err: err, Hint: hint}
}

// answer is the result code that the server gave.
func answer(err error) int {
	var refused *goldap.Error
	if lost(err) || !errors.As(err, &refused) {
		return ldapconn.NoAnswer
	}
	return int(refused.ResultCode)
}
