package app

import (
	"time"

	"birthright/config"
)

// schedule turns the text of a schedule into a function from an instant to the
// next one that is due; the zero time means never.
func schedule(text string) (func(time.Time) time.Time, error) {
	parsed, err := config.ParseSchedule(text)
	if err != nil {
		return nil, err
	}
	if parsed == nil {
		return func(time.Time) time.Time { return time.Time{} }, nil
	}
	return func(t time.Time) time.Time { return parsed.Next(t.UTC()) }, nil
}
