package httpkit

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds what a system may ask for: a typing mistake in a header
// must not stop the removal of access for a year.
const longestWait = time.Hour

// RetryAfter reads a Retry-After header, seconds or a date (RFC 9110 section
// 10.2.3), and returns the zero time where there is none or it makes no sense.
// A time that is past is now, one more than an hour ahead is an hour ahead.
func RetryAfter(value string, now time.Time) time.Time {
	value = strings.TrimSpace(value)
	if value == "" {
		return time.Time{}
	}
	at, err := http.ParseTime(value)
	if err != nil {
		seconds, err := strconv.ParseUint(value, 10, 63)
		if err != nil {
			return time.Time{}
		}
		at = now.Add(time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second)
	}
	if at.Before(now) {
		return now
	}
	if latest := now.Add(longestWait); at.After(latest) {
		return latest
	}
	return at
}
