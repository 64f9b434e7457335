package store

import (
	"context"
	"log/slog"
	"time"
)

// Options are what the program lends the store.
type Options struct {
	Now   func() time.Time // time.Now if nil
	NewID func() string    // random UUIDs if nil
	Log   *slog.Logger     // discarded if nil
	// Migrate brings the schema up first, making the database file if it is
	// not there.
	Migrate bool
}

// DB is the hub's database. Its methods may be called from any goroutine.
type DB struct {
	o Options
}

// Tx is one transaction. It belongs to the function it was given to.
type Tx struct {
	now time.Time
}

// Now is the time of the transaction, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// Open connects to the database at url, sqlite:PATH or postgres://….
func Open(ctx context.Context, url string, o Options) (*DB, error) { return nil, errPending }

// Close releases the connections.
func (db *DB) Close() error { return errPending }

// View runs fn in one consistent snapshot.
func (db *DB) View(ctx context.Context, fn func(tx *Tx) error) error { return errPending }

// Update runs fn in one transaction, which commits if fn returns nil.
func (db *DB) Update(ctx context.Context, fn func(tx *Tx) error) error { return errPending }

// Lock waits until this holder alone has the lock called name, across
// processes. It is freed by unlock, or by the holder's death.
func (db *DB) Lock(ctx context.Context, name string) (unlock func(), err error) {
	return nil, errPending
}

// TryLock is Lock that does not wait: kind Conflict when another has it.
func (db *DB) TryLock(ctx context.Context, name string) (unlock func(), err error) {
	return nil, errPending
}
