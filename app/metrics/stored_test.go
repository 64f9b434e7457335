package metrics

import (
	"path/filepath"
	"testing"
	"time"

	"birthright/audit"
	"birthright/store"
)

// value returns what the samples say of one figure; -1 where they do not tell.
func value(samples []sample, name string) float64 {
	for _, s := range samples {
		if s.of.String() == name {
			return s.value
		}
	}
	return -1
}

// Figures that took long are kept for long, whoever scrapes how often; a database that is
// away takes its figures with it, and is told.
func TestFiguresAreKept(t *testing.T) {
	ctx, clock := t.Context(), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { clock = clock.Add(10 * time.Millisecond); return clock }
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	deed := func() {
		t.Helper()
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, audit.Event{Actor: "a", Action: "b"}) }); err != nil {
			t.Fatal(err)
		}
	}
	s := &stored{o: Options{Store: db, Now: now, Targets: []string{"wiki"}}}
	records := func() float64 { return value(s.samples(), auditRecords.String()) }
	deed()
	if got := records(); got != 1 {
		t.Fatalf("%v records", got)
	}
	deed()
	if got := records(); got != 1 {
		t.Errorf("%v records: the store was asked again at once", got)
	}
	clock = clock.Add(restFor * 40 * time.Millisecond)
	if got := records(); got != 2 {
		t.Errorf("%v records after a while", got)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(time.Hour)
	if samples := s.samples(); value(samples, databaseUp.String()) != 0 || len(samples) != 1 {
		t.Errorf("of a database that is away: %v", samples)
	}
}
