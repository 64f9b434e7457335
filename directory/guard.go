package directory

import (
	"fmt"
	"strconv"
)

// fewMissing is the number of missing people that no percentage stops: in a
// company of nine, one leaver is eleven percent.
const fewMissing = 2

// Census counts what a whole read of a source did not tell of what was known.
type Census struct {
	Source string
	// Noun is what is counted: "people", "groups".
	Noun           string
	Known, Missing int
}

// MissingGuard says whether a read may be believed. It is not (ok is false) when
// more than maxPercent of what was known is missing and it is not just one or
// two, or when everything is missing. The reason carries the numbers.
func MissingGuard(c Census, maxPercent float64) (ok bool, reason string) {
	percent := c.Percent()
	everything := c.Known >= 1 && c.Missing >= c.Known
	if !everything && (c.Missing <= fewMissing || percent <= maxPercent) {
		return true, ""
	}
	return false, fmt.Sprintf("%s of %s %s (%s %%) are missing from source %s; the limit is %s %%; nothing was imported",
		thousands(c.Missing), thousands(c.Known), c.Noun, strconv.FormatFloat(percent, 'f', 1, 64), c.Source,
		strconv.FormatFloat(maxPercent, 'f', -1, 64))
}

// Percent is the missing share of what was known.
func (c Census) Percent() float64 {
	if c.Known == 0 {
		return 0
	}
	return 100 * float64(c.Missing) / float64(c.Known)
}

// thousands writes n with commas between groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
