// Package migrations owns the schema of the hub's database: numbered SQL files
// for each kind of database, embedded in the program, and what it takes to
// apply them or to see which are applied.
//
//	sqlite/00001_….sql      ┐
//	postgres/00001_….sql    ┴→ Up (each file in a transaction of its own)
//	                        └→ Status, Check (read only)
//
// What the tables mean to the program is the business of package store. A
// released file is never edited: what should be different comes in a new file,
// under the same number for every kind of database.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"birthright/identity"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// table is where the database remembers what was applied.
const table = "birthright_migrations"

// Dialect is a kind of database, and the folder of its files.
type Dialect string

// The kinds of database.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Step is one migration.
type Step struct {
	Version int64  `json:"version"`
	Name    string `json:"name"` // the file's name
	Applied bool   `json:"applied"`
	// Took is how long Up needed for it.
	Took time.Duration `json:"-"`
}

// Up applies what is not applied yet, in order, and returns that. Of two
// programs at once, one waits for the other. A migration that fails leaves the
// database as it was before it.
func Up(ctx context.Context, db *sql.DB, d Dialect) ([]Step, error) {
	version, err := version(ctx, db, d)
	if err != nil {
		return nil, err
	}
	if err := notNewer(version); err != nil {
		return nil, err
	}
	if d == SQLite { // a PostgreSQL database may well be shared
		if err := Foreign(ctx, db); err != nil {
			return nil, err
		}
	}
	provider, err := provider(db, d)
	if err != nil {
		return nil, fmt.Errorf("migrate the database: %w", err)
	}
	results, err := provider.Up(ctx)
	if partial := (*goose.PartialError)(nil); errors.As(err, &partial) {
		results = partial.Applied
	}
	done := make([]Step, 0, len(results))
	for _, r := range results {
		done = append(done, Step{Version: r.Source.Version, Name: path.Base(r.Source.Path), Applied: true, Took: r.Duration})
	}
	if err != nil {
		return done, fmt.Errorf("migrate the database: %w", err)
	}
	return done, nil
}

// Foreign returns an error of kind Invalid for a SQLite file that has tables, and
// none of ours: it is another program's.
func Foreign(ctx context.Context, db *sql.DB) error {
	const tables = "SELECT count(*), count(CASE WHEN name = '" + table + "' THEN 1 END) FROM sqlite_master WHERE type = 'table'"
	var all, ours int
	if err := db.QueryRowContext(ctx, tables).Scan(&all, &ours); err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	if all == 0 || ours > 0 {
		return nil
	}
	return &identity.Error{
		Kind: identity.Invalid, Op: "open the database", Err: errors.New("the file is another program's: it has tables, and none of Birthright's"),
		Hint: "correct database.url; nothing was changed",
	}
}

func provider(db *sql.DB, d Dialect) (*goose.Provider, error) {
	sub, err := fs.Sub(files, string(d))
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithTableName(table), goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d == Postgres {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db, sub, options...)
}

// Status lists every migration that the program knows, in order. It changes
// nothing.
func Status(ctx context.Context, db *sql.DB, d Dialect) ([]Step, error) {
	version, err := version(ctx, db, d)
	if err != nil {
		return nil, err
	}
	names, err := fs.ReadDir(files, string(d))
	if err != nil {
		return nil, err
	}
	steps := make([]Step, 0, len(names))
	for _, name := range names {
		n, err := goose.NumericComponent(name.Name())
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name.Name(), err)
		}
		steps = append(steps, Step{Version: n, Name: name.Name(), Applied: n <= version})
	}
	return steps, notNewer(version)
}

// Check returns an error of kind Invalid, with a hint, unless the database has
// exactly the schema that the program knows. It changes nothing.
func Check(ctx context.Context, db *sql.DB, d Dialect) error {
	version, err := version(ctx, db, d)
	if err != nil {
		return err
	}
	if version < Latest {
		fault := fmt.Errorf("its schema is older than the program: version %d, needed is %d", version, Latest)
		if version == 0 {
			fault = errors.New("it has no tables yet")
		}
		return &identity.Error{Kind: identity.Invalid, Op: "open the database", Err: fault, Hint: "run `birthright migrate up`"}
	}
	return notNewer(version)
}

// Latest is the version of the newest migration.
const Latest int64 = 21

func notNewer(version int64) error {
	if version <= Latest {
		return nil
	}
	return &identity.Error{
		Kind: identity.Invalid, Op: "open the database",
		Err:  fmt.Errorf("its schema is newer than the program: version %d, known is %d", version, Latest),
		Hint: "upgrade the program, or use the database that belongs to this version",
	}
}

// version returns the number of the newest applied migration, 0 for a database
// that has none.
func version(ctx context.Context, db *sql.DB, d Dialect) (int64, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + table + "'"
	if d == Postgres {
		exists = "SELECT count(*) FROM pg_class WHERE oid = to_regclass('" + table + "')"
	}
	var n, version int64
	if err := db.QueryRowContext(ctx, exists).Scan(&n); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	newest := "SELECT coalesce(max(version_id), 0) FROM " + table
	if err := db.QueryRowContext(ctx, newest).Scan(&version); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}
