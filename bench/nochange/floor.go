package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver that the hub has
)

// floor times what cannot be done without, over the hub's own file.
func floor(ctx context.Context, dir string, pairs int, figures map[string]float64) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "hub.db")+"?_pragma=query_only(1)&_pragma=cache_size(-65536)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	began := time.Now()
	for _, query := range []string{
		"SELECT n, user_name, state, attributes FROM users ORDER BY n",
		"SELECT user_n, group_n, causes_n, ends_at FROM memberships ORDER BY user_n, group_n",
		"SELECT user_n, native_id, name, attributes FROM accounts WHERE target_n = 1 ORDER BY user_n",
		"SELECT user_n, ent_n, managed, observed FROM assignments WHERE target_n = 1 ORDER BY user_n, ent_n",
	} {
		n, err := readAll(ctx, db, query)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("no rows from %s", query)
		}
	}
	figures["read"] = time.Since(began).Seconds()
	wanted, actual := make([]uint64, pairs), make([]uint64, pairs)
	for i := range wanted {
		wanted[i] = uint64(i/10)<<32 | uint64(i%10)
	}
	copy(actual, wanted)
	began = time.Now()
	if n := merge(wanted, actual); n != 0 {
		return fmt.Errorf("%d differences in equal lists", n)
	}
	figures["merge"] = time.Since(began).Seconds()
	return nil
}

// readAll scans every row of a query with four columns.
func readAll(ctx context.Context, db *sql.DB, query string) (n int, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var a, b, c, d sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&a, &b, &c, &d); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

// merge counts what two ascending lists do not have in common.
func merge(a, b []uint64) (different int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case a[0] < b[0]:
			a, different = a[1:], different+1
		default:
			b, different = b[1:], different+1
		}
	}
	return different + len(a) + len(b)
}
