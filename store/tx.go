package store

import (
	"context"
	"database/sql"
	"errors"
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
	sql        *sql.Tx
	bun        builder
	now        time.Time
	writes     bool
	statements map[string]*sql.Stmt // prepared in this transaction, by text
	events     []audit.Event        // to be chained at commit
	causes     map[string]int64     // cause sets made in this transaction
	broken     error                // a statement failed: nothing of this may commit
}

// builder makes statements that run in the transaction.
type builder interface {
	NewSelect() *bun.SelectQuery
	NewInsert() *bun.InsertQuery
	NewUpdate() *bun.UpdateQuery
}

// Now is the time of the transaction, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// View runs fn in one consistent snapshot. Writing in it is an error.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect == migrations.Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	begun, err := db.reader.BeginTx(ctx, options)
	if err != nil {
		return db.explain("begin a transaction", err)
	}
	// Also when fn panics: the connection must not stay in the transaction.
	defer func() { _ = begun.Rollback() }() // there is nothing to keep
	return db.explain("use the database", fn(&Tx{db: db, sql: begun.Tx, bun: begun, now: db.now(), statements: map[string]*sql.Stmt{}}))
}

// Update runs fn in one transaction, which is durable when Update returns nil.
// It leaves no trace if fn returns an error, or if a statement failed and fn
// passed over that. Updates run one after the other: an Update inside an Update
// waits for ever. Those that wait at the same time are made durable together,
// each whole or not at all.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	s, err := db.enter(ctx)
	if err != nil {
		return err
	}
	tx, err := db.part(ctx, s, fn)
	if err != nil {
		return err
	}
	<-s.ended
	if s.err == nil {
		db.causes.learn(tx.causes)
	}
	return s.err
}

// now is the time for a transaction.
func (db *DB) now() time.Time { return db.o.Now().UTC().Truncate(time.Microsecond) }

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
