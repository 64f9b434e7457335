package postgres

import (
	"context"
	"errors"
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

// wire is a transaction on one connection.
type wire struct {
	*pgx.Conn
	c   *cluster
	ctx context.Context
	at  place
}

// opening is how a transaction begins, and what is said once its limits are set.
func opening(m mode) (begin string, then []string) {
	switch m {
	case reading:
		return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", nil
	case changing:
		return "BEGIN ISOLATION LEVEL READ COMMITTED", []string{fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", turn)}
	case closing:
		return "BEGIN ISOLATION LEVEL READ COMMITTED", nil
	}
	return "BEGIN READ ONLY", nil
}

// begin opens a transaction.
func (c *cluster) begin(ctx context.Context, m mode) (session, error) {
	if err := ctx.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Unavailable, Op: c.t.op("connect"), Err: err}
	}
	conn, err := c.take(ctx)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn, c: c, ctx: ctx}
	begin, then := opening(m)
	statements := []string{
		begin,
		fmt.Sprintf("SET LOCAL statement_timeout = %d", c.t.config.Timeout.Milliseconds()),
		fmt.Sprintf("SET LOCAL lock_timeout = %d", min(lockWait, c.t.config.Timeout).Milliseconds()),
		"SET LOCAL standard_conforming_strings = on", "SET LOCAL client_min_messages = error",
	}
	if _, err = w.run(append(statements, then...)...); err == nil {
		err = w.orient()
	}
	if err != nil {
		w.end()
		return nil, c.t.explained("begin", err)
	}
	return w, nil
}

// orient finds out where and who we are.
func (w *wire) orient() error {
	at := &w.at
	at.how = w.keeping()
	return w.QueryRow(w.ctx, `SELECT current_setting('server_version_num')::int, 'PostgreSQL ' || current_setting('server_version'), r.oid::text, r.rolname::text,
		pg_is_in_recovery(), r.rolsuper, r.rolcreaterole FROM pg_roles r WHERE r.rolname = current_user`).
		Scan(&at.version, &at.product, &at.self, &at.name, &at.readOnly, &at.super, &at.creates)
}

func (w *wire) where() place { return w.at }

// end gives the connection back; what was not committed is undone.
func (w *wire) end() {
	if !w.IsClosed() && w.PgConn().TxStatus() != 'I' {
		if _, err := w.run("ROLLBACK"); err != nil {
			discard(w.Conn)
			return
		}
	}
	w.c.put(w.Conn)
}

var errUndone = errors.New("the server undid it instead of committing it")

func (w *wire) commit() error {
	results, err := w.run("COMMIT")
	if err == nil && results[0].CommandTag.String() != "COMMIT" {
		return errUndone
	}
	return err
}

// run sends statements in one go and returns the rows of all of them. They stop at
// the first that fails.
func (w *wire) run(statements ...string) ([]*pgconn.Result, error) {
	text := ""
	for _, statement := range statements {
		w.c.t.calls.Add(1)
		text += statement + ";"
	}
	return w.PgConn().Exec(w.ctx, text).ReadAll()
}

// try runs an op's statements behind a savepoint.
func (w *wire) try(changes ...change) (oid string, err error) {
	all := []string{"SAVEPOINT op"}
	for _, c := range changes {
		all = append(all, statements(c)...)
	}
	results, err := w.run(append(all, "RELEASE SAVEPOINT op")...)
	if err == nil || !answered(err) {
		return cell(results, 0), err
	}
	if _, lost := w.run("ROLLBACK TO SAVEPOINT op", "RELEASE SAVEPOINT op"); lost != nil {
		return "", lost
	}
	return "", err
}

// statements are a change in SQL.
func statements(c change) []string {
	switch c := c.(type) {
	case createRole:
		may := "NOLOGIN"
		if c.login {
			may = "LOGIN"
		}
		return []string{
			"CREATE ROLE " + quoted(c.name) + " " + may, "COMMENT ON ROLE " + quoted(c.name) + " IS " + quote(c.comment),
			"SELECT oid FROM pg_roles WHERE rolname = " + quote(c.name),
		}
	case renameRole:
		return []string{"ALTER ROLE " + quoted(c.from) + " RENAME TO " + quoted(c.to)}
	case allowLogin:
		return []string{"ALTER ROLE " + quoted(c.name) + " LOGIN"}
	case denyLogin:
		return []string{"ALTER ROLE " + quoted(c.name) + " NOLOGIN"}
	case comment:
		return []string{"COMMENT ON ROLE " + quoted(c.name) + " IS " + quote(c.text)}
	case dropRole:
		return []string{"DROP ROLE " + quoted(c.name)}
	case grantRole:
		return []string{"GRANT " + quoted(c.given) + " TO " + quoted(c.member)}
	case revokeRole:
		statement := "REVOKE " + quoted(c.given) + " FROM " + quoted(c.member)
		if c.grantor != "" {
			statement += " GRANTED BY " + quoted(c.grantor)
		}
		return []string{statement}
	}
	return nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// cell is a column of the first row that some results have, "" for none.
func cell(results []*pgconn.Result, column int) string {
	for _, r := range results {
		if len(r.Rows) > 0 && len(r.Rows[0]) > column {
			return string(r.Rows[0][column])
		}
	}
	return ""
}
