package file

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// cell is one field of a row with its name.
type cell struct {
	name   string
	folded string // name, comparable
	values []string
	at     place
}

// readCSV hands the header and then each row to t. It ends early, without an
// error, where t has found enough faults.
func readCSV(r io.Reader, separator rune, list string, t *table) error {
	in := bufio.NewReaderSize(r, 64<<10)
	marked, err := skipMark(in)
	if err != nil {
		return err
	}
	if separator == 0 {
		if separator, err = guessSeparator(in); err != nil {
			return err
		}
	}
	lines := csv.NewReader(in)
	lines.Comma = separator
	lines.FieldsPerRecord = -1 // counted here, to tell all rows that are wrong
	lines.ReuseRecord = true
	c := csvRows{lines: lines, list: list, table: t}
	if marked {
		c.shift = len(byteOrderMark)
	}
	return c.read()
}

// csvRows is a CSV file under way.
type csvRows struct {
	lines *csv.Reader
	shift int // bytes before the first line that the reader has not seen
	list  string
	table *table
	cells []cell // of the row in hand, by column
}

func (c *csvRows) read() error {
	header, err := c.lines.Read()
	if errors.Is(err, io.EOF) {
		return c.table.empty()
	}
	if err != nil {
		return c.fault(err)
	}
	for i, name := range header {
		name = strings.TrimSpace(name)
		c.cells = append(c.cells, cell{name: name, folded: fold(name), at: c.place(i)})
	}
	if err := c.table.header(c.cells); err != nil {
		return err
	}
	for {
		fields, err := c.lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return c.fault(err)
		}
		if err := c.row(fields); err != nil {
			return err
		}
	}
}

func (c *csvRows) row(fields []string) error {
	if len(fields) != len(c.cells) {
		return c.table.faults.add(c.place(0), "%d columns, but the header has %d (a field with the separator in it must be quoted)", len(fields), len(c.cells))
	}
	blank := true
	for i, field := range fields {
		c.cells[i].at = c.place(i)
		c.cells[i].values = c.split(c.cells[i].values[:0], field)
		blank = blank && len(c.cells[i].values) == 0
	}
	if blank { // spreadsheets leave rows of separators behind
		return nil
	}
	return c.table.row(c.cells, c.cells[0].at)
}

// split appends the values in a field, without spaces around them.
func (c *csvRows) split(values []string, field string) []string {
	keep := func(v string) {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	if c.list == "" {
		keep(field)
		return values
	}
	for part := range strings.SplitSeq(field, c.list) {
		keep(part)
	}
	return values
}

// place is where field i of the row in hand begins.
func (c *csvRows) place(i int) place {
	line, column := c.lines.FieldPos(i)
	if line == 1 {
		column += c.shift
	}
	return place{line: line, column: column}
}

// fault notes what the reader could not parse. What follows a lost quote makes
// no sense, so the pass ends with it.
func (c *csvRows) fault(err error) error {
	var broken *csv.ParseError
	if !errors.As(err, &broken) {
		return err
	}
	message := broken.Err.Error()
	switch {
	case errors.Is(broken.Err, csv.ErrBareQuote):
		message = `a quote in an unquoted field: quote the field and double the quote inside ("")`
	case errors.Is(broken.Err, csv.ErrQuote):
		message = "a quoted field that does not end where it should, begun in line " + itoa(broken.StartLine)
	}
	if err := c.table.faults.add(place{line: broken.Line, column: broken.Column}, "%s", message); err != nil {
		return err
	}
	return errEnough
}

// guessSeparator looks which separator the header has most of, outside quotes.
func guessSeparator(in *bufio.Reader) (rune, error) {
	start, err := in.Peek(in.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	counts := map[byte]int{}
	quoted := false
	for _, b := range start {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if counts[b] > counts[best] {
			best = b
		}
	}
	return rune(best), nil
}
