package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/app"
	"birthright/audit"
	"birthright/reviews"
	"birthright/reviews/document"
	"birthright/store"
	"birthright/targets"
)

const surplusOfAda = "{score: 0}"

// written are the files that reports were written to, below the folder.
func (w *watched) written() (out []string) {
	w.Helper()
	w.must(filepath.WalkDir(filepath.Join(w.cfg.Dir, "reports"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.Base(path))
		}
		return nil
	}))
	return out
}

// What is due is written once, whoever comes first, each file is one that the log names,
// and the owners are told.
func TestReportsAreWrittenOnceWhenDue(t *testing.T) {
	w := watch(t, surplusOfAda, before)
	w.wiki.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: entitlementOf("wiki:group/sales")}}})
	w.sync()
	due := w.at
	w.must(w.ReportDue(t.Context(), due))
	first := w.written()
	if len(first) != 10 {
		t.Fatalf("written: %v", first)
	}
	w.must(w.ReportDue(t.Context(), due)) // another replica, a moment later
	if again := w.written(); len(again) != len(first) {
		t.Errorf("written again: %v", again)
	}
	w.at = w.at.Add(24 * time.Hour)
	w.must(w.ReportDue(t.Context(), w.at))
	if next := w.written(); len(next) != 2*len(first) {
		t.Errorf("written the next day: %v", next)
	}
	path, err := filepath.Glob(filepath.Join(w.cfg.Dir, "reports", "*", "creep.html"))
	w.must(err)
	v, record, err := verdict(w, path[0])
	w.must(err)
	if v.Standing != document.Genuine || record.Actor != "hub" {
		t.Errorf("the log says of it: %+v, %+v", v, record)
	}
	text, err := os.ReadFile(path[1])
	w.must(err)
	if !strings.Contains(string(text), "0 new, 0 gone") {
		t.Error("the second report is not compared with the first")
	}
}

func verdict(w *watched, path string) (v document.Verdict, record *audit.Record, err error) {
	err = w.Store.View(w.Context(), func(tx *store.Tx) error {
		v, record, err = app.VerdictOf(path, func(fn func(audit.Record) error) error {
			return tx.EachAudit(w.Context(), store.AuditQuery{Action: document.Action}, fn)
		})
		return err
	})
	return v, record, err
}

// A folder that cannot be written to is told, and nothing is half there.
func TestReportsThatCannotBeWritten(t *testing.T) {
	w := watch(t, surplusOfAda, before)
	w.must(os.WriteFile(filepath.Join(w.cfg.Dir, "reports"), []byte("in the way"), 0o600))
	err := w.ReportDue(t.Context(), w.at)
	if err == nil || !strings.Contains(err.Error(), "write report") {
		t.Errorf("got %v", err)
	}
	w.must(w.Store.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Reports(t.Context(), "creep", 0)
		if len(rows) > 0 {
			t.Errorf("kept: %+v", rows)
		}
		return err
	}))
}

// Owners of what is held in surplus hear of it.
func TestOwnersAreToldOfReports(t *testing.T) {
	w := watch(t, surplusOfAda, before)
	w.must(os.WriteFile(filepath.Join(w.cfg.Dir, "policy.yaml"), []byte(`
groups: [{name: engineering, access: ["wiki:group/engineering"]}, {name: sales, owners: ["user:sam"], access: ["wiki:group/sales"]}]
rules:
  - {name: engineers, when: 'user.department == "Engineering"', groups: [engineering]}
  - {name: sellers, when: 'user.department == "Sales"', groups: [sales]}
`), 0o600))
	w.must(w.ReloadPolicy(t.Context()))
	w.wiki.Seed(targets.State{Assignments: []targets.Assignment{{AccountID: "ada", Entitlement: entitlementOf("wiki:group/sales")}}})
	w.sync()
	w.must(w.ReportDue(t.Context(), w.at))
	w.must(w.Store.View(t.Context(), func(tx *store.Tx) error {
		sam, err := tx.UserByName(t.Context(), "sam")
		w.must(err)
		rows, err := tx.Notices(t.Context(), 0)
		if len(rows) != 1 || rows[0].Kind != reviews.NoticeReport || len(rows[0].Users) != 1 || rows[0].Users[0] != sam.N || rows[0].Data["owner"] != "user:sam" {
			t.Errorf("told: %+v", rows)
		}
		return err
	}))
}
