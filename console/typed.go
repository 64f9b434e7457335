package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"birthright/internal/dates"
	"birthright/internal/duration"
)

// What people type into forms.

// typed is what stands in a field, without the space around it.
func typed(r *http.Request, field string) string { return strings.TrimSpace(r.FormValue(field)) }

// lengthOf reads a length of time; 0 for nothing.
func lengthOf(field, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := duration.Parse(text)
	switch {
	case err != nil:
		return 0, unfit(field, err.Error())
	case d <= 0:
		return 0, unfit(field, "write a time longer than nothing, for example 30m, 2h or 1d")
	}
	return d, nil
}

// instantOf reads an instant, in UTC, as a browser writes it or as people do, in one of
// the ways below. It is the zero time for nothing.
func instantOf(field, text string, read func(string) (time.Time, error)) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := read(text)
	if err != nil {
		return t, unfit(field, "write a date such as 2026-11-30, or a date and a time of day such as 2026-11-30 17:00, in UTC")
	}
	return t, nil
}

// beginning reads from when something is wanted: today's date is at once, the zero time.
func (c *Console) beginning(text string) (time.Time, error) { return dates.From(text, c.Now()) }

// midnight reads a plain date as its midnight, today's as well.
func midnight(text string) (time.Time, error) {
	t, _, err := dates.Typed(text)
	return t, err
}

// every joins what is wrong.
func every(faults ...error) error { return errors.Join(faults...) }
