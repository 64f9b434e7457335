package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"birthright/identity"
	"birthright/internal/ids"
	"birthright/migrations"
)

// Options are what the program lends the store.
type Options struct {
	Now   func() time.Time // time.Now if nil
	NewID func() string    // time-ordered UUIDs if nil
	Log   *slog.Logger     // discarded if nil
	Index Indexer          // what filters can be asked of; nothing if nil
	// Migrate brings the schema up first, making the SQLite file if it is not
	// there.
	Migrate bool
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = ids.New
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// DB is the hub's database. Its methods may be called from any goroutine.
type DB struct {
	o       Options
	dialect migrations.Dialect
	// One connection writes; several read.
	writer, reader *bun.DB
	turns          turns // at the writer
	locks          locker
	hide           func(error) error // takes the password out of an error
	texts          sync.Map          // statement as written here → as this database wants it
	prepared       sync.Map          // text → *sql.Stmt of the readers, for what is asked outside of transactions
	causes         causeCache
	held           heldLocks
}

// Open connects to the database at url, sqlite:PATH or postgres://…. Its schema
// must be the one that the program knows: an older or newer one is an error of
// kind Invalid that says what to do.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	db, err := connect(ctx, url, o, o.Migrate)
	if err != nil {
		return nil, err
	}
	if o.Migrate {
		_, err = db.migrate(ctx)
	}
	if err == nil {
		err = db.explain("open the database", migrations.Check(ctx, db.reader.DB, db.dialect))
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Migrate brings the schema of the database at url up to date and returns what
// was applied. A SQLite file that is not there is made.
func Migrate(ctx context.Context, url string, o Options) ([]migrations.Step, error) {
	db, err := connect(ctx, url, o, true)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return db.migrate(ctx)
}

// MigrationStatus tells which migrations the database at url has. It changes nothing.
func MigrationStatus(ctx context.Context, url string, o Options) ([]migrations.Step, error) {
	db, err := connect(ctx, url, o, false)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	steps, err := migrations.Status(ctx, db.reader.DB, db.dialect)
	return steps, db.explain("read the migrations", err)
}

// migrate applies migrations under a lock, so that of two programs that start
// at once one waits.
func (db *DB) migrate(ctx context.Context) ([]migrations.Step, error) {
	unlock, err := db.Lock(ctx, "migrate")
	if err != nil {
		return nil, err
	}
	defer unlock()
	steps, err := migrations.Up(ctx, db.writer.DB, db.dialect)
	for _, s := range steps {
		db.o.Log.InfoContext(ctx, "database migrated", "version", s.Version, "name", s.Name, "took", s.Took)
	}
	return steps, db.explain("migrate the database", err)
}

// connect reaches the database without looking at its schema. With create, a
// SQLite file that is not there is made.
func connect(ctx context.Context, url string, o Options, create bool) (*DB, error) {
	db := &DB{o: o.filled(), hide: func(err error) error { return err }}
	scheme, rest, _ := strings.Cut(url, ":")
	var err error
	switch scheme {
	case "sqlite":
		err = db.openSQLite(ctx, rest, create)
	case "postgres", "postgresql":
		err = db.openPostgres(ctx, url)
	default:
		// The text is not repeated: it may be a password in the wrong place.
		err = &identity.Error{
			Kind: identity.Invalid, Op: "open the database", Err: errors.New("its address is of no known kind"),
			Hint: "write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
		}
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Close frees the locks that are held and releases the connections.
func (db *DB) Close() error {
	db.held.free()
	db.closePrepared()
	return errors.Join(db.writer.Close(), db.reader.Close())
}

// Dialect tells which kind of database it is.
func (db *DB) Dialect() migrations.Dialect { return db.dialect }

// CheckSchema sees whether the tables are still those that the program knows: another
// program may have brought them up meanwhile.
func (db *DB) CheckSchema(ctx context.Context) error {
	return db.explain("look at the schema", migrations.Check(ctx, db.reader.DB, db.dialect))
}

// Ping sees whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.explain("reach the database", db.reader.PingContext(ctx))
}

// pool sets how many connections a pool holds open.
func pool(db *sql.DB, size int) *sql.DB {
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}
