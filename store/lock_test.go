package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// holderURL tells a child process of the test which database to lock.
const holderURL = "STORE_TEST_HOLD"

// hold is what the child does: it takes the lock, opens a transaction, says so,
// and waits to be killed.
func hold(url string) error {
	db, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		return err
	}
	if _, err := db.TryLock(context.Background(), "sync"); err != nil {
		return err
	}
	runtime.GC() // what holds the lock must not be collected
	return db.Update(context.Background(), func(tx *store.Tx) error {
		if err := tx.Audit(context.Background(), audit.Event{Action: "never.written"}); err != nil {
			return err
		}
		if err := tx.SaveUsers(context.Background(), []*identity.User{{UserName: "never"}}); err != nil {
			return err
		}
		fmt.Println("held")
		_, err := bufio.NewReader(os.Stdin).ReadByte()
		return err
	})
}

// A killed process frees its lock and its transaction, and leaves no trace.
func TestDeathFreesTheLock(t *testing.T) {
	for kind, fresh := range databases {
		t.Run(kind, func(t *testing.T) {
			url := fresh(t)
			db := open(t, url, store.Options{})
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), holderURL+"="+url)
			child.Stderr = os.Stderr
			stdin, err := child.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			stdout, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil || line != "held\n" {
				t.Fatalf("the child said %q, %v", line, err)
			}
			if _, err := db.TryLock(t.Context(), "sync"); identity.KindOf(err) != identity.Conflict {
				t.Fatalf("the lock of another process: %v", err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // it was killed: that is its error
			unlock, err := db.Lock(t.Context(), "sync")
			if err != nil {
				t.Fatal(err)
			}
			unlock()
			err = db.Update(t.Context(), func(tx *store.Tx) error {
				n, err := tx.CountUsers(t.Context())
				if n != 0 {
					t.Errorf("%d users of a transaction that never ended", n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if verdict := verify(t, db); !verdict.OK || verdict.Records != 0 {
				t.Errorf("the log: %+v", verdict)
			}
		})
	}
}
