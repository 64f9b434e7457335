package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"birthright/audit"
	"birthright/identity"
	"birthright/internal/pgtest"
	"birthright/migrations"
	"birthright/store"
)

// tamper runs statements behind the store's back.
func tamper(t *testing.T, address string, statements ...string) {
	t.Helper()
	driver, source := "pgx", address
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// openFails opens and checks that the error is of a kind, says all of says and
// shows no password.
func openFails(t *testing.T, address string, kind identity.Kind, says ...string) {
	t.Helper()
	db, err := store.Open(t.Context(), address, store.Options{})
	if err == nil {
		db.Close()
		t.Fatalf("%s was opened", address)
	}
	if identity.KindOf(err) != kind {
		t.Errorf("kind %q, want %q: %v", identity.KindOf(err), kind, err)
	}
	for _, text := range says {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q does not say %q", err, text)
		}
	}
	for _, secret := range []string{pgtest.Password, url.QueryEscape(pgtest.Password), "hunter2"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q shows the password", err)
		}
	}
	var e *identity.Error
	if errors.As(err, &e) && e.Hint == "" {
		t.Errorf("%q has no hint", err)
	}
}

func TestOpenRefusesAnOlderOrNewerSchema(t *testing.T) {
	for kind, fresh := range databases {
		t.Run(kind, func(t *testing.T) {
			address := fresh(t)
			tamper(t, address, "INSERT INTO birthright_migrations (version_id, is_applied) VALUES (99, TRUE)")
			openFails(t, address, identity.Invalid, "newer than the program", "99", "upgrade the program")
			if _, err := store.Migrate(t.Context(), address, store.Options{}); err == nil || !strings.Contains(err.Error(), "upgrade the program") {
				t.Errorf("migrating a newer database: %v", err)
			}
			tamper(t, address, "DELETE FROM birthright_migrations WHERE version_id > 0")
			openFails(t, address, identity.Invalid, "no tables yet", "birthright migrate up")
		})
	}
}

func TestOpenRefusesADatabaseThatWasNeverMigrated(t *testing.T) {
	openFails(t, postgres.EmptyURL(t), identity.Invalid, "no tables yet", "birthright migrate up")
	empty := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	openFails(t, "sqlite:"+empty, identity.Invalid, "no tables yet", "birthright migrate up")
}

func TestOpenExplainsWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("These are my notes. ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	openFails(t, "sqlite:"+text, identity.Invalid, text, "not a SQLite database", "correct database.url")
	missing := filepath.Join(dir, "missing.db")
	openFails(t, "sqlite:"+missing, identity.NotFound, missing, "not there", "birthright migrate up")
	if _, err := os.Stat(missing); err == nil {
		t.Error("opening made the file")
	}
	openFails(t, "sqlite:"+filepath.Join(dir, "no", "hub.db"), identity.Invalid, "folder is not there", "make the folder")
	openFails(t, "sqlite:", identity.Invalid, "sqlite:PATH")
	openFails(t, "mysql://u:hunter2@h/d", identity.Invalid, "postgres://")
	openFails(t, "hunter2", identity.Invalid, "sqlite:PATH")
	openFails(t, "postgres://u:hunter2@h:notaport/d", identity.Invalid, "not a PostgreSQL URL", "%XX")
	openFails(t, "sqlite:"+dir, identity.Invalid, dir, "correct database.url")
}

func TestOpenExplainsWhyPostgresRefuses(t *testing.T) {
	good, err := url.Parse(postgres.EmptyURL(t))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(u *url.URL)) string { u := *good; f(&u); return u.String() }
	openFails(t, change(func(u *url.URL) { u.Host = "127.0.0.1:1" }), identity.Unavailable, "127.0.0.1", "start PostgreSQL there")
	openFails(t, change(func(u *url.URL) { u.User = url.UserPassword("birthright", "hunter2") }), identity.Denied, "password authentication failed", "correct user and password")
	openFails(t, change(func(u *url.URL) { u.User = url.UserPassword("nobody", pgtest.Password) }), identity.Denied, "correct user and password")
	openFails(t, change(func(u *url.URL) { u.Path = "/elsewhere" }), identity.NotFound, "elsewhere", "createdb")
	openFails(t, change(func(u *url.URL) { u.Host = "no-such-host.invalid" }), identity.Unavailable, "no-such-host.invalid")
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder? #100%", "hub.db")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	db := open(t, "sqlite:"+path, store.Options{Migrate: true})
	if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.Audit(t.Context(), audit.Event{Action: "x.y"}) }); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

func TestMigrateTellsWhatItDid(t *testing.T) {
	for kind, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "hub.db"), "postgres": postgres.EmptyURL(t)} {
		t.Run(kind, func(t *testing.T) {
			done, err := store.Migrate(t.Context(), address, store.Options{})
			if err != nil || len(done) != int(migrations.Latest) {
				t.Fatalf("%v, %v", done, err)
			}
			again, err := store.Migrate(t.Context(), address, store.Options{})
			if err != nil || len(again) != 0 {
				t.Errorf("again: %v, %v", again, err)
			}
			steps, err := store.MigrationStatus(t.Context(), address, store.Options{})
			if err != nil || len(steps) != int(migrations.Latest) || !steps[0].Applied {
				t.Errorf("status: %v, %v", steps, err)
			}
		})
	}
}

// Two programs that start at once on a new database: one migrates, the other
// waits and finds it done.
func TestMigratingTwiceAtOnce(t *testing.T) {
	for kind, address := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "hub.db"), "postgres": postgres.EmptyURL(t)} {
		t.Run(kind, func(t *testing.T) {
			results := make(chan error)
			for range 3 {
				go func() {
					_, err := store.Migrate(context.WithoutCancel(t.Context()), address, store.Options{})
					results <- err
				}()
			}
			for range 3 {
				if err := <-results; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// What somebody changes in the tables is found and named.
func TestTamperingWithTheLogIsFound(t *testing.T) {
	cases := []struct {
		name, statement string
		bad             int64
	}{
		{"actor", "UPDATE audit SET actor = 'operator:eve' WHERE seq = 3", 3},
		{"time", "UPDATE audit SET at = at + 1 WHERE seq = 3", 3},
		{"detail", `UPDATE audit SET detail = '{"n":2}' WHERE seq = 3`, 3},
		{"detail's form", `UPDATE audit SET detail = '{"n": 1}' WHERE seq = 3`, 3},
		{"detail twice", `UPDATE audit SET detail = '{"n":2,"n":1}' WHERE seq = 3`, 3},
		{"dropped", "DELETE FROM audit WHERE seq = 3", 3},
		{"cut off", "DELETE FROM audit WHERE seq >= 3", 3},
		{"all dropped", "DELETE FROM audit", 1},
		{"moved", "UPDATE audit SET seq = 9 WHERE seq = 3", 3},
		{"head", "UPDATE audit_head SET seq = 4", 5},
	}
	for kind, fresh := range databases {
		for _, c := range cases {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				address := fresh(t)
				db := open(t, address, store.Options{})
				for range 5 {
					event := audit.Event{Actor: "operator:ada", Action: "x.y", Detail: map[string]any{"n": 1}}
					if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.Audit(t.Context(), event) }); err != nil {
						t.Fatal(err)
					}
				}
				tamper(t, address, c.statement)
				verdict := verify(t, db)
				if verdict.OK || verdict.FirstBad != c.bad {
					t.Errorf("got %+v, want first bad %d", verdict, c.bad)
				}
			})
		}
	}
}

func verify(t *testing.T, db *store.DB) (verdict audit.Verdict) {
	t.Helper()
	err := db.View(t.Context(), func(tx *store.Tx) error {
		head, err := tx.AuditHead(t.Context())
		if err != nil {
			return err
		}
		verdict, err = audit.Verify(func(yield func(audit.Record, error) bool) {
			err := tx.EachAudit(t.Context(), store.AuditQuery{}, func(r audit.Record) error { yield(r, nil); return nil })
			if err != nil {
				yield(audit.Record{}, err)
			}
		}, audit.Head{}, head)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}
