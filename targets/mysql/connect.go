package mysql

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"net"
	"net/url"
	"strings"

	"birthright/identity"
	"birthright/internal/trust"

	protocol "github.com/go-sql-driver/mysql"
)

const (
	standardPort = "3306"
	// lockWait is how long, in seconds, a change waits for somebody who is at the
	// server's tables.
	lockWait = "10"
	// strictly are session settings in which names and texts mean what is written: a
	// backslash is one, and MariaDB makes no account by granting something to it.
	strictly = "CONCAT('NO_BACKSLASH_ESCAPES', IF(VERSION() LIKE '%MariaDB%', ',NO_AUTO_CREATE_USER', ''))"
)

// connector logs in anew for each connection, with what the address says by then.
type connector struct{ t *Target }

func (c connector) Driver() driver.Driver { return protocol.MySQLDriver{} }

// Connect connects and logs in.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	config, err := c.t.settings(ctx)
	if err != nil {
		return nil, err
	}
	dialing, err := protocol.NewConnector(config)
	if err != nil {
		return nil, c.t.noAddress()
	}
	conn, err := dialing.Connect(ctx)
	if err != nil {
		return nil, c.t.unreached(ctx, config, err)
	}
	return conn, nil
}

func (t *Target) noAddress() error {
	return &identity.Error{
		Kind: identity.Invalid, Op: t.op("connect"), Err: errors.New("url is not the address of a MariaDB or MySQL server"),
		Hint: "write mysql://USER:PASSWORD@HOST, with special characters of the password as %XX, or mysql://USER:PASSWORD@/?socket=PATH",
	}
}

// settings reads the address anew.
func (t *Target) settings(ctx context.Context) (*protocol.Config, error) {
	address, err := t.config.URL.Reveal(ctx, t.env.Dir)
	if err != nil {
		return nil, err
	}
	config := protocol.NewConfig()
	if err := locate(config, address); err != nil {
		return nil, t.noAddress()
	}
	config.Timeout, config.ReadTimeout, config.WriteTimeout = t.config.Timeout, t.config.Timeout, t.config.Timeout
	config.Params = map[string]string{"sql_mode": strictly, "lock_wait_timeout": lockWait}
	config.InterpolateParams = true
	config.Logger = silent{}
	return config, t.secure(config)
}

// silent has the driver tell in its errors alone what went wrong.
type silent struct{}

func (silent) Print(...any) {}

// locate takes the address apart.
func locate(config *protocol.Config, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "mysql" && u.Scheme != "mariadb" || u.User == nil {
		return errors.New("no address")
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	if socket := u.Query().Get("socket"); socket != "" && u.Host == "" {
		config.Net, config.Addr = "unix", socket
		return nil
	}
	port := u.Port()
	if port == "" {
		port = standardPort
	}
	if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("no address")
	}
	config.Net, config.Addr = "tcp", net.JoinHostPort(u.Hostname(), port)
	return nil
}

// secure has every other machine prove over TLS who it is, unless the configuration
// says that it need not.
func (t *Target) secure(config *protocol.Config) error {
	if config.Net == "unix" || t.config.Insecure {
		return nil
	}
	host, _, err := net.SplitHostPort(config.Addr)
	if err != nil || trust.Local(host) {
		return err
	}
	var trusted *tls.Config
	if trusted, err = t.config.TLS.Config(t.env.Dir, host); err != nil {
		return err
	}
	config.TLS = trusted
	return nil
}

// keeping says how a connection is kept from being overheard, "" if it is not.
func keeping(config *protocol.Config) string {
	host, _, _ := net.SplitHostPort(config.Addr) // a socket has none
	switch {
	case config.TLS != nil:
		return "over TLS"
	case config.Net == "unix" || trust.Local(host):
		return "in plain text, on this machine"
	}
	return ""
}

// unreached explains why there is no connection.
func (t *Target) unreached(ctx context.Context, config *protocol.Config, err error) error {
	out := &identity.Error{Kind: identity.Unavailable, Op: t.op("connect"), Object: config.Addr, Hint: trust.Remedy(err)}
	said := answered(err)
	switch {
	case ctx.Err() != nil:
		out.Err = ctx.Err()
	case said != nil:
		r := replyTo(said.number)
		out.Kind, out.Hint, out.Err = r.kind, r.hint, spoken(said)
		if r.kind == identity.Denied {
			out.Hint = "check the user and password of url, and from which hosts the server lets that user in"
		}
		if r.kind != identity.Denied && r.kind != identity.Throttled {
			out.Kind = identity.Unavailable
		}
	default:
		out.Err = errors.New(plainly(err))
	}
	return out
}

// plainly is the innermost text of an error: those around it repeat the address.
func plainly(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}
