package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bad is one thing that people get wrong. The program answers with one message
// that has place, cause and remedy, and with the right exit code; nothing is
// printed for programs to read, and nothing is touched.
type bad struct {
	name string
	// edits make it wrong, starting from a hub that works.
	edits []edit
	env   []string
	args  string // split at spaces
	code  int
	// want is a regular expression for the whole message behind "birthright: ";
	// paths below the hub's folder are written relative to it.
	want string
	// noted is set where the hub's own notes change: when a source or target
	// was last asked in vain. People, access and files still do not.
	noted bool
}

// edit changes something in the hub's folder.
type edit func(t *testing.T, dir string)

// swap replaces text of the configuration.
func swap(from, to string) edit { return swapIn("birthright.yaml", from, to) }

// rule replaces text of the policy.
func rule(from, to string) edit { return swapIn("policies/company.yaml", from, to) }

func swapIn(file, from, to string) edit {
	return func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), from) {
			t.Fatalf("%s does not have %q", file, from)
		}
		write(file, strings.Replace(string(data), from, to, 1))(t, dir)
	}
}

// write makes a file.
func write(file, text string) edit {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(file string) edit {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
}

func folder(name string) edit {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// statement changes the database behind the program's back.
func statement(text string) edit {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := execSQLite(filepath.Join(dir, "birthright.db"), text); err != nil {
			t.Fatal(err)
		}
	}
}

func execSQLite(path, text string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	if _, err := db.Exec(text); err != nil {
		return err
	}
	return db.Close()
}

// source makes the configuration's only source another one.
func source(keys string) edit {
	return swap("  - name: people\n    kind: file                        # a CSV or JSON file; its columns are attribute names\n"+
		"    path: people.csv\n    key: employeeNumber\n    schedule: \"@every 5m\"\n", keys)
}

// target makes the configuration's only target another one.
func target(keys string) edit {
	return swap("  - name: handout\n    kind: file                        # a CSV of account and entitlement, for systems that people serve by hand\n"+
		"    path: access.csv\n", keys)
}

func edits(all ...edit) []edit { return all }

func (b bad) try(t *testing.T) {
	t.Parallel()
	dir := newHub(t)
	for _, e := range b.edits {
		e(t, dir)
	}
	before := snapshot(t, dir, b.noted)
	got := runIn(dir, b.env, strings.Fields(strings.ReplaceAll(b.args, "HUB", dir))...)
	if diff := cmp.Diff(before, snapshot(t, dir, b.noted)); diff != "" {
		t.Errorf("it changed something (-before +after):\n%s", diff)
	}
	if got.code != b.code {
		t.Errorf("exit code %d, want %d", got.code, b.code)
	}
	if got.stdout != "" {
		t.Errorf("standard output: %s", got.stdout)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(got.stderr, dir+"/", ""), dir, "HUB")
	if !regexp.MustCompile(`^birthright: ` + b.want + `\n$`).MatchString(text) {
		t.Errorf("it said\n%s\nwant\n%s", text, b.want)
	}
	if found := internals.FindString(got.stderr); found != "" {
		t.Errorf("a message for people has %q in it:\n%s", found, text)
	}
}

// internals is what people must not have to read.
var internals = regexp.MustCompile(`goroutine|panic|%!|<nil>|\.go:\d|0x[0-9a-f]{6}|birthright: birthright`)

// snapshot is everything that a command could have touched: each file by its
// content. Without the database's own bookkeeping, lock files and the database
// are left out, and people and access are read from it instead.
func snapshot(t *testing.T, dir string, noted bool) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case noted && strings.HasPrefix(name, "birthright.db"):
			return nil
		case !entry.Type().IsRegular():
			found[name] = entry.Type().String()
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		sum := sha256.Sum256(data)
		found[name] = hex.EncodeToString(sum[:8])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if noted {
		for _, command := range []string{"user list -o csv", "target list -o csv", "held list -o json"} {
			found[command] = withoutErrors(runPlain(t, dir, command))
		}
	}
	return found
}

// runPlain runs a command with a configuration that has no fault.
func runPlain(t *testing.T, dir, command string) string {
	t.Helper()
	db, err := filepath.Abs(filepath.Join(dir, "birthright.db"))
	if err != nil {
		t.Fatal(err)
	}
	clean := t.TempDir()
	if got := runIn(clean, nil, "init", clean); got.code != exitDone {
		t.Fatal(got.stderr)
	}
	got := runIn(clean, []string{"BIRTHRIGHT_DATABASE_URL=sqlite:" + db}, strings.Fields(command)...)
	if got.code != exitDone {
		t.Fatalf("birthright %s: %s", command, got.stderr)
	}
	return got.stdout
}

// withoutErrors drops the last column of target list, which is a note.
func withoutErrors(text string) string {
	return regexp.MustCompile(`(?m)(Z|_at),.*$`).ReplaceAllString(text, "$1")
}

// damage overwrites pages in the middle of the database.
func damage(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "birthright.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(data); i++ {
		data[i] = 0xAA
	}
	write("birthright.db", string(data))(t, dir)
}
