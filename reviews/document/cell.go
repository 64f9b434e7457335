package document

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is what a cell holds.
type Kind string

// The kinds of columns and cells.
const (
	KindText     Kind = "text"
	KindNumber   Kind = "number"
	KindPercent  Kind = "percent"  // a share: 0.25 is shown as 25 %
	KindDate     Kind = "date"     // an instant; midnight in UTC is shown as a day
	KindDuration Kind = "duration" // programs get seconds, people days or hours
)

// Cell is one value. The zero cell is nothing: not known, or not applicable.
type Cell struct {
	kind   Kind
	text   string
	number float64
	at     time.Time
}

// Text is a cell of any text; it is made harmless for each form when written.
func Text(text string) Cell {
	if text == "" {
		return Cell{}
	}
	return Cell{kind: KindText, text: text}
}

// Number is a cell of a number; what is not finite is nothing.
func Number(n float64) Cell { return measured(KindNumber, n) }

// Count is a cell of a whole number.
func Count(n int) Cell { return Number(float64(n)) }

// Percent is a cell of a share: 1 is everything.
func Percent(share float64) Cell { return measured(KindPercent, share) }

// Duration is a cell of a length of time.
func Duration(d time.Duration) Cell { return measured(KindDuration, d.Seconds()) }

// Date is a cell of an instant; the zero time is nothing. Years that RFC 3339
// cannot write are no dates of this trade, and nothing too.
func Date(at time.Time) Cell {
	at = at.UTC()
	if at.IsZero() || at.Year() < 0 || at.Year() > 9999 {
		return Cell{}
	}
	return Cell{kind: KindDate, at: at}
}

func measured(kind Kind, n float64) Cell {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Cell{}
	}
	if n == 0 {
		n = 0 // not -0
	}
	return Cell{kind: kind, number: n}
}

// Kind is what the cell holds, "" for nothing.
func (c Cell) Kind() Kind { return c.kind }

// Plain is the cell as programs read it: numbers in full, shares as fractions,
// durations in seconds, instants as RFC 3339 in UTC.
func (c Cell) Plain() string {
	switch c.kind {
	case KindText:
		return clean(c.text)
	case KindNumber, KindPercent, KindDuration:
		return strconv.FormatFloat(c.number, 'f', -1, 64)
	case KindDate:
		return c.at.Format(time.RFC3339Nano)
	}
	return ""
}

// Shown is the cell as people read it.
func (c Cell) Shown() string {
	switch c.kind {
	case KindText:
		return clean(c.text)
	case KindNumber:
		return grouped(rounded(c.number, 2))
	case KindPercent:
		return rounded(c.number*100, 1) + " %"
	case KindDate:
		return day(c.at)
	case KindDuration:
		return span(c.number)
	}
	return ""
}

// order is the number by which the cell is sorted, if it is not sorted as text.
func (c Cell) order() (string, bool) {
	switch c.kind {
	case KindNumber, KindPercent, KindDuration:
		return strconv.FormatFloat(c.number, 'f', -1, 64), true
	case KindDate:
		return strconv.FormatFloat(float64(c.at.UnixMicro())/1e6, 'f', -1, 64), true
	}
	return "", false
}

// day is an instant as people write it, without what says nothing.
func day(at time.Time) string {
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 && at.Nanosecond() == 0 {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04")
}

// span is a length of time in its two largest units, rounded down: who reads a
// report wants to know whether it was hours or weeks.
func span(seconds float64) string {
	if seconds < 0 {
		return "-" + span(-seconds)
	}
	if seconds > 0 && seconds < 1 {
		return "under 1 s"
	}
	units := []struct {
		name string
		size float64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}}
	for i, u := range units {
		if seconds < u.size {
			continue
		}
		whole := math.Floor(seconds / u.size)
		out := grouped(strconv.FormatFloat(whole, 'f', 0, 64)) + " " + u.name
		if rest := seconds - whole*u.size; i+1 < len(units) && whole < 10 {
			if lower := math.Floor(rest / units[i+1].size); lower > 0 {
				out += " " + strconv.FormatFloat(lower, 'f', 0, 64) + " " + units[i+1].name
			}
		}
		return out
	}
	return "0 s"
}

// rounded writes a number with at most so many digits behind the point.
func rounded(n float64, digits int) string {
	text := strconv.FormatFloat(n, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// grouped puts commas between thousands.
func grouped(number string) string {
	sign, whole := "", number
	if whole != "" && whole[0] == '-' {
		sign, whole = "-", whole[1:]
	}
	end := len(whole)
	for i := range len(whole) {
		if whole[i] == '.' {
			end = i
			break
		}
	}
	out := make([]byte, 0, len(number)+end/3)
	for i := range end {
		if i > 0 && (end-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, whole[i])
	}
	return sign + string(out) + whole[end:]
}
