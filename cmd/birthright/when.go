package main

import (
	"fmt"
	"strings"
	"time"

	"birthright/internal/dates"
	"birthright/internal/duration"
)

// lengthOf reads the length of time that a flag gives; 0 where it was not given.
func lengthOf(flag, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := duration.Parse(text)
	switch {
	case err != nil:
		return 0, usageError{fmt.Errorf("--%s: %w", flag, err)}
	case d <= 0:
		return 0, usageError{fmt.Errorf("--%s %s: write a time longer than nothing", flag, text)}
	}
	return d, nil
}

// startOf reads when something is to begin: a time, a date, or how far ahead it is.
// It is the zero time where the flag was not given.
func startOf(flag, text string, now time.Time) (time.Time, error) {
	return ahead(flag, text, now, func(text string) (time.Time, error) { return dates.From(text, now) })
}

// endOf reads when something is to be over; a plain date is the last day.
func endOf(flag, text string, now time.Time) (time.Time, error) {
	return ahead(flag, text, now, dates.Until)
}

func ahead(flag, text string, now time.Time, read func(string) (time.Time, error)) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if strings.HasPrefix(text, "+") {
		if d, err := duration.Parse(text); err == nil {
			return now.Add(d), nil
		}
	}
	t, err := read(text)
	if err != nil {
		return t, usageError{fmt.Errorf("--%s %s: write a date and a time such as 2026-11-30 17:00, which is UTC unless a zone follows, a date, or how far ahead, such as +2h", flag, text)}
	}
	return t, nil
}

// until is an instant that is near, for people: the time of day where it is today.
func until(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	layout := "15:04 UTC"
	if t.Sub(now).Abs() < 2*time.Minute {
		layout = "15:04:05 UTC"
	}
	if t.YearDay() != now.YearDay() || t.Year() != now.Year() {
		layout = "2006-01-02 " + layout
	}
	return t.Format(layout)
}
