package dates

import (
	"testing"
	"time"
)

// What people type is read, in UTC unless a zone follows; what cannot be read is refused.
func TestWhatPeopleType(t *testing.T) {
	now := time.Date(2026, 12, 1, 13, 0, 0, 0, time.UTC)
	for typed, want := range map[string]string{
		"2026-12-24":                "2026-12-24T00:00:00Z",
		"2026-12-01":                "0001-01-01T00:00:00Z", // today: at once
		"2026-11-30":                "2026-11-30T00:00:00Z",
		"2026-12-24 17:00":          "2026-12-24T17:00:00Z",
		" 2026-12-24 17:00:05 ":     "2026-12-24T17:00:05Z",
		"2026-12-24T17:00":          "2026-12-24T17:00:00Z",
		"2026-12-24T17:00+02:00":    "2026-12-24T15:00:00Z",
		"2026-12-24 17:00 +02:00":   "2026-12-24T15:00:00Z",
		"2026-12-24 17:00-05:30":    "2026-12-24T22:30:00Z",
		"2026-12-24 17:00Z":         "2026-12-24T17:00:00Z",
		"2026-12-24 17:00 UTC":      "2026-12-24T17:00:00Z",
		"2026-12-24T17:00:00+02:00": "2026-12-24T15:00:00Z",
	} {
		got, err := From(typed, now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, %v; want %s", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "tomorrow", "2026-13-01", "2026-02-30", "2026-12-24 25:00", "2026-12-24 17:00 CET", "24.12.2026", "17:00"} {
		if got, err := From(typed, now); err == nil {
			t.Errorf("%q is read as %v", typed, got)
		}
	}
	if got, err := Until("2026-12-01"); err != nil || !got.Equal(time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a last day ends %v, %v", got, err)
	}
}
