package migrations

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"

	"birthright/internal/pgtest"
)

var postgres = pgtest.New(nil)

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

func open(t *testing.T, d Dialect) *sql.DB {
	t.Helper()
	driver, source := "sqlite", ""
	if d == SQLite {
		source = filepath.Join(t.TempDir(), "hub.db")
	} else {
		driver, source = "pgx", postgres.EmptyURL(t)
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestEveryDialectHasEveryMigration(t *testing.T) {
	names := map[Dialect][]string{}
	for _, d := range []Dialect{SQLite, Postgres} {
		entries, err := fs.ReadDir(files, string(d))
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			names[d] = append(names[d], e.Name())
			if n, err := goose.NumericComponent(e.Name()); err != nil || n != int64(i+1) {
				t.Errorf("%s/%s should have the number %d", d, e.Name(), i+1)
			}
		}
		if int64(len(entries)) != Latest {
			t.Errorf("%s has %d migrations, Latest is %d", d, len(entries), Latest)
		}
	}
	if diff := cmp.Diff(names[SQLite], names[Postgres]); diff != "" {
		t.Errorf("the dialects have different files: %s", diff)
	}
}

// Up, down and up again leaves the same: nothing is forgotten on the way down.
func TestUpAndDown(t *testing.T) {
	for _, d := range []Dialect{SQLite, Postgres} {
		t.Run(string(d), func(t *testing.T) {
			db, ctx := open(t, d), t.Context()
			if err := Check(ctx, db, d); err == nil {
				t.Error("an empty database was taken for a migrated one")
			}
			if _, err := Up(ctx, db, d); err != nil {
				t.Fatal(err)
			}
			if err := Check(ctx, db, d); err != nil {
				t.Error(err)
			}
			provider, err := provider(db, d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.DownTo(ctx, 0); err != nil {
				t.Fatal(err)
			}
			if n := tables(ctx, t, db, d); n != 1 {
				t.Errorf("%d tables are left, want only the one of migrations", n)
			}
			if _, err := Up(ctx, db, d); err != nil {
				t.Error(err)
			}
		})
	}
}

// A migration that fails half-way leaves nothing of itself.
func TestAFailedMigrationLeavesNothing(t *testing.T) {
	for _, d := range []Dialect{SQLite, Postgres} {
		t.Run(string(d), func(t *testing.T) {
			db, ctx := open(t, d), t.Context()
			// From scratch, but known as ours.
			if _, err := Up(ctx, db, d); err != nil {
				t.Fatal(err)
			}
			provider, err := provider(db, d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.DownTo(ctx, 0); err != nil {
				t.Fatal(err)
			}
			// It is in the way of the last statements of the first migration.
			if _, err := db.ExecContext(ctx, "CREATE TABLE audit_head (x TEXT)"); err != nil {
				t.Fatal(err)
			}
			if _, err := Up(ctx, db, d); err == nil {
				t.Fatal("the migration went through")
			}
			if n := tables(ctx, t, db, d); n != 2 {
				t.Errorf("%d tables, want the one in the way and the one of migrations", n)
			}
			if _, err := db.ExecContext(ctx, "DROP TABLE audit_head"); err != nil {
				t.Fatal(err)
			}
			if _, err := Up(ctx, db, d); err != nil {
				t.Error(err)
			}
		})
	}
}

func tables(ctx context.Context, t *testing.T, db *sql.DB, d Dialect) (n int) {
	t.Helper()
	query := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if d == Postgres {
		query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	}
	if err := db.QueryRowContext(ctx, query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
