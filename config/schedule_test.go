package config_test

import (
	"testing"
	"time"

	"birthright/config"
)

func TestParseSchedule(t *testing.T) {
	now := time.Date(2026, 3, 28, 10, 7, 30, 0, time.FixedZone("elsewhere", 3600))
	for text, want := range map[string]string{
		"*/15 * * * *":                       "2026-03-28T09:15:00Z",
		"0 0 * * *":                          "2026-03-29T00:00:00Z",
		"@daily":                             "2026-03-29T00:00:00Z",
		"@every 15m":                         "2026-03-28T09:22:30Z",
		"@every 1d":                          "2026-03-29T09:07:30Z",
		"CRON_TZ=America/New_York 0 9 * * *": "2026-03-28T13:00:00Z",
		"TZ=UTC @hourly":                     "2026-03-28T10:00:00Z",
		"0 0 29 2 *":                         "2028-02-29T00:00:00Z",
	} {
		s, err := config.ParseSchedule(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := s.Next(now.UTC()).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: next %s; want %s", text, got, want)
		}
	}
	if s, err := config.ParseSchedule(""); s != nil || err != nil {
		t.Errorf("no schedule: %v, %v", s, err)
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"", "* * * * *", "@every 5m", "TZ=", "TZ= ", "CRON_TZ=UTC", "@", "*/0 * * * *", "1-0 * * * *", "?? * * * *", "1,,2 * * * *"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := config.ParseSchedule(text)
		if err == nil && s != nil && s.Next(time.Unix(0, 0)).IsZero() {
			t.Errorf("%q never comes", text)
		}
	})
}
