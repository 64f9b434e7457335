package directory_test

import (
	"testing"

	"pgregory.net/rapid"

	"birthright/directory"
)

func TestMissingGuard(t *testing.T) {
	tests := []struct {
		name           string
		known, missing int
		limit          float64
		reason         string
	}{
		{"the message", 1130, 412, 10, "412 of 1,130 people (36.5 %) are missing from source hr; the limit is 10 %; nothing was imported"},
		{"at the limit", 100, 10, 10, ""},
		{"above the limit", 100, 11, 10, "11 of 100 people (11.0 %) are missing from source hr; the limit is 10 %; nothing was imported"},
		{"two of nine are leavers", 9, 2, 10, ""},
		{"three of nine are not", 9, 3, 10, "3 of 9 people (33.3 %) are missing from source hr; the limit is 10 %; nothing was imported"},
		{"everybody", 2, 2, 100, "2 of 2 people (100.0 %) are missing from source hr; the limit is 100 %; nothing was imported"},
		{"nobody known", 0, 0, 10, ""},
		{"no limit but everybody", 1000, 999, 100, ""},
		{"zero allows one or two", 1000, 2, 0, ""},
		{"large numbers", 1234567, 1000000, 12.5, "1,000,000 of 1,234,567 people (81.0 %) are missing from source hr; the limit is 12.5 %; nothing was imported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ok, reason := directory.MissingGuard(directory.Census{Source: "hr", Noun: "people", Known: tt.known, Missing: tt.missing}, tt.limit)
			if ok != (tt.reason == "") || reason != tt.reason {
				t.Errorf("ok %v: %q, want %q", ok, reason, tt.reason)
			}
		})
	}
}

func TestMissingGuardIsMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.IntRange(1, 5000).Draw(t, "known")
		missing := rapid.IntRange(0, known).Draw(t, "missing")
		limit := rapid.Float64Range(0, 100).Draw(t, "limit")
		pass := func(missing int, limit float64) bool {
			ok, _ := directory.MissingGuard(directory.Census{Source: "hr", Noun: "people", Known: known, Missing: missing}, limit)
			return ok
		}
		if missing == known && pass(missing, limit) {
			t.Fatal("everybody is missing and it passes")
		}
		if pass(missing, limit) && (missing > 0 && !pass(missing-1, limit) || !pass(missing, 100)) {
			t.Fatal("fewer missing or a higher limit is stopped where more passes")
		}
		if !pass(missing, limit) && missing < 3 && missing < known {
			t.Fatal("one or two people are stopped")
		}
	})
}
