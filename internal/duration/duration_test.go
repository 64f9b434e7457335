package duration_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/internal/duration"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1d": 24 * time.Hour,
		"1w": 168 * time.Hour, "1w2d12h": 228 * time.Hour, "1.5d": 36 * time.Hour, "-2d": -48 * time.Hour,
		"+5m": 5 * time.Minute, "250ms": 250 * time.Millisecond, ".5h": 30 * time.Minute,
		"1y": 8760 * time.Hour, "1y1w": 8928 * time.Hour, ".5y": 4380 * time.Hour,
	} {
		got, err := duration.Parse(text)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":            "is not a duration: write for example",
		"-":           "is not a duration: write for example",
		"8":           "write for example",
		"h":           "write for example",
		"1 h":         `unknown unit " h"`,
		"5x":          `unknown unit "x"`,
		"1month":      `unknown unit "month"`,
		"1..5h":       "write for example",
		".h":          "write for example",
		"99999w":      "longer than 292 years",
		"1h--1m":      `unknown unit "h--"`,
		"200000d":     "longer than 292 years",
		"293y":        "longer than 292 years",
		"15000w400w":  "longer than 292 years",
		"9999999999h": "longer than 292 years",
	} {
		_, err := duration.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v; want an error with %q", text, err, want)
		}
	}
}

func TestFormatReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(math.MinInt64+1, math.MaxInt64).Draw(t, "d"))
		text := duration.Format(d)
		got, err := duration.Parse(text)
		if err != nil || got != d {
			t.Fatalf("Parse(Format(%d)) = %d, %v by way of %q", d, got, err, text)
		}
	})
}

func TestFormat(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "1w2d": 9 * 24 * time.Hour, "1h30m": 90 * time.Minute, "-1d": -24 * time.Hour, "1m500ms": time.Minute + 500*time.Millisecond,
	} {
		if got := duration.Format(d); got != want {
			t.Errorf("Format(%d) = %q; want %q", d, got, want)
		}
	}
}
