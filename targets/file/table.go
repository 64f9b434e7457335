package file

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"birthright/targets"
)

// The columns that every list has.
const (
	columnAccount     = "account"
	columnEntitlement = "entitlement"
)

// layout is how a list is written.
type layout struct {
	columns []targets.Mapping // attribute columns
	guarded bool              // formulas carry an apostrophe
}

// table is a list in memory: our columns decoded, all others as they are.
type table struct {
	layout
	header []string
	at     map[string]int // lower-case column name → index
	rows   []*row
	// byAccount finds the rows of an account.
	byAccount map[string][]*row
}

// row is one line. values are those of the attribute columns, in their order.
type row struct {
	account, entitlement string
	values               []string
	cells                []string // the line as it was read; nil for a new one
	gone                 bool
}

// newTable returns an empty list with our header.
func newTable(l layout) *table {
	t := &table{layout: l, header: []string{columnAccount, columnEntitlement}, byAccount: map[string][]*row{}}
	t.addColumns()
	return t
}

// addColumns indexes the header and appends what it lacks of our columns.
func (t *table) addColumns() {
	t.at = map[string]int{}
	for i, name := range t.header {
		t.at[strings.ToLower(name)] = i
	}
	for _, c := range t.columns {
		if _, ok := t.at[strings.ToLower(c.To)]; !ok {
			t.at[strings.ToLower(c.To)] = len(t.header)
			t.header = append(t.header, c.To)
		}
	}
}

// parse reads a whole list. Every fault names line and column of the file.
func parse(l layout, data []byte) (*table, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:firstInvalid(data)], []byte("\n"))
		return nil, fmt.Errorf("line %d: the text is not UTF-8", line)
	}
	r := csv.NewReader(bytes.NewReader(data))
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: the header is missing: write account,entitlement or delete the file")
	}
	if err != nil {
		return nil, plain(err)
	}
	t := newTable(l)
	if err := t.useHeader(r, header); err != nil {
		return nil, err
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, plain(err)
		}
		if err := t.readRow(r, cells); err != nil {
			return nil, err
		}
	}
}

// useHeader takes over the file's own columns and their order.
func (t *table) useHeader(r *csv.Reader, header []string) error {
	seen := map[string]bool{}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		folded := strings.ToLower(header[i])
		if seen[folded] {
			return place(r, i, "column %q is there twice", header[i])
		}
		seen[folded] = true
	}
	for _, name := range []string{columnAccount, columnEntitlement} {
		if !seen[name] {
			return place(r, 0, "the header has no column %q", name)
		}
	}
	t.header = header
	t.addColumns()
	return nil
}

func (t *table) readRow(r *csv.Reader, cells []string) error {
	line := &row{cells: slices.Clone(cells)}
	line.account = t.decode(cells[t.at[columnAccount]])
	line.entitlement = t.decode(cells[t.at[columnEntitlement]])
	if line.account == "" {
		return place(r, t.at[columnAccount], "the account is empty")
	}
	if err := checkText(line.account); err != nil {
		return place(r, t.at[columnAccount], "account: %w", err)
	}
	if line.entitlement != "" {
		if err := checkEntitlement(line.entitlement); err != nil {
			return place(r, t.at[columnEntitlement], "entitlement: %w", err)
		}
	}
	for _, c := range t.columns {
		value := ""
		if i := t.at[strings.ToLower(c.To)]; i < len(cells) {
			value = t.decode(cells[i])
		}
		line.values = append(line.values, value)
	}
	t.insert(line)
	return nil
}

func (t *table) insert(line *row) {
	t.rows = append(t.rows, line)
	t.byAccount[line.account] = append(t.byAccount[line.account], line)
}

// bytes renders the list, sorted by account and entitlement; equal rows keep
// their order.
func (t *table) bytes() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(t.header); err != nil {
		return nil, err
	}
	t.sweep()
	slices.SortStableFunc(t.rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.entitlement, b.entitlement))
	})
	for _, line := range t.rows {
		cells := make([]string, len(t.header))
		copy(cells, line.cells)
		cells[t.at[columnAccount]] = t.encode(line.account)
		cells[t.at[columnEntitlement]] = t.encode(line.entitlement)
		for i, c := range t.columns {
			cells[t.at[strings.ToLower(c.To)]] = t.encode(line.values[i])
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// sweep forgets the rows that are gone.
func (t *table) sweep() {
	t.rows = slices.DeleteFunc(t.rows, func(line *row) bool { return line.gone })
}

// encode guards a value that a spreadsheet would calculate, if told to. A value
// that already looks guarded is guarded once more, so that decode gives it back.
func (l layout) encode(value string) string {
	if l.guarded && (startsFormula(value) || looksGuarded(value)) {
		return "'" + value
	}
	return value
}

func (l layout) decode(cell string) string {
	if l.guarded && looksGuarded(cell) {
		return cell[1:]
	}
	return cell
}

func startsFormula(s string) bool { return s != "" && strings.ContainsRune("=+-@", rune(s[0])) }

func looksGuarded(s string) bool {
	return strings.HasPrefix(s, "'") && (startsFormula(s[1:]) || strings.HasPrefix(s[1:], "'"))
}

// checkText tells why s cannot be a value of a list.
func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("the text is not UTF-8")
	}
	if i := strings.IndexFunc(s, unicode.IsControl); i >= 0 {
		return fmt.Errorf("the text has a control character or line break at byte %d, which a list cannot hold", i)
	}
	return nil
}

func checkEntitlement(s string) error {
	kind, id, ok := strings.Cut(s, "/")
	if !ok || kind == "" || id == "" {
		return fmt.Errorf("%q is not KIND/ID, for example group/engineering", s)
	}
	return checkText(s)
}

// place makes a fault of the cell i of the row that r read last.
func place(r *csv.Reader, i int, format string, args ...any) error {
	line, column := r.FieldPos(i)
	return fmt.Errorf("line %d, column %d: %w", line, column, fmt.Errorf(format, args...))
}

// plain puts a syntax fault of the CSV reader in our form.
func plain(err error) error {
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return fmt.Errorf("line %d, column %d: %w", syntax.Line, syntax.Column, syntax.Err)
	}
	return err
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}
