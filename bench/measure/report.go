package measure

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report is what a program prints: a title, a line for each thing measured, and
// the ratios that count.
type Report struct {
	title  string
	lines  []string
	ratios []string
	missed int
}

// Title says what was measured.
func (r *Report) Title(format string, args ...any) { r.title = fmt.Sprintf(format, args...) }

// Line adds one measured thing: cells are columns.
func (r *Report) Line(name string, cells ...string) {
	r.lines = append(r.lines, name+"\t"+strings.Join(cells, "\t"))
}

// Ratio adds how what relates to its floor, and the most that is allowed; 0 for
// no bound.
func (r *Report) Ratio(what, floor string, ratio, most float64) {
	verdict := ""
	switch {
	case most > 0 && ratio > most:
		verdict = fmt.Sprintf("\tMISSED: at most %g", most)
		r.missed++
	case most > 0:
		verdict = fmt.Sprintf("\tok: at most %g", most)
	}
	r.ratios = append(r.ratios, fmt.Sprintf("%s ÷ %s\t%.2f%s", what, floor, ratio, verdict))
}

func (r *Report) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n%s\n\n", r.title, Machine())
	for _, part := range [][]string{r.lines, r.ratios} {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, line := range part {
			fmt.Fprintln(table, "  "+line)
		}
		_ = table.Flush() // standard output: nobody is left to tell
		fmt.Fprintln(w)
	}
}

// Median returns the middle of values, the lower of two.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Quantile returns the value that a share q of values do not exceed.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1))]
}

// Seconds, Millis, Rate and Size write figures for people.
func Seconds(s float64) string { return fmt.Sprintf("%.2f s", s) }

// Millis writes seconds as milliseconds.
func Millis(s float64) string { return fmt.Sprintf("%.2f ms", s*1000) }

// Micros writes seconds as microseconds.
func Micros(s float64) string { return fmt.Sprintf("%.1f µs", s*1e6) }

// Nanos writes seconds as nanoseconds.
func Nanos(s float64) string { return fmt.Sprintf("%.0f ns", s*1e9) }

// Rate writes how many of something a second.
func Rate(n int, seconds float64, unit string) string {
	return fmt.Sprintf("%s %s/s", Count(int(float64(n)/max(seconds, 1e-9))), unit)
}

// Size writes bytes as MiB.
func Size(bytes int64) string {
	if bytes == 0 {
		return "memory unknown"
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}

// Count writes a number with commas.
func Count(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
