package file

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"

	"pgregory.net/rapid"
)

func listAt(path string) *Target {
	return &Target{name: "list", path: path, mode: 0o600}
}

func addition(account string) []targets.Op {
	return []targets.Op{{
		Action: targets.Add, Account: targets.Account{Name: account},
		Entitlement: identity.Entitlement{Target: "list", Kind: "group", ID: "a"},
	}}
}

func TestAnEditMeanwhileIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	target := listAt(path)
	edits := []func(){
		func() { put(t, path, "account,entitlement\nby-hand,group/b\n") },
		func() { put(t, path, "account,entitlement\nby-hand,group/c\n") },
	}
	target.beforeReplace = func() {
		if len(edits) > 0 {
			edits[0]()
			edits = edits[1:]
		}
	}
	if r := target.Apply(t.Context(), addition("ada")); r[0].Outcome != targets.Done {
		t.Fatalf("outcome %s: %v", r[0].Outcome, r[0].Err)
	}
	if got, want := contents(t, path), "account,entitlement\nada,group/a\nby-hand,group/c\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
}

func TestAFileThatVanishesMeanwhileIsMadeAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	put(t, path, "account,entitlement\nbob,group/a\n")
	target := listAt(path)
	gone := false
	target.beforeReplace = func() {
		if !gone {
			gone = true
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		}
	}
	target.Apply(t.Context(), addition("ada"))
	if got, want := contents(t, path), "account,entitlement\nada,group/a\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
}

func TestEndlessEditingIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	target := listAt(path)
	n := 0
	target.beforeReplace = func() {
		n++
		put(t, path, "account,entitlement\nby-hand,group/"+strings.Repeat("x", n)+"\n")
	}
	r := target.Apply(t.Context(), addition("ada"))
	if r[0].Outcome != targets.Unreachable || n != attempts {
		t.Errorf("outcome %s after %d attempts, want unreachable after %d", r[0].Outcome, n, attempts)
	}
}

func TestTwoWritersLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	var wg sync.WaitGroup
	for _, prefix := range []string{"a", "b", "c"} {
		target := listAt(path)
		wg.Go(func() {
			for i := range 20 {
				if r := target.Apply(t.Context(), addition(prefix+strings.Repeat("x", i))); r[0].Outcome != targets.Done {
					t.Errorf("outcome %s: %v", r[0].Outcome, r[0].Err)
				}
			}
		})
	}
	wg.Wait()
	if got := strings.Count(contents(t, path), "\n"); got != 61 {
		t.Errorf("%d lines, want a header and 60 rows", got)
	}
}

func TestAHeldLockEndsWithTheContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.csv")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if r := listAt(path).Apply(ctx, addition("ada")); r[0].Outcome != targets.Unreachable {
		t.Errorf("outcome %s, want unreachable", r[0].Outcome)
	}
}

func TestAFailedReplacementLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "access.csv")
	put(t, path, "account,entitlement\nbob,group/a\n")
	// A name too long for a temporary file beside it cannot be replaced.
	long := filepath.Join(dir, strings.Repeat("n", 250))
	if err := replace(long, []byte("x"), 0o600); err == nil {
		t.Error("a name of 250 bytes leaves no room for a temporary name, and yet it worked")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, want the list alone (error %v)", len(entries), err)
	}
}

// A list written and read again is the same list, whatever is in it.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layout{columns: []targets.Mapping{{To: "name", From: "displayName"}}, guarded: rapid.Bool().Draw(t, "guarded")}
		table := newTable(l)
		n := rapid.IntRange(0, 8).Draw(t, "rows")
		for range n {
			value := rapid.StringMatching(`['=+@,"a \\-]{0,4}`)
			table.insert(&row{
				account: "a" + value.Draw(t, "account"), entitlement: "k/" + value.Draw(t, "id") + "x", values: []string{value.Draw(t, "value")},
			})
		}
		data, err := table.bytes()
		if err != nil {
			t.Fatal(err)
		}
		back, err := parse(l, data)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		again, err := back.bytes()
		if err != nil || string(again) != string(data) {
			t.Fatalf("written again: %q, want %q (error %v)", again, data, err)
		}
		for i, line := range back.rows {
			if line.account != table.rows[i].account || line.values[0] != table.rows[i].values[0] {
				t.Fatalf("row %d reads back as %q %q, want %q %q", i, line.account, line.values[0], table.rows[i].account, table.rows[i].values[0])
			}
		}
	})
}

// Whatever a file holds, parsing ends with a list or an error that has a place.
func FuzzParse(f *testing.F) {
	f.Add("account,entitlement\nada,group/a\n")
	f.Add("\ufeffentitlement,x,account\nk/i,\"a\n\",b\n")
	f.Add("account,entitlement\n'=a,k/'\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := parse(layout{guarded: true}, []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		data, err := table.bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(layout{guarded: true}, data); err != nil {
			t.Errorf("what was written cannot be read: %v\n%q", err, data)
		}
	})
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
