package document

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"birthright/identity"
)

// Form is how a document is written.
type Form string

// The forms.
const (
	FormHTML     Form = "html"
	FormCSV      Form = "csv"
	FormJSON     Form = "json"
	FormMarkdown Form = "markdown"
	FormXLSX     Form = "xlsx"
)

// Forms are all forms, as people may name them.
func Forms() []Form { return []Form{FormHTML, FormCSV, FormJSON, FormMarkdown, FormXLSX} }

// ParseForm finds a form by its name or the ending of its files.
func ParseForm(name string) (Form, error) {
	if name == "md" {
		return FormMarkdown, nil
	}
	if f := Form(name); slices.Contains(Forms(), f) {
		return f, nil
	}
	return "", &identity.Error{Kind: identity.Invalid, Op: "choose the form of a report", Object: name, Err: errors.New("there is no such form"), Hint: "write html, csv, json, markdown or xlsx"}
}

// Ending is that of the form's files.
func (f Form) Ending() string {
	if f == FormMarkdown {
		return "md"
	}
	return string(f)
}

// MediaType is what the form is called over HTTP and in mails.
func (f Form) MediaType() string {
	switch f {
	case FormHTML:
		return "text/html; charset=utf-8"
	case FormCSV:
		return "text/csv; charset=utf-8; header=present"
	case FormJSON:
		return "application/json"
	case FormMarkdown:
		return "text/markdown; charset=utf-8"
	case FormXLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/octet-stream"
}

// Limits bounds the forms that are opened as a whole: so many rows of each table,
// and a note of how many were left out. CSV and JSON have no bound.
type Limits struct {
	HTML, Markdown, XLSX int
	// Open is how many rows of a table HTML shows before the rest is folded away.
	Open int
}

// The defaults of Limits, and what Excel can open at all: its last row, less the
// header.
const (
	DefaultHTML     = 10_000
	DefaultMarkdown = 1_000
	DefaultXLSX     = 200_000
	DefaultOpen     = 100
	MostXLSX        = 1_048_575
)

// filled has the defaults in place of what was not said.
func (l Limits) filled() Limits {
	either := func(said, otherwise int) int {
		if said <= 0 {
			return otherwise
		}
		return said
	}
	return Limits{
		HTML: either(l.HTML, DefaultHTML), Markdown: either(l.Markdown, DefaultMarkdown),
		XLSX: min(either(l.XLSX, DefaultXLSX), MostXLSX), Open: either(l.Open, DefaultOpen),
	}
}

// File is one file of a form.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// Files are the files that a document has in a form, named after base: one, or for
// CSV one for each table.
func (d *Document) Files(base string, f Form) ([]File, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if f != FormCSV {
		return []File{{Name: base + "." + f.Ending(), Write: func(w io.Writer) error { return d.Write(w, f) }}}, nil
	}
	var out []File
	for t := range d.tables() {
		out = append(out, File{Name: base + "-" + slug(t.Name) + ".csv", Write: func(w io.Writer) error { return CSV(w, t) }})
	}
	return out, nil
}

// Write writes the document in a form of one file. CSV holds one table: that of a
// document with more of them is asked for by its name, with Table and CSV.
func (d *Document) Write(w io.Writer, f Form) error {
	if err := d.Check(); err != nil {
		return err
	}
	switch f {
	case FormHTML:
		return d.html(w)
	case FormJSON:
		return d.json(w)
	case FormMarkdown:
		return d.markdown(w)
	case FormXLSX:
		return d.xlsx(w)
	case FormCSV:
		return d.onlyCSV(w)
	}
	_, err := ParseForm(string(f))
	return err
}

func (d *Document) onlyCSV(w io.Writer) error {
	var names []string
	var only Table
	for t := range d.tables() {
		names, only = append(names, t.Name), t
	}
	if len(names) == 1 {
		return CSV(w, only)
	}
	return &identity.Error{Kind: identity.Invalid, Op: "write a report as one CSV", Object: d.Title,
		Err: fmt.Errorf("it has %d tables: %s", len(names), strings.Join(names, ", ")), Hint: "a CSV holds one table: choose one, or write all to a folder"}
}

// Table finds a table by its name.
func (d *Document) Table(name string) (Table, bool) {
	for t := range d.tables() {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// tables are all tables in their order.
func (d *Document) tables() func(func(Table) bool) {
	return func(yield func(Table) bool) {
		for _, s := range d.Sections {
			for _, t := range s.Tables {
				if !yield(t) {
					return
				}
			}
		}
	}
}
