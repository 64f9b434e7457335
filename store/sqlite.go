package store

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"birthright/identity"
	"birthright/migrations"
)

// busyTimeout is how long a statement waits for another process, in milliseconds.
const busyTimeout = "10000"

// openSQLite opens the file at path. It holds who may do what: only its owner
// may read it.
func (db *DB) openSQLite(ctx context.Context, path string, create bool) error {
	const op = "open the database"
	if path == "" {
		return &identity.Error{Kind: identity.Invalid, Op: op, Err: errors.New("its address names no file"), Hint: "write sqlite:PATH"}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: op, Object: path, Err: err}
	}
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return fileFault(path, err)
	}
	if err := file.Close(); err != nil {
		return fileFault(path, err)
	}
	if err := refuseForeign(ctx, path); err != nil {
		return err
	}
	db.dialect = migrations.SQLite
	db.locks = fileLocks(path)
	writer, err := openKeeping(sqliteDSN(path, true))
	if err != nil {
		return fileFault(path, err)
	}
	reader, err := openKeeping(sqliteDSN(path, false))
	if err != nil {
		return errors.Join(fileFault(path, err), writer.Close())
	}
	db.writer = bun.NewDB(pool(writer, 1), sqlitedialect.New())
	db.reader = bun.NewDB(pool(reader, max(4, runtime.NumCPU())), sqlitedialect.New())
	// The first statement shows whether the file is a database at all.
	if _, err := db.writer.ExecContext(ctx, "SELECT count(*) FROM sqlite_master"); err != nil {
		return errors.Join(sqliteFault(op, path, err), db.Close())
	}
	return nil
}

// sqliteDSN describes a connection. A writer takes the write lock when it
// begins, since a reader that turns writer half-way is refused at once.
func sqliteDSN(path string, write bool) string {
	q := url.Values{"_pragma": {
		"busy_timeout(" + busyTimeout + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"cache_size(-65536)", "wal_autocheckpoint(8192)", "journal_size_limit(67108864)",
	}}
	if write {
		q.Set("_txlock", "immediate")
		// Each statement of many rows notes how to undo itself: not on disk.
		q.Add("_pragma", "temp_store(MEMORY)")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

// fileFault explains why the file could not be opened.
func fileFault(path string, err error) error {
	fault := &identity.Error{Kind: identity.Invalid, Op: "open the database", Object: path, Err: err, Hint: "correct database.url"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fault.Kind, fault.Err = identity.NotFound, errors.New("the file is not there")
		fault.Hint = "run `birthright migrate up` to make it, or correct database.url"
		if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
			fault.Kind, fault.Err, fault.Hint = identity.Invalid, errors.New("its folder is not there"), "make the folder, or correct database.url"
		}
	case errors.Is(err, fs.ErrPermission):
		fault.Kind, fault.Hint = identity.Denied, "run as the file's owner, or correct its permissions"
	}
	return fault
}

// sqliteFault explains an error of the driver; err itself if it has nothing to
// add.
func sqliteFault(op, path string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	fault := &identity.Error{Kind: identity.Internal, Op: op, Object: path, Err: err}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		fault.Kind, fault.Err = identity.Invalid, errors.New("the file is not a SQLite database")
		fault.Hint = "correct database.url, or move the file away"
	case sqlite3.SQLITE_CORRUPT:
		fault.Hint = "the file is damaged: stop the program and restore a backup"
	case sqlite3.SQLITE_BUSY:
		fault.Kind, fault.Hint = identity.Unavailable, "another process is writing; try again"
	case sqlite3.SQLITE_FULL:
		fault.Kind, fault.Hint = identity.Unavailable, "the disk is full: make room"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		fault.Kind, fault.Hint = identity.Denied, "the file and its folder must be writable to the user that runs this"
	default:
		return err
	}
	return fault
}
