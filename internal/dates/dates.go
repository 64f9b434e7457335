// Package dates reads the dates and times that people, sources and policies write.
package dates

import (
	"fmt"
	"strings"
	"time"
)

// moments are the spellings of an instant that are understood besides a plain
// date: RFC 3339, the same without a zone (then UTC), and the generalized time
// of LDAP directories.
var moments = [...]string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"20060102150405Z0700",
}

// Start returns the instant from which something holds: a plain date begins at
// midnight UTC.
func Start(value string) (time.Time, error) {
	at, _, err := parseDate(value)
	return at, err
}

// End returns the instant at which something is over. A plain date is the last
// day: it is over at the next midnight UTC.
func End(value string) (time.Time, error) {
	at, plain, err := parseDate(value)
	if plain {
		at = at.AddDate(0, 0, 1)
	}
	return at, err
}

// typed are the spellings that people use besides: UTC, where no zone is given.
var typed = [...]string{
	"2006-01-02T15:04", "2006-01-02T15:04Z07:00", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04Z07:00", "2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04 Z07:00", "2006-01-02 15:04 MST",
}

// Typed reads what a person typed: what Start and End read, and a date with a time of day.
// It tells whether it was a plain date, which is its midnight UTC.
func Typed(value string) (at time.Time, plain bool, err error) {
	value = strings.TrimSpace(value)
	for _, layout := range typed {
		if at, err := time.Parse(layout, value); err == nil && (!strings.HasSuffix(layout, "MST") || strings.HasSuffix(value, " UTC")) {
			return at.UTC(), false, nil
		}
	}
	return parseDate(value)
}

// From reads from when somebody wants something. Today's date is at once, which is the zero
// time.
func From(value string, now time.Time) (time.Time, error) {
	at, plain, err := Typed(value)
	if plain && !now.Before(at) && now.Before(at.AddDate(0, 0, 1)) {
		return time.Time{}, nil
	}
	return at, err
}

// Until reads until when: a plain date is the last day.
func Until(value string) (time.Time, error) {
	at, plain, err := Typed(value)
	if plain {
		at = at.AddDate(0, 0, 1)
	}
	return at, err
}

// parseDate reads a date or time and tells whether it was a plain date.
func parseDate(value string) (at time.Time, plain bool, err error) {
	value = strings.TrimSpace(value)
	if at, err = time.Parse(time.DateOnly, value); err == nil {
		return at, true, nil
	}
	for _, layout := range moments {
		if at, err = time.Parse(layout, value); err == nil {
			return at.UTC(), false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("%q is not a date; write YYYY-MM-DD or an RFC 3339 time such as 2026-11-30T17:00:00Z", value)
}
