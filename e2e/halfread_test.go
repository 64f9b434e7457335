package e2e

import (
	"fmt"
	"strings"
	"testing"

	"birthright/internal/slapdtest"
)

// TestLimitedRead has a server that gives its reader 100 of the 150 people and
// says so: that is an error, and nobody is taken for gone.
func TestLimitedRead(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]slapdtest.Options{
		"of a paged search": {PagedTotal: 100},
		"of any search":     {SizeLimit: 100, PagedTotal: 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asAdmin := func(s *slapdtest.Server) (string, string, string) { return s.URL, s.AdminDN, "env:E2E_ADMIN" }
			w := newWorld(t, setup{options: options, source: asAdmin})
			w.must(t, exitDone, "import") // no limit stops the administrator
			w.must(t, exitDone, "sync")
			w.right(t)

			w.setup.source = nil
			w.writeFiles(t)
			got := w.must(t, exitFailed, "import")
			if !strings.Contains(got.stderr, "size limit exceeded") {
				t.Errorf("import does not say why: %s", got.stderr)
			}
			w.everybodyStays(t)
			w.proven(t)
		})
	}
}

// TestCutRead cuts the connection to the source after ever more bytes: each
// time the import is an error, and nobody is taken for gone.
func TestCutRead(t *testing.T) {
	t.Parallel()
	var proxy *slapdtest.Proxy
	through := func(s *slapdtest.Server) (string, string, string) {
		if proxy == nil {
			proxy = slapdtest.StartProxy(t, s)
		}
		return proxy.URL, s.ReaderDN, "env:E2E_READER"
	}
	w := newWorld(t, setup{source: through})
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")
	// Three pages of 50 people are some 30 kB; the groups follow.
	for _, bytes := range []int64{0, 10, 300, 5_000, 12_000, 17_000, 24_000} {
		proxy.CutAfter(bytes)
		got := w.must(t, exitFailed, "import")
		if !strings.Contains(got.stderr, "corp") {
			t.Errorf("cut after %d bytes: import does not name the source: %s", bytes, got.stderr)
		}
	}
	proxy.CutAfter(-1)
	w.everybodyStays(t)
	var report imports
	w.mustJSON(t, exitDone, "import", &report)
	if report.Imports[0].Unchanged != 150 {
		t.Errorf("import over a whole connection: %+v, want 150 unchanged", report)
	}
	w.proven(t)
}

// everybodyStays checks that all 150 people are active and hold what they should.
func (w *world) everybodyStays(t *testing.T) {
	t.Helper()
	var users []struct{ UserName, State string }
	w.mustJSON(t, exitDone, "user list", &users)
	active := 0
	for _, u := range users {
		if u.State == "active" {
			active++
		}
	}
	if active != 150 {
		t.Errorf("%d of %d users are active, want 150: %s", active, len(users), fmt.Sprint(users))
	}
	w.right(t)
	w.settled(t)
}
