package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"birthright/audit"
	"birthright/identity"
)

// gather starts updates while the first holds the writer, in their order, and
// returns how each ended.
func gather(t *testing.T, db *DB, parts ...func(tx *Tx) error) []error {
	t.Helper()
	errs := make([]error, len(parts))
	ready, begun := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		errs[0] = update(t, db, func(tx *Tx) error {
			close(begun)
			<-ready
			return parts[0](tx)
		})
	})
	<-begun
	for i, part := range parts[1:] {
		all.Go(func() { errs[i+1] = update(t, db, part) })
		waitForQueue(db, i+1)
	}
	close(ready)
	all.Wait()
	return errs
}

// update is db.Update with a panic as an error.
func update(t *testing.T, db *DB, fn func(tx *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return db.Update(t.Context(), fn)
}

// waitForQueue returns once n updates wait for their turn.
func waitForQueue(db *DB, n int) {
	for {
		db.turns.mu.Lock()
		waiting := len(db.turns.waiting)
		db.turns.mu.Unlock()
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}

func openFresh(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// save returns an update that saves a user, notes how many parts the
// transaction had before, and then fails with err.
func save(t *testing.T, name string, before *[]int, err error) func(tx *Tx) error {
	return func(tx *Tx) error {
		n, counted := tx.number(t.Context(), "SELECT count(*) FROM users")
		*before = append(*before, int(n))
		return errors.Join(counted, tx.SaveUsers(t.Context(), []*identity.User{{UserName: name}}, audit.Event{Action: "user.created"}), err)
	}
}

func TestUpdatesThatWaitShareACommit(t *testing.T) {
	db := openFresh(t)
	planned := errors.New("planned")
	for _, c := range []struct {
		name  string
		fails []bool
	}{
		{"all succeed", []bool{false, false, false, false}},
		{"the first fails", []bool{true, false, false}},
		{"one in the middle fails", []bool{false, true, false}},
		{"the last fails", []bool{false, false, true}},
		{"all fail", []bool{true, true, true}},
	} {
		var before []int
		var parts []func(tx *Tx) error
		var want []string
		for i, fails := range c.fails {
			name := c.name + string(rune('a'+i))
			err := planned
			if !fails {
				want, err = append(want, name), nil
			}
			parts = append(parts, save(t, name, &before, err))
		}
		errs := gather(t, db, parts...)
		for i, fails := range c.fails {
			if errors.Is(errs[i], planned) != fails || errs[i] != nil && !fails {
				t.Errorf("%s: part %d ended with %v", c.name, i, errs[i])
			}
		}
		err := db.View(t.Context(), func(tx *Tx) error {
			users, err := tx.Users(t.Context(), UserFilter{Search: c.name})
			var got []string
			for _, u := range users {
				got = append(got, u.UserName)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q are there, want %q", c.name, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(before) {
			t.Errorf("%s: parts did not see those before them: %v users", c.name, before)
		}
	}
	verify(t, db, 10)
}

// verify walks the audit chain.
func verify(t *testing.T, db *DB, want int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx *Tx) error {
		head, err := tx.AuditHead(t.Context())
		if err != nil {
			return err
		}
		if head.Seq != want {
			t.Errorf("%d audit records, want %d", head.Seq, want)
		}
		verdict, err := audit.Verify(tx.AuditRecords(t.Context(), AuditQuery{}), audit.Head{}, head)
		if !verdict.OK {
			t.Errorf("the audit log is broken: %s", verdict.Reason)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPartThatPanicsLeavesTheOthers(t *testing.T) {
	db := openFresh(t)
	var before []int
	broken := save(t, "bob", &before, nil)
	errs := gather(t, db,
		save(t, "ada", &before, nil),
		func(tx *Tx) error { panic(fmt.Sprint("planned, after ", broken(tx))) },
		save(t, "eve", &before, nil),
	)
	if err := errors.Join(errs[0], errs[2]); err != nil {
		t.Fatal(err)
	}
	if errs[1] == nil {
		t.Error("the panic was swallowed")
	}
	verify(t, db, 2)
}

func TestAPartWhoseTransactionIsLostTakesNobodyAlong(t *testing.T) {
	db := openFresh(t)
	var before []int
	errs := gather(t, db,
		save(t, "ada", &before, nil),
		func(tx *Tx) error {
			if _, err := tx.sql.ExecContext(t.Context(), "ROLLBACK"); err != nil { // as a full disk would
				return err
			}
			return errors.New("planned")
		},
		save(t, "eve", &before, nil),
	)
	if identity.KindOf(errs[0]) != identity.Unavailable {
		t.Errorf("the update that was lost ended with %v", errs[0])
	}
	if errs[2] != nil {
		t.Errorf("the update after it ended with %v", errs[2])
	}
	verify(t, db, 1)
}

func TestWaitingForTheTurnCanBeCancelled(t *testing.T) {
	db := openFresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	err := db.Update(t.Context(), func(tx *Tx) error {
		go func() { given <- db.Update(ctx, func(*Tx) error { return nil }) }()
		waitForQueue(db, 1)
		cancel()
		return nil
	})
	if ended := <-given; err != nil || ended != nil && !errors.Is(ended, context.Canceled) {
		t.Errorf("got %v and %v", err, ended)
	}
	if err := db.Update(t.Context(), func(*Tx) error { return nil }); err != nil {
		t.Error("the turn was lost:", err)
	}
}
