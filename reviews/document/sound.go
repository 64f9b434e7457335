package document

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"birthright/identity"
)

// Check says what is wrong with the document before anything of it is written. Rows
// are looked at when they are written.
func (d *Document) Check() error {
	seen := map[string]bool{}
	for t := range d.tables() {
		// Names become those of files and sheets.
		if key := slug(t.Name); key == "" || key != strings.ToLower(t.Name) || seen[key] {
			return wrong(t.Name, "every table needs a name of its own, made of a-z, 0-9, - and _")
		} else {
			seen[key] = true
		}
		if err := t.check(); err != nil {
			return err
		}
	}
	for _, s := range d.Sections {
		for _, c := range s.Charts {
			if err := c.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t Table) check() error {
	if len(t.Columns) == 0 {
		return wrong(t.Name, "a table needs columns")
	}
	seen := map[string]bool{}
	for _, c := range t.Columns {
		if c.Name == "" || seen[c.Name] {
			return wrong(t.Name, fmt.Sprintf("every column needs a name of its own, not %q", c.Name))
		}
		if !slices.Contains([]Kind{KindText, KindNumber, KindPercent, KindDate, KindDuration}, c.Kind) {
			return wrong(t.Name, fmt.Sprintf("column %s is of no known kind: %q", c.Name, c.Kind))
		}
		seen[c.Name] = true
	}
	return nil
}

func (c Chart) check() error {
	switch {
	case !slices.Contains([]Shape{Bars, Stacked, Line}, c.Shape):
		return wrong(c.Title, fmt.Sprintf("a chart has no such shape: %q", c.Shape))
	case !slices.Contains([]Kind{KindNumber, KindPercent, KindDuration}, c.kind()):
		return wrong(c.Title, "a chart is of numbers, percentages or durations")
	case len(c.Series) == 0 || c.Shape == Bars && len(c.Series) > 1:
		return wrong(c.Title, "bars have one series, other charts one or more")
	case len(c.Series) > mostSeries:
		return wrong(c.Title, fmt.Sprintf("more than %d series cannot be told apart", mostSeries))
	}
	for _, s := range c.Series {
		if len(s.Values) != len(c.Labels) {
			return wrong(c.Title, fmt.Sprintf("series %q has %d values for %d labels", s.Name, len(s.Values), len(c.Labels)))
		}
		if slices.ContainsFunc(s.Values, func(v float64) bool { return v < 0 || math.IsInf(v, 0) }) {
			return wrong(c.Title, "values of charts are finite and not below 0")
		}
	}
	return nil
}

// fits refuses a row that does not belong to the table: a shifted column would be
// believed.
func (t Table) fits(row []Cell) error {
	if len(row) != len(t.Columns) {
		return wrong(t.Name, fmt.Sprintf("a row has %d cells for %d columns", len(row), len(t.Columns)))
	}
	for i, c := range row {
		if c.kind != "" && c.kind != KindText && c.kind != t.Columns[i].Kind {
			return wrong(t.Name, fmt.Sprintf("column %s holds %s, not %s", t.Columns[i].Name, t.Columns[i].Kind, c.kind))
		}
	}
	return nil
}

// each hands the rows to show, at most limit of them (0: all), and returns how many
// were left out.
func (t Table) each(limit int, show func(row []Cell) error) (left int, err error) {
	n := 0
	for row := range t.rows() {
		if n++; limit > 0 && n > limit {
			continue // counted, not shown
		}
		if err := t.fits(row); err != nil {
			return 0, err
		}
		if err := show(row); err != nil {
			return 0, err
		}
	}
	if limit > 0 && n > limit {
		left = n - limit
	}
	return left + t.Omitted, nil
}

// leftOut is the sentence about rows that are not there.
func leftOut(n int, where string) string {
	switch {
	case n <= 0:
		return ""
	case n == 1:
		return "1 more row is left out here" + where + "."
	}
	return grouped(fmt.Sprint(n)) + " more rows are left out here" + where + "."
}

// elsewhere is where rows are that a bounded form leaves out.
func (t Table) elsewhere(n int) string {
	if n > t.Omitted {
		return "; CSV and JSON have them"
	}
	return ""
}

func wrong(object, what string) error {
	return &identity.Error{Kind: identity.Internal, Op: "write a report", Object: object, Err: errors.New(what)}
}
