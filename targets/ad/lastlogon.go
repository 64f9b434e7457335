package ad

import (
	"strconv"
	"time"
)

// attrLastLogon is the one time of a logon that domain controllers tell each other: it
// is written anew only once it is 9 to 14 days old, so it lags by that much.
const attrLastLogon = "lastLogonTimestamp"

// sinceFiletime is how many seconds after the beginning of FILETIME, in 1601, Unix
// time begins.
const sinceFiletime = 11_644_473_600

// instant reads a FILETIME, tenths of microseconds since 1601; zero for never.
func instant(text string) time.Time {
	ticks, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ticks <= 0 {
		return time.Time{}
	}
	return time.Unix(ticks/1e7-sinceFiletime, ticks%1e7*100).UTC()
}
