package ratelimit

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// spellings are the headers by which systems tell what is left of a budget:
// GitHub, Atlassian and others, Okta, and the IETF's draft.
var spellings = []string{"X-RateLimit-", "X-Rate-Limit-", "RateLimit-"}

// FromHeaders reads what an answer says of its budget. Reset may be a number of
// seconds, a Unix time or an RFC 3339 time. It is false where nothing is said that
// makes sense.
func FromHeaders(h http.Header, now time.Time) (Reading, bool) {
	for _, prefix := range spellings {
		remaining, err := strconv.Atoi(strings.TrimSpace(h.Get(prefix + "Remaining")))
		if err != nil {
			continue
		}
		reset, ok := resetTime(strings.TrimSpace(h.Get(prefix+"Reset")), now)
		if !ok {
			continue
		}
		limit, _ := strconv.Atoi(strings.TrimSpace(h.Get(prefix + "Limit"))) // often absent
		return Reading{Limit: limit, Remaining: remaining, Reset: reset}, true
	}
	return Reading{}, false
}

// farthest bounds a reset: a broken clock must not stop us for a year.
const farthest = 24 * time.Hour

func resetTime(text string, now time.Time) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return time.Time{}, false
		}
		at = now.Add(time.Duration(n) * time.Second)
		if n > 1_000_000_000 { // a date, and no waiting time
			at = time.Unix(n, 0)
		}
	}
	return at, at.Sub(now) < farthest
}
