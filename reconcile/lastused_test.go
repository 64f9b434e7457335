package reconcile_test

import (
	"testing"
	"time"

	"birthright/targets"
)

func TestLastUseChangesNothing(t *testing.T) {
	h := newHub(t, company, nil)
	h.join("ada", "department", "Engineering")
	h.full()
	ops := h.app.Counts().Ops
	for day := range 3 {
		accounts := h.app.Snapshot().Accounts
		if len(accounts) == 0 {
			t.Fatal("nobody has an account")
		}
		for i := range accounts {
			accounts[i].LastUsed = time.Date(2025, 3, 4+day, 5, 6, 7, 0, time.UTC)
		}
		h.app.Seed(targets.State{Accounts: accounts})
		h.full()
		if got := h.app.Counts().Ops; got != ops {
			t.Errorf("day %d: %d ops because somebody signed in", day, got-ops)
		}
		h.quiet()
	}
}
