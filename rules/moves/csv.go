package moves

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules"
)

// table is a CSV file under way.
type table struct {
	name   string
	rows   *csv.Reader
	faults strictyaml.Faults
	// columns are the attributes by column; "" for the column of names.
	columns []string
	whose   int
}

func readCSV(name string, data []byte) ([]Move, strictyaml.Faults) {
	t := &table{name: name, rows: csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))), whose: -1}
	t.rows.FieldsPerRecord = -1 // counted here, to tell all rows that are wrong
	header, err := t.rows.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, strictyaml.Faults{{File: name, Message: "the file is empty: a header such as userName,department comes first"}}
		}
		return nil, t.broken(err)
	}
	t.header(header)
	var out []Move
	for {
		fields, err := t.rows.Read()
		if errors.Is(err, io.EOF) {
			return out, t.faults
		}
		if err != nil {
			return nil, t.broken(err)
		}
		if m, ok := t.row(fields); ok {
			out = append(out, m)
		}
	}
}

// fault notes what is wrong with a field of the row in hand.
func (t *table) fault(field int, format string, args ...any) {
	line, column := t.rows.FieldPos(field)
	t.faults = append(t.faults, strictyaml.Fault{File: t.name, Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

func (t *table) broken(err error) strictyaml.Faults {
	fault := strictyaml.Fault{File: t.name, Message: err.Error()}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		fault.Line, fault.Column, fault.Message = parse.Line, parse.Column, parse.Err.Error()
	}
	return append(t.faults, fault)
}

func (t *table) header(names []string) {
	t.columns = make([]string, len(names))
	seen := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(name)
		if identity.CanonicalAttribute(name) == identity.AttrUserName {
			t.whose = i
			name = identity.AttrUserName
		} else if attribute, err := Attribute(name); err != nil {
			t.fault(i, "%v", err)
		} else {
			t.columns[i], name = attribute, attribute
		}
		if seen[name] {
			t.fault(i, "column %q is there twice", name)
		}
		seen[name] = true
	}
	if t.whose < 0 {
		t.fault(0, "no column is called userName: nobody knows whose rows these are")
	}
}

// row is one person's move, and false for a row that moves nobody.
func (t *table) row(fields []string) (Move, bool) {
	if len(fields) != len(t.columns) {
		t.fault(0, "%d columns, but the header has %d (a field with a comma in it must be quoted)", len(fields), len(t.columns))
		return Move{}, false
	}
	if t.whose < 0 || strings.TrimSpace(strings.Join(fields, "")) == "" {
		return Move{}, false
	}
	line, column := t.rows.FieldPos(t.whose)
	m := Move{User: strings.TrimSpace(fields[t.whose]), Set: map[string][]string{}, Position: rules.Position{File: t.name, Line: line, Column: column}}
	if m.User == "" {
		t.fault(t.whose, "a row without a userName")
	}
	for i, text := range fields {
		if t.columns[i] != "" && strings.TrimSpace(text) != "" {
			m.Set[t.columns[i]] = Values(text)
		}
	}
	return m, len(m.Set) > 0 && m.User != ""
}
