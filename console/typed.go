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

// instantOf reads an instant, in UTC: as a browser writes it, or as people do. It is the
// zero time for nothing. A plain date is its end where last is set.
func instantOf(field, text string, last bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	read := func(text string) (time.Time, error) { return dates.From(text, time.Now()) }
	if last {
		read = dates.Until
	}
	t, err := read(text)
	if err != nil {
		return t, unfit(field, "write a date such as 2026-11-30, or a date and a time of day such as 2026-11-30 17:00, in UTC")
	}
	return t, nil
}

// every joins what is wrong.
func every(faults ...error) error { return errors.Join(faults...) }
