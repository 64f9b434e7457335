package config

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"birthright/internal/duration"
)

// Schedule tells when something happens next.
type Schedule interface {
	// Next returns the first time after now.
	Next(now time.Time) time.Time
}

// scheduleHint ends every complaint about how a schedule is written.
const scheduleHint = `write five cron fields such as "*/15 * * * *", or "@every 15m"`

// ParseSchedule reads a schedule: five cron fields, in UTC unless CRON_TZ=ZONE
// stands before them, a word such as @hourly, or @every DURATION of at least a
// second. An empty text is no schedule: nil.
func ParseSchedule(text string) (Schedule, error) {
	if text == "" {
		return nil, nil
	}
	schedule, err := parseSchedule(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a schedule: %w; %s", text, err, scheduleHint)
	}
	return schedule, nil
}

func parseSchedule(text string) (Schedule, error) {
	if every, ok := strings.CutPrefix(text, "@every "); ok {
		d, err := duration.Parse(strings.TrimSpace(every))
		switch {
		case err != nil:
			return nil, err
		case d < time.Second:
			return nil, errors.New("a second is the shortest time")
		}
		return cron.Every(d), nil
	}
	zone, fields := "CRON_TZ=UTC", text
	if strings.HasPrefix(text, "CRON_TZ=") || strings.HasPrefix(text, "TZ=") {
		// The library fails badly on a zone that nothing follows.
		var ok bool
		if zone, fields, ok = strings.Cut(text, " "); !ok {
			return nil, errors.New("nothing follows the time zone")
		}
	}
	schedule, err := cron.ParseStandard(zone + " " + strings.TrimSpace(fields))
	if err != nil {
		return nil, err
	}
	if schedule.Next(anyTime()).IsZero() {
		return nil, errors.New("no day fits it")
	}
	return schedule, nil
}

// anyTime is a fixed time to try schedules at: whether one ever comes due
// within the next years does not depend on when it is asked, but for leap days,
// and the five years that are searched hold one.
func anyTime() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }
