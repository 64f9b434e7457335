package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"birthright/audit"
	"birthright/identity"
	"birthright/migrations"
)

// Tx is one transaction. It belongs to the function that it was given to, and
// to one goroutine.
type Tx struct {
	db         *DB
	bun        bun.Tx
	now        time.Time
	writes     bool
	statements map[string]*sql.Stmt // prepared in this transaction, by text
	events     []audit.Event        // to be chained at commit
	causes     map[string]int64     // cause sets made in this transaction
	broken     error                // a statement failed: nothing of this may commit
}

// Now is the time of the transaction, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// View runs fn in one consistent snapshot. Writing in it is an error.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect == migrations.Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return db.run(ctx, db.reader, options, fn)
}

// Update runs fn in one transaction, which commits if fn returns nil and leaves
// no trace if it does not, or if a statement failed and fn passed over that. Updates run one after the other: an Update inside an
// Update waits for ever.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	return db.run(ctx, db.writer, nil, fn)
}

func (db *DB) run(ctx context.Context, on *bun.DB, options *sql.TxOptions, fn func(tx *Tx) error) (err error) {
	begun, err := on.BeginTx(ctx, options)
	if err != nil {
		return db.explain("begin a transaction", err)
	}
	tx := &Tx{db: db, bun: begun, now: db.o.Now().UTC().Truncate(time.Microsecond), writes: options == nil}
	done := false
	defer func() {
		// Also when fn panics: the connection must not stay in the transaction.
		if !done {
			_ = begun.Rollback() // it may have ended by itself; fn's error is the one to tell
		}
	}()
	if tx.writes && db.dialect == migrations.Postgres {
		if err := tx.exec(ctx, "SELECT pg_advisory_xact_lock(?)", writerLock); err != nil {
			return db.explain("wait for other writers", err)
		}
	}
	if err := fn(tx); err != nil {
		return db.explain("use the database", err)
	}
	if tx.broken != nil {
		return db.explain("commit", fmt.Errorf("an error was passed over: %w", tx.broken))
	}
	if err := tx.appendEvents(ctx); err != nil {
		return db.explain("write the audit log", err)
	}
	done = true
	if err := begun.Commit(); err != nil {
		return db.explain("commit", err)
	}
	db.causes.learn(tx.causes)
	return nil
}

// note takes the events of a deed that was done, or passes on why it was not.
func (tx *Tx) note(err error, events []audit.Event) error {
	if err != nil {
		return err
	}
	if !tx.writes {
		return errReadOnly()
	}
	tx.events = append(tx.events, events...)
	return nil
}

func errReadOnly() error {
	return &identity.Error{Kind: identity.Internal, Op: "write to the database", Err: errors.New("this transaction only reads")}
}
