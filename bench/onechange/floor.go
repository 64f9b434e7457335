package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver that the hub has
)

const tables = `
CREATE TABLE audit (seq INTEGER PRIMARY KEY, subject TEXT, detail TEXT, hash BLOB) STRICT;
CREATE INDEX audit_subject ON audit (subject);
CREATE TABLE bench_changes (id INTEGER PRIMARY KEY, detail TEXT, outcome TEXT) STRICT`

// floor times one durable transaction of the rows of a change: a user, a
// record, and a row for each event with its change.
func floor(ctx context.Context, dir string, events, times int) (took []float64, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, tables); err != nil {
		return nil, err
	}
	detail := strings.Repeat("d", 300)
	for range times {
		began := time.Now()
		if err := commit(ctx, db, events, detail); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began).Seconds())
	}
	return took, nil
}

func commit(ctx context.Context, db *sql.DB, events int, detail string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	for range events {
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit (subject, detail, hash) VALUES (?, ?, zeroblob(64))", detail[:20], detail); err != nil {
			return err
		}
	}
	for range 2 + events/2 {
		if _, err := tx.ExecContext(ctx, "INSERT INTO bench_changes (detail) VALUES (?)", detail); err != nil {
			return err
		}
	}
	return tx.Commit()
}
