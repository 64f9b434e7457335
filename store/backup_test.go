package store_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"birthright/audit"
	"birthright/identity"
	"birthright/internal/pgtest"
	"birthright/store"
)

// A dump of PostgreSQL is of one moment, says where its log ends, and is a database
// again when it is restored.
func TestADumpIsRestored(t *testing.T) {
	ctx, url := t.Context(), postgres.URL(t)
	db := open(t, url, store.Options{})
	deed := func(subject string) {
		t.Helper()
		err := db.Update(ctx, func(tx *store.Tx) error {
			return tx.Audit(ctx, audit.Event{Actor: "operator:ada", Action: "test", Subject: subject})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	deed("before")
	file := filepath.Join(t.TempDir(), "hub.dump")
	made, err := store.MakeBackup(ctx, url, file, false, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	deed("after")
	if made.Head.Seq != 1 || made.Bytes == 0 || made.Schema == 0 {
		t.Errorf("%+v", made)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	fresh := postgres.EmptyURL(t)
	restore := exec.CommandContext(ctx, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+fresh, file)
	if out, err := restore.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	again := open(t, fresh, store.Options{})
	err = again.View(ctx, func(tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		if head != made.Head {
			t.Errorf("the log ends at %v, in the backup at %v", head, made.Head)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.MakeBackup(ctx, url, file, false, store.Options{}); identity.KindOf(err) != identity.Conflict {
		t.Errorf("over another: %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.CheckBackup(ctx, file); identity.KindOf(err) != identity.Invalid {
		t.Errorf("half a dump: %v", err)
	}
}

// What went wrong leaves nothing behind, and tells no password.
func TestADumpThatCannotBeMade(t *testing.T) {
	url, dir := postgres.URL(t), t.TempDir()
	fails := func(url, says string) {
		t.Helper()
		_, err := store.MakeBackup(context.Background(), url, filepath.Join(dir, "hub.dump"), false, store.Options{})
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), pgtest.Password) {
			t.Errorf("%v", err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
	}
	fails(postgres.EmptyURL(t), "audit_head")
	t.Setenv("PATH", dir)
	fails(url, "install PostgreSQL's client programs")
}
