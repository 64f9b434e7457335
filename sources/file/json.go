package file

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// readJSON hands each object of a JSON array to t. It reads token by token: a
// decoder into maps would drop the first of two equal names in silence.
func readJSON(r io.Reader, t *table) error {
	in := bufio.NewReaderSize(r, 64<<10)
	marked, err := skipMark(in)
	if err != nil {
		return err
	}
	d := json.NewDecoder(in)
	d.UseNumber()
	j := jsonRows{in: d, table: t}
	if marked {
		j.shift = int64(len(byteOrderMark))
	}
	err = j.read()
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		// The error's own offset counts scanned values alone; where the decoder
		// stands is where the broken one begins.
		return j.stop(j.next(), "%s", syntax.Error())
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return j.stop(j.place(), "the file ends before its JSON does")
	}
	return err
}

// jsonRows is a JSON file under way.
type jsonRows struct {
	in    *json.Decoder
	shift int64 // bytes before what the decoder sees
	table *table
	cells []cell
}

func (j *jsonRows) place() place { return place{offset: j.shift + j.in.InputOffset()} }

// stop notes a fault that makes the rest of the file unreadable.
func (j *jsonRows) stop(at place, format string, args ...any) error {
	if err := j.table.faults.add(at, format, args...); err != nil {
		return err
	}
	return errEnough
}

func (j *jsonRows) read() error {
	start, err := j.in.Token()
	if errors.Is(err, io.EOF) {
		return j.table.empty()
	}
	if err != nil {
		return err
	}
	if start != json.Delim('[') {
		return j.stop(place{line: 1, column: 1}, "the file must hold an array of objects: [{…}, {…}]")
	}
	for n := 1; j.in.More(); n++ {
		if err := j.object(n); err != nil {
			return err
		}
	}
	if _, err := j.in.Token(); err != nil {
		return err
	}
	if _, err := j.in.Token(); !errors.Is(err, io.EOF) {
		return j.stop(j.place(), "something follows the end of the array")
	}
	return nil
}

// object reads the n-th person.
func (j *jsonRows) object(n int) error {
	at := j.next()
	start, err := j.in.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return j.stop(at, "element %d is no object: a person is written {\"userName\": …}", n)
	}
	j.cells = j.cells[:0]
	faulty := len(j.table.faults.list)
	for j.in.More() {
		if err := j.member(); err != nil {
			return err
		}
	}
	if _, err := j.in.Token(); err != nil {
		return err
	}
	if len(j.table.faults.list) > faulty {
		return nil
	}
	if n == 1 {
		j.table.first(j.cells)
	}
	return j.table.row(j.cells, at)
}

// next is where the coming value begins, give or take what stands between values.
func (j *jsonRows) next() place {
	j.in.More() // skips the spaces
	at := j.place()
	at.loose = true
	return at
}

// member reads one name with its value.
func (j *jsonRows) member() error {
	at := j.next()
	token, err := j.in.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	folded := fold(name)
	for _, c := range j.cells {
		if c.folded == folded {
			if err := j.table.faults.add(at, "%q is there twice", name); err != nil {
				return err
			}
		}
	}
	values, err := j.values(name)
	if err != nil {
		return err
	}
	j.cells = append(j.cells, cell{name: name, folded: folded, values: values, at: at})
	return nil
}

// values reads a scalar or an array of scalars.
func (j *jsonRows) values(name string) ([]string, error) {
	at := j.next()
	token, err := j.in.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
	case json.Delim('{'):
		return nil, j.nested(at, name)
	default:
		return appendScalar(nil, token), nil
	}
	var values []string
	for j.in.More() {
		at := j.next()
		token, err := j.in.Token()
		if err != nil {
			return nil, err
		}
		if _, deeper := token.(json.Delim); !deeper {
			values = appendScalar(values, token)
		} else if err := j.nested(at, name); err != nil {
			return nil, err
		}
	}
	_, err = j.in.Token()
	return values, err
}

// nested notes a value within a value, whose start was read, and skips it.
func (j *jsonRows) nested(at place, name string) error {
	for depth := 1; depth > 0; {
		token, err := j.in.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
	return j.table.faults.add(at, "%q holds a nested value: write text, a number, true, false, null or a list of those", name)
}

// appendScalar appends a value as text; null and "" are no value.
func appendScalar(values []string, token json.Token) []string {
	var text string
	switch v := token.(type) {
	case string:
		text = strings.TrimSpace(v)
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	case nil:
	default:
		text = fmt.Sprint(v)
	}
	if text == "" {
		return values
	}
	return append(values, text)
}
