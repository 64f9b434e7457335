package store

import (
	"context"
	"database/sql"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"birthright/migrations"
)

// The bytes of a SQLite file that tell how it is written: 1 with a rollback
// journal, 2 with a write-ahead log.
const (
	journalByte     = 18
	rollbackJournal = 1
)

// refuseForeign refuses the file of another program before anything is changed
// in it: opening a file for us gives it a write-ahead log for good, so one that
// has it already was ours, or is looked at when it is migrated.
func refuseForeign(ctx context.Context, path string) error {
	if !rollbackFile(path) {
		return nil
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil //nolint:nilerr // opening it for real tells what is wrong
	}
	defer db.Close()
	return migrations.Foreign(ctx, db)
}

// rollbackFile reports whether path is a SQLite file with a rollback journal.
func rollbackFile(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	header := make([]byte, journalByte+1)
	_, err = io.ReadFull(file, header)
	return err == nil && string(header[:15]) == "SQLite format 3" && header[journalByte] == rollbackJournal
}
