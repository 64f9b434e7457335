// Package duration reads and prints the lengths of time that people write in
// configuration, policies and commands: Go's notation plus d (24 hours), w (7
// days) and y (365 days).
//
//	"90s"  "1h30m"  "2d"  "1w2d12h"  "1y"
//
// A day is always 24 hours, a week 7 of them and a year 365: what is granted for
// a day ends after 24 hours, on the nights when clocks change too.
package duration

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// The units beyond Go's own.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// hint is the end of every complaint about how a duration is written.
const hint = "write for example 90s, 30m, 8h, 2d or 1w"

// Parse reads a duration: a sum of numbers with units, ns, us, ms, s, m, h, d,
// w or y, each allowed a fraction, with an optional sign in front. A number
// without a unit is an error, except 0.
func Parse(text string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(text, "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	if rest == "0" {
		return 0, nil
	}
	if rest == "" {
		return 0, fmt.Errorf("%q is not a duration: %s", text, hint)
	}
	var total time.Duration
	for rest != "" {
		part, remainder, err := next(rest)
		if err == nil && total > math.MaxInt64-part {
			err = errTooLong
		}
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration: %w", text, err)
		}
		total, rest = total+part, remainder
	}
	if negative {
		total = -total
	}
	return total, nil
}

var errTooLong = errors.New("it is longer than 292 years")

// next reads one number with its unit from the front of text.
func next(text string) (time.Duration, string, error) {
	digits := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if digits <= 0 {
		return 0, "", errors.New(hint)
	}
	end := digits
	for end < len(text) && text[end] != '.' && (text[end] < '0' || text[end] > '9') {
		end++
	}
	number, unit := text[:digits], text[digits:end]
	factor := time.Duration(1)
	switch unit {
	case "d":
		unit, factor = "h", 24
	case "w":
		unit, factor = "h", 7*24
	case "y":
		unit, factor = "h", 365*24
	}
	v, err := time.ParseDuration(number + unit)
	switch {
	case err != nil && strings.Contains(err.Error(), "unknown unit"):
		return 0, "", fmt.Errorf("unknown unit %q; %s", unit, hint)
	case err != nil && strings.Trim(number, "0123456789") != "" && strings.Count(number, ".") != 1:
		return 0, "", errors.New(hint)
	case err != nil && number == ".":
		return 0, "", errors.New(hint)
	case err != nil, v > math.MaxInt64/factor:
		return 0, "", errTooLong
	}
	return v * factor, text[end:], nil
}

// Format returns d in the largest whole units up to weeks: "1w2d", "1h30m", "0s".
// Parse reads it back unchanged.
func Format(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	if d == math.MinInt64 {
		return d.String()
	}
	var b strings.Builder
	if d < 0 {
		b.WriteByte('-')
		d = -d
	}
	for _, u := range []struct {
		size time.Duration
		name string
	}{{Week, "w"}, {Day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	if d > 0 {
		b.WriteString(d.String())
	}
	return b.String()
}
