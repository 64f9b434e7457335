package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"birthright/identity"

	protocol "github.com/go-sql-driver/mysql"
)

const (
	// maxIdle is how many connections are kept between calls, and idleFor how long:
	// firewalls forget quiet connections without telling either side.
	maxIdle = 2
	idleFor = time.Minute
	// tries is how often a session is begun where idle connections turn out to be dead.
	tries = maxIdle + 1
)

// pool is a real server.
type pool struct {
	t  *Target
	db *sql.DB
}

func newPool(t *Target) *pool { return poolOf(t, connector{t}) }

func poolOf(t *Target, c driver.Connector) *pool {
	p := &pool{t: t, db: sql.OpenDB(c)}
	p.db.SetMaxIdleConns(maxIdle)
	p.db.SetConnMaxIdleTime(idleFor)
	return p
}

func (p *pool) Close() error { return p.db.Close() }

// begin takes a connection, the next one where an idle one is dead.
func (p *pool) begin(ctx context.Context) (session, error) {
	var err error
	for range tries {
		if ctx.Err() != nil {
			return nil, &identity.Error{Kind: identity.Unavailable, Op: p.t.op("connect"), Err: ctx.Err()}
		}
		var s *wire
		if s, err = p.connect(ctx); err == nil {
			return s, nil
		}
		if !errors.Is(err, driver.ErrBadConn) {
			break
		}
	}
	return nil, p.t.explained("connect", err)
}

func (p *pool) connect(ctx context.Context) (*wire, error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &wire{Conn: conn, t: p.t}
	if s.at, err = s.orient(ctx); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// wire is a session on a connection.
type wire struct {
	*sql.Conn
	t  *Target
	at place
}

func (w *wire) where() place { return w.at }

func (w *wire) end() { _ = w.Close() } // it only gives the connection back

// orient asks where and who we are.
func (w *wire) orient(ctx context.Context) (at place, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	w.t.calls.Add(1)
	var version, self string
	if err := w.QueryRowContext(ctx, "SELECT VERSION(), CURRENT_USER(), @@GLOBAL.read_only <> 0").Scan(&version, &self, &at.readOnly); err != nil {
		return at, heard(err)
	}
	if at.dialect, err = dialectOf(version); err != nil {
		return at, &identity.Error{Kind: identity.Invalid, Op: w.t.op("connect"), Err: err, Hint: "move to MariaDB 10.4, MySQL 8.0.16 or newer"}
	}
	at.version = at.dialect.product() + " " + version
	cut := strings.LastIndexByte(self, '@')
	at.self = id{self[:max(cut, 0)], self[cut+1:]}
	config, err := w.t.settings(ctx)
	if err == nil {
		at.how = keeping(config)
	}
	return at, err
}

// dialectOf tells from its version how a server is asked.
func dialectOf(version string) (dialect, error) {
	var major, minor, patch int
	// Old ways of replication have MariaDB put 5.5.5- before its version.
	if _, err := fmt.Sscanf(strings.TrimPrefix(version, "5.5.5-"), "%d.%d.%d", &major, &minor, &patch); err != nil {
		return nil, fmt.Errorf("a version %q cannot be told", version)
	}
	number := major*10000 + minor*100 + patch
	maria := strings.Contains(strings.ToLower(version), "mariadb")
	switch {
	case maria && number < 100400, !maria && number < 80016:
		return nil, fmt.Errorf("version %s is older than what this was made for", version)
	case maria:
		return mariaDB{}, nil
	}
	return mySQL{forgiving: number >= 80030}, nil
}

// exec sends a statement. The driver itself may say that it had not sent it.
func (w *wire) exec(ctx context.Context, c change) error {
	w.t.calls.Add(1)
	ctx, cancel := context.WithTimeout(ctx, w.t.config.Timeout)
	defer cancel()
	_, err := w.ExecContext(ctx, w.at.dialect.statement(c))
	return heard(err)
}

// heard turns what the server said into an answer.
func heard(err error) error {
	var said *protocol.MySQLError
	if errors.As(err, &said) {
		return &answer{said.Number, said.Message}
	}
	return err
}
