package document

import (
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// sheetNote is what the first sheet says of another.
type sheetNote struct {
	table      Table
	sheet      string
	rows, left int
}

// about fills the first sheet: what a reader must know before reading figures.
func (b *book) about(d *Document, sheets []sheetNote) error {
	out, err := b.file.NewStreamWriter(aboutSheet)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, 1, 32); err != nil {
		return err
	}
	if err := out.SetColWidth(2, mostSeries+1, 28); err != nil {
		return err
	}
	s := &aboutRows{book: b, out: out}
	s.head(d)
	for _, section := range d.Sections {
		s.section(section)
	}
	if len(sheets) > 0 {
		s.gap()
		s.titled("Sheet", Text("Table"), Text("Rows"), Text("Left out"), Text("Note"))
	}
	for _, n := range sheets {
		s.row(Text(n.sheet), Text(n.table.caption()), Count(n.rows), Count(n.left), Text(n.table.Note))
	}
	if s.err != nil {
		return s.err
	}
	return out.Flush()
}

// aboutRows writes one row below the other. The first error stays.
type aboutRows struct {
	book *book
	out  *excelize.StreamWriter
	n    int
	err  error
}

func (s *aboutRows) head(d *Document) {
	s.titled(d.Title)
	if d.About != "" {
		s.row(Text(d.About))
	}
	for _, w := range d.Warnings {
		s.titled("Warning", Text(w))
	}
	for _, f := range d.facts() {
		s.titled(f.Name, f.Value)
	}
}

func (s *aboutRows) section(section Section) {
	if len(section.Text) == 0 && len(section.Charts) == 0 {
		return
	}
	s.gap()
	s.titled(section.Title)
	for _, text := range section.Text {
		s.row(Text(text))
	}
	for _, c := range section.Charts {
		s.gap()
		s.titled(c.Title, Text(c.describe()))
		for row := range c.figures().rows() {
			s.row(row...)
		}
	}
}

func (s *aboutRows) gap() { s.n++ }

// titled writes a row that begins with a bold text.
func (s *aboutRows) titled(title string, cells ...Cell) {
	s.write(append([]any{excelize.Cell{StyleID: s.book.bold, Value: cell(title)}}, s.values(cells)...))
}

func (s *aboutRows) row(cells ...Cell) { s.write(s.values(cells)) }

func (s *aboutRows) values(cells []Cell) []any {
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = s.book.value(c)
	}
	return out
}

func (s *aboutRows) write(values []any) {
	s.n++
	if s.err == nil {
		s.err = s.out.SetRow(at(1, s.n), values)
	}
}

// sheetNames are names that Excel takes, each once.
type sheetNames map[string]bool

func newSheetNames() sheetNames {
	return sheetNames{strings.ToLower(aboutSheet): true, "history": true} // the latter is Excel's own
}

// name is the table's name, shortened and numbered as needed.
func (s sheetNames) name(table string) string {
	const most = 31
	name := short31(table, most)
	for n := 2; s[strings.ToLower(name)]; n++ {
		end := "-" + itoa(n)
		name = short31(table, most-len(end)) + end
	}
	s[strings.ToLower(name)] = true
	return name
}

func short31(name string, most int) string {
	if units := utf16.Encode([]rune(name)); len(units) > most {
		return string(utf16.Decode(units[:most]))
	}
	return name
}
