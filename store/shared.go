package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"birthright/identity"
	"birthright/migrations"
)

// shared is a transaction that several updates have a part in, one after the
// other, so that the disk is waited for once:
//
//	enter ─→ part ─→ part ─→ … ─→ end: commit ─→ every Update returns
//	           └ failed: undone back to where it began
//
// The first part needs no savepoint: if it fails, the transaction holds nothing
// else and is rolled back.
type shared struct {
	tx         bun.Tx
	cancel     context.CancelFunc
	statements map[string]*sql.Stmt
	parts      int           // that are to be kept
	lost       error         // a part could not be undone: nothing may be kept
	ended      chan struct{} // closed once err says how it ended
	err        error
}

// mostParts bounds how many updates share a transaction, and so how long the
// first waits for the last.
const mostParts = 128

// enter waits for the turn and returns the transaction to take part in.
func (db *DB) enter(ctx context.Context) (*shared, error) {
	s, err := db.turns.take(ctx)
	if err != nil || s != nil {
		return s, err
	}
	if s, err = db.begin(ctx); err != nil {
		db.turns.free()
	}
	return s, err
}

// begin opens a transaction that outlives ctx, but does not wait longer for it.
func (db *DB) begin(ctx context.Context) (*shared, error) {
	whole, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	begun, err := db.writer.BeginTx(whole, nil)
	if err == nil && db.dialect == migrations.Postgres {
		if _, err = begun.Tx.ExecContext(whole, "SELECT pg_advisory_xact_lock($1)", writerLock); err != nil {
			_ = begun.Rollback() // it may have ended by itself
		}
	}
	if !stop() {
		if err == nil {
			_ = begun.Rollback() // nothing was done in it
		}
		cancel()
		return nil, ctx.Err()
	}
	if err != nil {
		cancel()
		return nil, db.explain("begin a transaction", err)
	}
	return &shared{tx: begun, cancel: cancel, statements: map[string]*sql.Stmt{}, ended: make(chan struct{})}, nil
}

// part runs fn in s, and undoes it if it fails. Afterwards the turn is somebody
// else's, also when fn panics.
func (db *DB) part(ctx context.Context, s *shared, fn func(tx *Tx) error) (*Tx, error) {
	defer db.leave(s)
	tx := &Tx{db: db, sql: s.tx.Tx, bun: patient{s.tx}, now: db.now(), writes: true, statements: s.statements}
	guarded := s.parts > 0
	if guarded {
		if err := tx.exec(ctx, "SAVEPOINT part"); err != nil {
			return nil, db.explain("begin a transaction", err)
		}
	}
	kept := false
	defer func() {
		if !kept && guarded {
			s.undo()
		}
	}()
	if err := fn(tx); err != nil {
		return nil, db.explain("use the database", err)
	}
	if tx.broken != nil {
		return nil, db.explain("commit", fmt.Errorf("an error was passed over: %w", tx.broken))
	}
	if err := tx.appendEvents(ctx); err != nil {
		return nil, db.explain("write the audit log", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if guarded {
		if err := tx.exec(ctx, "RELEASE SAVEPOINT part"); err != nil {
			return nil, db.explain("commit", err)
		}
	}
	kept = true
	s.parts++
	return tx, nil
}

// undo takes back the part that failed.
func (s *shared) undo() {
	for _, statement := range []string{"ROLLBACK TO SAVEPOINT part", "RELEASE SAVEPOINT part"} {
		if _, err := s.tx.Tx.ExecContext(context.Background(), statement); err != nil {
			s.lost = errors.Join(s.lost, err)
		}
	}
}

// leave lets the next update take part, or ends the transaction.
func (db *DB) leave(s *shared) {
	open := s.lost == nil && s.parts > 0 && s.parts < mostParts
	if open && db.turns.join(s) {
		return
	}
	defer db.turns.free()
	defer close(s.ended)
	defer s.cancel()
	switch {
	case s.lost != nil:
		_ = s.tx.Rollback() // it has most likely ended by itself
		s.err = &identity.Error{
			Kind: identity.Unavailable, Op: "commit", Err: db.explain("undo an update beside it", s.lost), Hint: "nothing was changed; try again",
		}
	case s.parts == 0:
		_ = s.tx.Rollback() // nobody is left who could be told
	default:
		s.err = db.explain("commit", s.tx.Commit())
	}
}

// patient is bun's side of a transaction that others share: a statement that
// has begun runs to its end, since both databases answer an interrupted one by
// giving up the whole transaction. A context that has ended begins none.
type patient struct{ bun.Tx }

func (p patient) NewSelect() *bun.SelectQuery { return p.Tx.NewSelect().Conn(p) }
func (p patient) NewInsert() *bun.InsertQuery { return p.Tx.NewInsert().Conn(p) }
func (p patient) NewUpdate() *bun.UpdateQuery { return p.Tx.NewUpdate().Conn(p) }

// ExecContext implements bun.IConn; the text has its values already.
func (p patient) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.Tx.Tx.ExecContext(context.WithoutCancel(ctx), text, args...)
}

// QueryContext implements bun.IConn.
func (p patient) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.Tx.Tx.QueryContext(context.WithoutCancel(ctx), text, args...)
}

// QueryRowContext implements bun.IConn.
func (p patient) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	return p.Tx.Tx.QueryRowContext(context.WithoutCancel(ctx), text, args...)
}
