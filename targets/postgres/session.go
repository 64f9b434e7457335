package postgres

import (
	"context"
	"fmt"
	"time"

	"birthright/identity"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// lockWait is how long a change waits for somebody who changes the same role.
	lockWait = 10 * time.Second
	// turn is the key of the advisory lock by which hubs take turns.
	turn = 0x42697274_726f6c65
	// optionsSince is the version from which on each grantor's grant is one of its
	// own, a grant may convey nothing, and CREATEROLE is not enough to give a role.
	optionsSince = 160000
	oldest       = 140000
)

// session is a transaction on one connection.
type session struct {
	*pgx.Conn
	t       *Target
	ctx     context.Context
	version int
	self    string // oid of the role that we are
}

// begin opens a transaction and finds out where and who we are. An error means that
// nothing was done.
func (t *Target) begin(ctx context.Context, mode string, then ...string) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Unavailable, Op: t.op("connect"), Err: err}
	}
	conn, err := t.take(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{Conn: conn, t: t, ctx: ctx}
	statements := []string{
		"BEGIN " + mode,
		fmt.Sprintf("SET LOCAL statement_timeout = %d", t.config.Timeout.Milliseconds()),
		fmt.Sprintf("SET LOCAL lock_timeout = %d", min(lockWait, t.config.Timeout).Milliseconds()),
		"SET LOCAL standard_conforming_strings = on", "SET LOCAL client_min_messages = error",
	}
	results, err := s.run(append(statements, then...)...)
	if err == nil {
		results, err = s.run("SELECT current_setting('server_version_num'), (SELECT oid FROM pg_roles WHERE rolname = current_user)")
	}
	if err == nil {
		_, err = fmt.Sscan(cell(results, 0), &s.version)
		s.self = cell(results, 1)
	}
	if err != nil {
		s.end()
		return nil, t.explained("begin", err)
	}
	return s, nil
}

// end gives the connection back; what was not committed is undone.
func (s *session) end() {
	if !s.IsClosed() && s.PgConn().TxStatus() != 'I' {
		if _, err := s.run("ROLLBACK"); err != nil {
			discard(s.Conn)
			return
		}
	}
	s.t.put(s.Conn)
}

// run sends statements in one go and returns the rows of all of them. They stop at
// the first that fails.
func (s *session) run(statements ...string) ([]*pgconn.Result, error) {
	text := ""
	for _, statement := range statements {
		text += statement + ";"
	}
	return s.PgConn().Exec(s.ctx, text).ReadAll()
}

// cell is a column of the first row that some results have, "" for none.
func cell(results []*pgconn.Result, column int) string {
	for _, r := range results {
		if len(r.Rows) > 0 && len(r.Rows[0]) > column {
			return string(r.Rows[0][column])
		}
	}
	return ""
}

// conveys is the condition on pg_auth_members m that a grant gives anything. The
// admin's part that PostgreSQL 16 gives whoever makes a role gives nothing.
func (s *session) conveys() string {
	if s.version < optionsSince {
		return "TRUE"
	}
	return "(m.inherit_option OR m.set_option)"
}
