package facts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/internal/strictyaml"
)

// columns are the names that a header may have, those of a row's keys.
var columns = func() (names []string) {
	for _, f := range strictyaml.Fields(reflect.TypeFor[row]()) {
		names = append(names, f.Name)
	}
	return names
}()

// readCSV reads rows below a header that names the columns, in any order.
func readCSV(file string, data []byte) ([]row, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // spreadsheets like to write it
	if !utf8.Valid(data) {
		return nil, strictyaml.Faults{{File: file, Message: "not UTF-8: save the file in that encoding"}}
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1 // counted here, to tell all rows that are wrong
	t := &sheet{file: file, in: in}
	header, err := in.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, empty(file, "the header alone: "+strings.Join(columns, ","))
	case err != nil:
		return nil, t.broken(err)
	}
	t.header(header)
	for len(t.faults) < strictyaml.MaxFaults {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, t.broken(err)
		}
		t.row(fields)
	}
	return t.rows, t.faults.Err()
}

// sheet is a CSV file under way.
type sheet struct {
	file   string
	in     *csv.Reader
	names  []string // of the columns
	rows   []row
	faults strictyaml.Faults
}

func (t *sheet) wrong(at strictyaml.Position, format string, args ...any) {
	t.faults = append(t.faults, strictyaml.Fault{File: t.file, Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...)})
}

func (t *sheet) place(i int) strictyaml.Position {
	line, column := t.in.FieldPos(i)
	return strictyaml.Position{Line: line, Column: column}
}

func (t *sheet) header(fields []string) {
	for i, name := range fields {
		name = strings.ToLower(strings.TrimSpace(name))
		switch near := strictyaml.Nearest(name, columns); {
		case slices.Contains(t.names, name):
			t.wrong(t.place(i), "the column %q is there twice", name)
		case slices.Contains(columns, name):
		case near != "":
			t.wrong(t.place(i), "unknown column %q; did you mean %q?", name, near)
		default:
			t.wrong(t.place(i), "unknown column %q; the columns are %s", name, strings.Join(columns, ", "))
		}
		t.names = append(t.names, name)
	}
	for _, name := range []string{"kind", "name", "person"} {
		if !slices.Contains(t.names, name) {
			t.wrong(strictyaml.Position{Line: 1, Column: 1}, "the column %q is missing", name)
		}
	}
}

func (t *sheet) row(fields []string) {
	if !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" }) {
		return // spreadsheets leave rows of separators behind
	}
	if len(fields) != len(t.names) {
		t.wrong(t.place(0), "%d columns, but the header has %d (a field with a comma in it must be quoted)", len(fields), len(t.names))
		return
	}
	places := map[string]strictyaml.Position{"": t.place(0)}
	values := map[string]string{}
	for i, name := range t.names {
		places[name], values[name] = t.place(i), fields[i]
	}
	t.rows = append(t.rows, row{
		Kind: values["kind"], Name: values["name"], Key: values["key"], Person: values["person"], Start: values["start"], End: values["end"],
		at: func(key string) strictyaml.Position {
			if at, ok := places[key]; ok {
				return at
			}
			return places[""]
		},
	})
}

// broken is what the reader could not parse; what follows makes no sense.
func (t *sheet) broken(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	t.wrong(strictyaml.Position{Line: parse.Line, Column: parse.Column}, "%v", parse.Err)
	return t.faults.Err()
}
