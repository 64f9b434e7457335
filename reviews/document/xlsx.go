package document

import (
	"bytes"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

const (
	aboutSheet = "About"
	mostText   = 32_767 // UTF-16 units in a cell, of which Excel opens no more
)

// book is a workbook in the making.
type book struct {
	file   *excelize.File
	styles map[Kind]int
	bold   int
	limit  int
	tables int
}

// xlsx writes a workbook: a sheet about the document, and one for each table.
func (d *Document) xlsx(w io.Writer) error {
	b := &book{file: excelize.NewFile(), limit: d.Limits.filled().XLSX}
	err := b.fill(d)
	var raw bytes.Buffer
	if err == nil {
		_, err = b.file.WriteTo(&raw)
	}
	if closed := b.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return repack(w, raw.Bytes())
}

func (b *book) fill(d *Document) error {
	if err := b.dress(); err != nil {
		return err
	}
	if err := b.file.SetSheetName("Sheet1", aboutSheet); err != nil {
		return err
	}
	sheets := newSheetNames()
	var told []sheetNote
	for t := range d.tables() {
		note := sheetNote{table: t, sheet: sheets.name(t.Name)}
		var err error
		if note.rows, note.left, err = b.sheet(note.sheet, t); err != nil {
			return err
		}
		told = append(told, note)
	}
	if err := b.about(d, told); err != nil {
		return err
	}
	b.file.SetActiveSheet(0)
	props := &excelize.DocProperties{Title: cell(d.Title), Creator: "Birthright", LastModifiedBy: "Birthright", Language: d.lang()}
	if !d.Made.IsZero() {
		props.Created = d.Made.UTC().Format(time.RFC3339)
		props.Modified = props.Created
	}
	return b.file.SetDocProps(props)
}

// dress makes the styles: that of headings, and one for each kind.
func (b *book) dress() error {
	var err error
	if b.bold, err = b.file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
	}); err != nil {
		return err
	}
	formats := []struct {
		kind   Kind
		format string
	}{{KindText, "@"}, {KindNumber, "#,##0.##"}, {countKind, "#,##0"}, {KindPercent, "0.0%"}, {KindDate, "yyyy-mm-dd hh:mm"}, {dayKind, "yyyy-mm-dd"}, {KindDuration, `#,##0.00" d"`}}
	b.styles = map[Kind]int{}
	for _, f := range formats {
		style := &excelize.Style{CustomNumFmt: &f.format, Alignment: &excelize.Alignment{Vertical: "top", WrapText: f.kind == KindText}}
		if b.styles[f.kind], err = b.file.NewStyle(style); err != nil {
			return err
		}
	}
	return nil
}

// The formats of cells for which that of their kind would show what is not there:
// a lone point, or midnight.
const (
	countKind Kind = "whole number"
	dayKind   Kind = "day"
)

// sheet writes a table to a sheet of its own, a row at a time: a frozen header,
// a filter, and columns as wide as what is in them.
func (b *book) sheet(name string, t Table) (rows, left int, err error) {
	if _, err := b.file.NewSheet(name); err != nil {
		return 0, 0, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return 0, 0, err
	}
	if err := b.header(out, t); err != nil {
		return 0, 0, err
	}
	values := make([]any, len(t.Columns))
	left, err = t.each(b.limit, func(row []Cell) error {
		rows++
		for i, c := range row {
			values[i] = b.value(c)
		}
		return out.SetRow(at(1, rows+1), values)
	})
	if err == nil && rows > 0 {
		b.tables++
		err = out.AddTable(&excelize.Table{Range: "A1:" + at(len(t.Columns), rows+1), Name: "t" + itoa(b.tables), StyleName: "TableStyleLight1"})
	}
	if err == nil {
		err = out.Flush()
	}
	return rows, left, err
}

func (b *book) header(out *excelize.StreamWriter, t Table) error {
	for i, width := range widths(t) {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	titles := make([]any, len(t.Columns))
	for i, title := range headings(t.Columns) {
		titles[i] = excelize.Cell{StyleID: b.bold, Value: title}
	}
	return out.SetRow("A1", titles)
}

// value is a cell as the workbook holds it: figures as numbers, instants as dates,
// durations in days. A text is never a formula, whatever it begins with.
func (b *book) value(c Cell) any {
	switch c.kind {
	case KindText:
		return excelize.Cell{StyleID: b.styles[KindText], Value: cell(c.text)}
	case KindNumber:
		if c.number == float64(int64(c.number)) {
			return excelize.Cell{StyleID: b.styles[countKind], Value: c.number}
		}
		return excelize.Cell{StyleID: b.styles[KindNumber], Value: c.number}
	case KindPercent:
		return excelize.Cell{StyleID: b.styles[KindPercent], Value: c.number}
	case KindDuration:
		return excelize.Cell{StyleID: b.styles[KindDuration], Value: c.number / 86400}
	case KindDate:
		return b.date(c)
	}
	return nil
}

// date is an instant as a serial number of days; Excel knows none before 1900-03-01
// that other programs would read alike, so that those are text.
func (b *book) date(c Cell) any {
	if c.at.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		return excelize.Cell{StyleID: b.styles[KindText], Value: c.Plain()}
	}
	whole := c.at.Truncate(24*time.Hour).Unix()/86400 + 25569 // days from 1899-12-30 to 1970
	rest := c.at.Sub(c.at.Truncate(24 * time.Hour))
	kind := KindDate
	if rest == 0 {
		kind = dayKind
	}
	return excelize.Cell{StyleID: b.styles[kind], Value: float64(whole) + rest.Hours()/24}
}

// cell is a text that a cell can hold.
func cell(text string) string {
	text = clean(text)
	if len(text) <= mostText {
		return text
	}
	units := utf16.Encode([]rune(text))
	if len(units) <= mostText {
		return text
	}
	return strings.TrimRight(string(utf16.Decode(units[:mostText-2])), "�") + "…"
}
