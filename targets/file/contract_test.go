package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/file"
	"birthright/targets/targettest"
)

func open(t testing.TB, path string, safe bool, mapping ...targets.Mapping) targets.Target {
	t.Helper()
	c := &file.Config{Path: path, SpreadsheetSafe: safe}
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(errors.Join(faults...))
	}
	target, err := c.Open(targets.Env{Name: "list", Map: mapping, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// peer is a list in a folder that can be taken away.
func peer(t testing.TB, safe bool, mapping ...targets.Mapping) targettest.Peer {
	dir := filepath.Join(t.TempDir(), "lists")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "access.csv")
	move := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	return targettest.Peer{
		Target: open(t, path, safe, mapping...),
		Name:   "list",
		Seed:   func(t testing.TB, s targets.State) { seed(t, path, s) },
		Outage: func(_ testing.TB, down bool) {
			if down {
				move(dir, dir+".away")
			} else {
				move(dir+".away", dir)
			}
		},
		RefusesName: func(name string) bool { return strings.ContainsAny(name, "\n\r\x00") },
	}
}

// seed writes rows as a person with an editor would.
func seed(t testing.TB, path string, s targets.State) {
	t.Helper()
	rows := []string{"account,entitlement,remark"}
	for _, a := range s.Assignments {
		rows = append(rows, a.AccountID+","+a.Entitlement.Kind+"/"+a.Entitlement.ID+",by hand")
	}
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	columns := []targets.Mapping{{To: "name", From: identity.AttrDisplayName}, {To: "email", From: identity.AttrEmail}}
	t.Run("names only", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(t, false) }})
	})
	t.Run("with attributes", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(t, false, columns...) }})
	})
	t.Run("safe for spreadsheets", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(t, true, columns...) }})
	})
}
