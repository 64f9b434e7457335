package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver that the hub has
)

// database is what the hub calls its file, and the floor too.
const database = "hub.db"

// rowsIn counts what is in the database below dir after people were pushed.
func rowsIn(ctx context.Context, dir string) (counts map[string]int, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, database)+"?_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	counts = map[string]int{}
	for _, table := range []string{"users", "records", "match_keys", "terms", "audit"} {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return nil, err
		}
		counts[table] = n
	}
	return counts, nil
}
