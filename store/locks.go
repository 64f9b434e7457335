package store

import (
	"context"
	"errors"
	"sync"

	"birthright/identity"
)

// locker takes a lock that the system frees when the process dies. Without wait
// it returns errTaken where another has it.
type locker interface {
	lock(ctx context.Context, name string, wait bool) (unlock func(), err error)
}

var errTaken = errors.New("another process has it")

// Lock waits until this holder alone has the lock called name, across all
// processes that use the database. It is freed by unlock, by Close, or by the
// holder's death.
func (db *DB) Lock(ctx context.Context, name string) (unlock func(), err error) {
	return db.lock(ctx, name, true)
}

// TryLock is Lock that does not wait: kind Conflict where another has it.
func (db *DB) TryLock(ctx context.Context, name string) (unlock func(), err error) {
	return db.lock(ctx, name, false)
}

func (db *DB) lock(ctx context.Context, name string, wait bool) (func(), error) {
	unlock, err := db.locks.lock(ctx, name, wait)
	if errors.Is(err, errTaken) {
		return nil, &identity.Error{Kind: identity.Conflict, Op: "lock", Object: name, Err: err}
	}
	if err != nil {
		return nil, db.explain("lock "+name, err)
	}
	return db.held.keep(unlock), nil
}

// heldLocks keeps what holds each lock reachable: a file or connection that the
// garbage collector closes would free a lock whose holder forgot about unlock.
type heldLocks struct {
	mu      sync.Mutex
	next    int
	unlocks map[int]func()
}

// keep returns unlock made to work once, whoever calls it.
func (h *heldLocks) keep(unlock func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.unlocks == nil {
		h.unlocks = map[int]func(){}
	}
	h.next++
	key := h.next
	h.unlocks[key] = sync.OnceFunc(func() {
		unlock()
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.unlocks, key)
	})
	return h.unlocks[key]
}

func (h *heldLocks) free() {
	h.mu.Lock()
	unlocks := make([]func(), 0, len(h.unlocks))
	for _, unlock := range h.unlocks {
		unlocks = append(unlocks, unlock)
	}
	h.mu.Unlock()
	for _, unlock := range unlocks {
		unlock()
	}
}
