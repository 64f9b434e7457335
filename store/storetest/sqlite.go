package storetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"birthright/store"
)

// SQLite returns the path of a new SQLite database that has all migrations and nothing
// else. They run once in a test process; every database is a copy of what came of it.
func SQLite(t testing.TB) (file string) {
	t.Helper()
	return SQLiteAt(t, filepath.Join(t.TempDir(), "hub.db"))
}

// SQLiteAt is SQLite where the test says which file it is to be.
func SQLiteAt(t testing.TB, file string) string {
	t.Helper()
	text, err := migrated()
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatalf("make a database for the test: %v", err)
	}
	return file
}

// migrated is what is in the file of a database that was migrated and closed.
var migrated = sync.OnceValues(func() (text []byte, err error) {
	dir, err := os.MkdirTemp("", "birthright-storetest-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "hub.db")
	if _, err := store.Migrate(context.Background(), "sqlite:"+file, store.Options{}); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})
