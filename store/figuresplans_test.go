package store

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// A scrape of the figures must not cost more the more people there are: every question
// is answered by an index of what is open, or reads a table that cannot grow with them.
func TestFiguresDoNotWalkTables(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, c := range map[string]struct {
		index string
		ask   func(ctx context.Context, tx *Tx) error
	}{
		"overdue removals": {"work_overdue", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyOverdue(ctx, "app", true); return err }},
		"overdue rest":     {"work_overdue", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyOverdue(ctx, "app", false); return err }},
		"due removals":     {"work_lane", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyDue(ctx, true); return err }},
		"due rest":         {"work_lane", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyDue(ctx, false); return err }},
		"queued removals":  {"work_lane", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyWork(ctx, true); return err }},
		"queued rest":      {"work_lane", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyWork(ctx, false); return err }},
		"orders":           {"orders_waiting", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyOrders(ctx, "app"); return err }},
		"intents":          {"changes_open", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyIntents(ctx, "app"); return err }},
		"held":             {"held_open", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyHeld(ctx, HeldRemoval); return err }},
		"requests":         {"requests_open", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyRequests(ctx); return err }},
		"glass":            {"requests_glass", func(ctx context.Context, tx *Tx) error { _, err := tx.TallyGlass(ctx); return err }},
		"users":            {"SEARCH users", func(ctx context.Context, tx *Tx) error { _, err := tx.UsersEver(ctx); return err }},
		"grants":           {"grants_open", func(ctx context.Context, tx *Tx) error { _, err := tx.OpenGrantTimes(ctx); return err }},
		"audit":            {"INTEGER PRIMARY KEY", func(ctx context.Context, tx *Tx) error { _, err := tx.AuditHead(ctx); return err }},
	} {
		db.texts.Clear()
		if err := db.View(ctx, func(tx *Tx) error { return c.ask(ctx, tx) }); err != nil {
			t.Fatal(name, err)
		}
		db.texts.Range(func(_, text any) bool {
			steps := planOf(t, db, text.(string))
			if !strings.Contains(strings.Join(steps, "\n"), c.index) {
				t.Errorf("%s: %s is not used:\n\t%v\n\tin %s", name, c.index, steps, text)
			}
			for _, step := range steps {
				if walks(step) && !ofOpenOnes(step) {
					t.Errorf("%s: %s\n\tin %s", name, step, text)
				}
			}
			return true
		})
	}
}

// ofOpenOnes reports whether a step reads what another step found, or through an index
// that holds nothing but what is open.
func ofOpenOnes(step string) bool {
	return step == "SCAN some" || strings.HasSuffix(step, "USING INDEX requests_glass") || strings.HasSuffix(step, "USING INDEX grants_open")
}
