package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"birthright/identity"
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
	endpoint endpoint
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
	conf, err := t.tlsConfig()
	if err != nil {
		return nil, err
	}
	socket, err := t.socket(ctx, conf)
	if err != nil {
		return nil, t.dialFailed(err)
	}
	conn := goldap.NewConn(socket, t.endpoint.tls)
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
	plain, err := new(net.Dialer).DialContext(ctx, "tcp", t.endpoint.address)
	if err != nil || !t.endpoint.tls {
		return plain, err
	}
	secured := tls.Client(plain, conf)
	if err := secured.HandshakeContext(ctx); err != nil {
		plain.Close()
		return nil, err
	}
	return secured, nil
}

// tlsConfig says whom to trust; the file is read anew, so that a renewed
// authority needs no restart.
func (t *Target) tlsConfig() (*tls.Config, error) {
	conf := &tls.Config{ServerName: t.endpoint.host, MinVersion: tls.VersionTLS12}
	if t.config.TLS.ServerName != "" {
		conf.ServerName = t.config.TLS.ServerName
	}
	if t.config.TLS.CAFile == "" {
		return conf, nil
	}
	path := t.config.TLS.CAFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.env.Dir, path)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: t.op("read tls.ca_file"), Err: err, Hint: "write the path of a file with PEM certificates"}
	}
	conf.RootCAs = x509.NewCertPool()
	if !conf.RootCAs.AppendCertsFromPEM(pem) {
		return nil, &identity.Error{Kind: identity.Invalid, Op: t.op("read tls.ca_file"), Object: path,
			Err: errors.New("there is no PEM certificate in it"), Hint: "it should begin with -----BEGIN CERTIFICATE-----"}
	}
	return conf, nil
}

func (t *Target) op(what string) string { return "target " + t.env.Name + ": " + what }

// dialFailed explains a connection that did not come about.
func (t *Target) dialFailed(err error) error {
	e := &identity.Error{Kind: identity.Unavailable, Op: t.op("connect"), Object: t.endpoint.address, Err: err,
		Hint: "check url, and that the server runs and can be reached from here"}
	// StartTLS wraps the handshake's error as text, so that text is all there is.
	text := err.Error()
	switch {
	case contains(text, "unknown authority"):
		e.Kind, e.Hint = identity.Denied, "the server's certificate is not trusted: set tls.ca_file to the certificate of the authority that signed it"
	case contains(text, "certificate is valid for", "cannot validate certificate", "not valid for any names"):
		e.Kind, e.Hint = identity.Denied, "the server's certificate bears another name: use that name in url, or set tls.server_name to it"
	case contains(text, "expired or is not yet valid"):
		e.Kind, e.Hint = identity.Denied, "the server's certificate is not valid now: renew it, and check the clocks"
	}
	return e
}

// bindFailed explains a refused or broken bind.
func (t *Target) bindFailed(err error) error {
	e := &identity.Error{Kind: identity.Unavailable, Op: t.op("bind"), Object: t.config.BindDN, Err: err, Hint: "try again later"}
	switch {
	case goldap.IsErrorAnyOf(err, goldap.LDAPResultConfidentialityRequired, goldap.LDAPResultStrongAuthRequired):
		e.Kind, e.Hint = identity.Denied, "the server wants an encrypted connection: use ldaps://, or start_tls: true"
	case !lost(err) && !goldap.IsErrorAnyOf(err, goldap.LDAPResultBusy, goldap.LDAPResultUnavailable):
		e.Kind, e.Hint = identity.Denied, "check bind_dn and bind_password"
	}
	return e
}
