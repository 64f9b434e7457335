package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"time"
)

// memberTable is the hub's table of members, with its index.
const memberTable = `
CREATE TABLE IF NOT EXISTS source_members (
    group_n INTEGER NOT NULL, is_group INTEGER NOT NULL, member_n INTEGER NOT NULL,
    PRIMARY KEY (group_n, is_group, member_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS source_members_member ON source_members (is_group, member_n)`

// perInsert is how many rows one statement of the floor has.
const perInsert = 50

// memberFloor times one durable transaction that inserts the rows of a group's
// members.
func memberFloor(ctx context.Context, dir string, group, members int) (seconds float64, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "floor.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, memberTable); err != nil {
		return 0, err
	}
	began := time.Now()
	err = insertMembers(ctx, db, group, members)
	return time.Since(began).Seconds(), err
}

func insertMembers(ctx context.Context, db *sql.DB, group, members int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	insert, err := tx.PrepareContext(ctx, "INSERT INTO source_members VALUES "+strings.Repeat("(?, 0, ?), ", perInsert-1)+"(?, 0, ?)")
	if err != nil {
		return err
	}
	args := make([]any, 2*perInsert)
	for from := 0; from < members; from += perInsert {
		for i := range perInsert {
			args[2*i], args[2*i+1] = group, from+i+1
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
