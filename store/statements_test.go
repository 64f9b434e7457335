package store

import (
	"path/filepath"
	"testing"
)

// A statement that is being read must not be given to somebody else, and one
// that is done must not be prepared again.
func TestConnectionsKeepStatements(t *testing.T) {
	db, err := openKeeping(sqliteDSN(filepath.Join(t.TempDir(), "kept.db"), true))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE numbers (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	const insert = "INSERT INTO numbers VALUES (?), (?)"
	if _, err := db.ExecContext(t.Context(), insert, 1, 2); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	idle := func() (n int) {
		t.Helper()
		err := conn.Raw(func(c any) error { n = len(c.(*keptConn).idle); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	const all = "SELECT n FROM numbers WHERE n >= ? ORDER BY n"
	pairs := 0
	for range 2 {
		outer, err := conn.PrepareContext(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := outer.QueryContext(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			inner, err := conn.PrepareContext(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			var n, m int
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
			if err := inner.QueryRowContext(t.Context(), n).Scan(&m); err != nil || m != n {
				t.Errorf("inside row %d the same query gave %d, %v", n, m, err)
			}
			if err := inner.Close(); err != nil {
				t.Fatal(err)
			}
			pairs++
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		if err := outer.Close(); err != nil {
			t.Fatal(err)
		}
		if n := idle(); n != 1 {
			t.Errorf("%d statements are kept, want 1", n)
		}
	}
	if pairs != 4 {
		t.Errorf("%d rows were read inside others, want 4", pairs)
	}
}
