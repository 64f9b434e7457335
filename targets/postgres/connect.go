package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/internal/trust"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// dial connects and logs in. The errors of the driver may repeat the address, so
// that only what the server said, or the network, is passed on.
func (t *Target) dial(ctx context.Context) (*pgx.Conn, error) {
	config, err := t.settings(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, t.unreached(ctx, config, err)
	}
	return conn, nil
}

// settings reads the address anew.
func (t *Target) settings(ctx context.Context) (*pgx.ConnConfig, error) {
	address, err := t.config.URL.Reveal(ctx, t.env.Dir)
	if err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, &identity.Error{
			Kind: identity.Invalid, Op: t.op("connect"), Err: errors.New("url is not the address of a PostgreSQL server"),
			Hint: "write postgres://USER:PASSWORD@HOST/DATABASE, with special characters of the password as %XX",
		}
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > t.config.Timeout {
		config.ConnectTimeout = t.config.Timeout
	}
	config.RuntimeParams["application_name"] = "birthright"
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing is prepared: poolers that swap connections are fine
	return config, t.secure(config)
}

// secure has every other machine prove over TLS who it is, unless the configuration
// says that it need not. A URL that says nothing would fall back to plain text.
func (t *Target) secure(config *pgx.ConnConfig) error {
	if t.config.Insecure {
		return nil
	}
	var err error
	if config.TLSConfig, err = t.tlsFor(config.Host, config.TLSConfig); err != nil {
		return err
	}
	kept := config.Fallbacks[:0]
	for _, f := range config.Fallbacks {
		if near(f.Host) || f.TLSConfig != nil { // each host has one that encrypts and one that does not
			if f.TLSConfig, err = t.tlsFor(f.Host, f.TLSConfig); err != nil {
				return err
			}
			kept = append(kept, f)
		}
	}
	config.Fallbacks = kept
	return nil
}

func (t *Target) tlsFor(host string, said *tls.Config) (*tls.Config, error) {
	if near(host) || said != nil && !said.InsecureSkipVerify {
		return said, nil
	}
	return t.config.TLS.Config(t.env.Dir, host)
}

// near reports whether a host is this machine: a socket's folder, or its name.
func near(host string) bool { return strings.HasPrefix(host, "/") || trust.Local(host) }

// unreached explains why there is no connection.
func (t *Target) unreached(ctx context.Context, config *pgx.ConnConfig, err error) error {
	out := &identity.Error{Kind: identity.Unavailable, Op: t.op("connect"), Object: config.Host, Hint: trust.Remedy(err)}
	var said *pgconn.PgError
	switch {
	case ctx.Err() != nil:
		out.Err = ctx.Err()
	case errors.As(err, &said):
		out.Err = fmt.Errorf("the server says: %s (%s)", said.Message, said.Code)
		if strings.HasPrefix(said.Code, "28") || said.Code == "3D000" {
			out.Kind, out.Hint = identity.Denied, "check the user, password and database of url, and the server's pg_hba.conf"
		}
	default:
		out.Err = errors.New(plainly(err))
	}
	return out
}

// plainly is the innermost text of an error: those around it repeat the address.
func plainly(err error) string {
	for {
		var inner error
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			inner = e.Unwrap()
		case interface{ Unwrap() []error }:
			if all := e.Unwrap(); len(all) > 0 {
				inner = all[len(all)-1]
			}
		}
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
