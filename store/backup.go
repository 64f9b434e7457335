package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"birthright/audit"
	"birthright/identity"
	"birthright/migrations"
)

// Backup is a file that holds everything that a database held at one moment.
type Backup struct {
	File    string
	Dialect migrations.Dialect
	Bytes   int64
	// Schema is the newest migration of the database that was copied.
	Schema int64
	// Head is the end of its audit log.
	Head audit.Head
}

// MakeBackup copies the database at url into file, which only its owner may read.
// The copy is of one moment, also while others write. It has another name until it is
// whole, on disk, and was read back; a file that is there is replaced only with force.
func MakeBackup(ctx context.Context, url, file string, force bool, o Options) (Backup, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return Backup{}, backupFault(file, err)
	}
	if err := refuseOverwriting(file, force); err != nil {
		return Backup{}, err
	}
	db, err := connect(ctx, url, o, false)
	if err != nil {
		return Backup{}, err
	}
	defer db.Close()
	part, err := emptyPart(file)
	if err != nil {
		return Backup{}, err
	}
	made, err := db.copyInto(ctx, url, part)
	if err == nil {
		err = settle(part, file)
	}
	if err != nil {
		return Backup{}, errors.Join(err, discard(part))
	}
	made.File = file
	return made, nil
}

// copyInto fills part and reads it back.
func (db *DB) copyInto(ctx context.Context, url, part string) (Backup, error) {
	at, err := db.copyTo(ctx, url, part)
	if err != nil {
		return Backup{}, err
	}
	made, err := CheckBackup(ctx, part)
	if err != nil {
		return Backup{}, err
	}
	if at.Seq != 0 && made.Head != at {
		return Backup{}, &identity.Error{
			Kind: identity.Internal, Op: "read the backup back", Err: errors.New("its audit log does not end where that of the database ended"), Hint: "make another one",
		}
	}
	return made, nil
}

// copyTo copies into part, and returns the end of the audit log at the moment of the
// copy where it knows.
func (db *DB) copyTo(ctx context.Context, url, part string) (audit.Head, error) {
	if db.dialect == migrations.Postgres {
		return db.dump(ctx, url, part)
	}
	_, err := db.writer.DB.ExecContext(ctx, "VACUUM INTO ?", part)
	return audit.Head{}, db.explain("copy the database", err)
}

// CheckBackup reads the whole file and returns what it holds. An error of kind Invalid
// says what is wrong with it.
func CheckBackup(ctx context.Context, file string) (Backup, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Backup{}, backupFault(file, err)
	}
	b := Backup{File: file, Bytes: info.Size(), Dialect: migrations.SQLite}
	kind, err := firstBytes(file)
	switch {
	case err != nil:
		return b, backupFault(file, err)
	case strings.HasPrefix(kind, "SQLite format 3"):
		err = checkCopy(ctx, file, &b)
	case strings.HasPrefix(kind, "PGDMP"):
		b.Dialect = migrations.Postgres
		err = checkDump(ctx, file, &b)
	default:
		err = damaged(file, errors.New("it is no file that `birthright backup` wrote"))
	}
	return b, err
}

func damaged(file string, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "read the backup", Object: file, Err: err, Hint: "use another backup"}
}

func firstBytes(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, 16)
	n, _ := f.Read(head) // what is too short is no backup
	return string(head[:n]), nil
}

func refuseOverwriting(file string, force bool) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return backupFault(file, err)
	case !info.Mode().IsRegular():
		return &identity.Error{Kind: identity.Invalid, Op: "write the backup", Object: file, Err: errors.New("something else than a file is there"), Hint: "name a file"}
	case force:
		return nil
	}
	return &identity.Error{Kind: identity.Conflict, Op: "write the backup", Object: file, Err: errors.New("the file is there already"), Hint: "name another one, or say --force"}
}

func backupFault(file string, err error) error {
	fault := &identity.Error{Kind: identity.Invalid, Op: "write the backup", Object: file, Err: err, Hint: "the folder must be there, and writable to the user that runs this"}
	var where *fs.PathError
	if errors.As(err, &where) {
		fault.Err = where.Err
	}
	return fault
}
