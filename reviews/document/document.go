package document

import (
	"iter"
	"math"
	"time"
)

// Document is a report before it has a form.
type Document struct {
	Title string
	// About says in a sentence or two what it is about and how it is to be read.
	About string
	// Lang is the language of its texts, "en" if not said.
	Lang string
	// Made is when it was made.
	Made time.Time
	// Facts are told before anything else: whose report, of what, how old its
	// input is.
	Facts []Fact
	// Warnings are what a reader must know before believing the rest: a target
	// that was not read is named here.
	Warnings []string
	Sections []Section
	// Limits bounds the forms that a person opens; zero values are the defaults.
	Limits Limits
}

// Fact is a value with its name.
type Fact struct {
	Name  string
	Value Cell
}

// Section is a part under a heading of its own.
type Section struct {
	Title string
	// Text are its paragraphs.
	Text   []string
	Charts []Chart
	Tables []Table
}

// Table is rows under typed columns.
type Table struct {
	// Name is what files, sheets and programs call it: "surplus". Names are
	// unique in a document.
	Name string
	// Caption is what people call it.
	Caption string
	Columns []Column
	// Rows can be walked through any number of times, with the same rows each
	// time; nil is a table without rows. A row is only looked at until the next
	// one is asked for, so that one slice will do for all of them.
	Rows iter.Seq[[]Cell]
	// Omitted are rows that are not among Rows, left out by whoever made the
	// document; what a form leaves out beyond that is added to it.
	Omitted int
	// Note stands under the table.
	Note string
}

// Column is a column of a table. Its cells are of its kind, or a text where
// there is no value of the kind ("never"), or nothing.
type Column struct {
	// Name is what programs call it: "first_seen". Names are unique in a table.
	Name string
	// Title is what people call it; the name if not said.
	Title string
	Kind  Kind
}

// title is what people call the column.
func (c Column) title() string {
	if c.Title == "" {
		return c.Name
	}
	return c.Title
}

// Shape is how a chart is drawn.
type Shape string

// The shapes of charts.
const (
	Bars    Shape = "bars"    // one series, a bar for each label
	Stacked Shape = "stacked" // a bar for each label, made of the series
	Line    Shape = "line"    // a line for each series, through the labels in their order
)

// Chart is a picture of a few figures. It is never the only place of a figure:
// each form tells them as text too.
type Chart struct {
	Shape Shape
	Title string
	// Text says in a sentence what is to be seen; "" tells the greatest value.
	Text string
	// Kind is of which kind the values are; Number if not said. Percentages are
	// shares (0.25), durations are seconds.
	Kind   Kind
	Labels []string
	Series []Series
}

// Series is a value for each label of a chart. NaN is no value: a line has a
// gap there, a bar is not drawn.
type Series struct {
	Name   string
	Values []float64
}

// figures is the chart as a table.
func (c Chart) figures() Table {
	t := Table{Caption: c.Title, Columns: []Column{{Name: "label", Title: "Label", Kind: KindText}}}
	for _, s := range c.Series {
		t.Columns = append(t.Columns, Column{Name: s.Name, Kind: c.kind()})
	}
	t.Rows = func(yield func([]Cell) bool) {
		for i, label := range c.Labels {
			row := []Cell{Text(label)}
			for _, s := range c.Series {
				row = append(row, c.value(s.Values[i]))
			}
			if !yield(row) {
				return
			}
		}
	}
	return t
}

func (c Chart) kind() Kind {
	if c.Kind == "" {
		return KindNumber
	}
	return c.Kind
}

// value is one of the chart's values as a cell.
func (c Chart) value(v float64) Cell {
	switch {
	case math.IsNaN(v):
		return Cell{}
	case c.kind() == KindPercent:
		return Percent(v)
	case c.kind() == KindDuration:
		return measured(KindDuration, v)
	default:
		return Number(v)
	}
}

// lang is the language of the document.
func (d *Document) lang() string {
	if d.Lang == "" {
		return "en"
	}
	return d.Lang
}

// rows are the table's rows; there may be none.
func (t Table) rows() iter.Seq[[]Cell] {
	if t.Rows == nil {
		return func(func([]Cell) bool) {}
	}
	return t.Rows
}
