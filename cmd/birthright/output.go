package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
	"go.yaml.in/yaml/v3"
	"golang.org/x/term"

	"birthright/internal/spreadsheet"
)

// formats are the values of --output.
var formats = []string{"table", "json", "yaml", "csv"}

// listing is something to print: as data for programs, as rows for people.
type listing struct {
	data   any
	header []string
	rows   [][]string
	// text, if set, is what people read instead of the rows.
	text string
	// empty is the sentence for a table without rows.
	empty string
}

// print writes l to standard output as --output says.
func (p *program) print(l listing) error {
	switch p.output {
	case "json":
		encoder := json.NewEncoder(p.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(l.data)
	case "yaml":
		return printYAML(p.out, l.data)
	case "csv":
		return printCSV(p.out, l.header, l.rows)
	}
	if l.text != "" {
		_, err := io.WriteString(p.out, l.text)
		return err
	}
	if len(l.rows) == 0 {
		if l.empty != "" {
			p.remark("%s", l.empty)
		}
		return nil
	}
	return printTable(p.out, l.header, l.rows)
}

// printYAML goes through JSON, so that both formats have the same names.
func printYAML(w io.Writer, data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(encoded, &node); err != nil {
		return err
	}
	plainStyle(&node)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return err
	}
	return encoder.Close()
}

// plainStyle turns JSON's flow style into YAML's usual block style; strings keep
// their quotes, so that none of them turns into a number.
func plainStyle(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode && len(n.Content) > 0 {
		n.Style = 0
	}
	for i, child := range n.Content {
		plainStyle(child)
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			child.Style = 0 // a key
		}
	}
}

func printCSV(w io.Writer, header []string, rows [][]string) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range rows {
		if err := out.Write(spreadsheet.DefusedRow(slices.Clone(row))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// printTable aligns columns by what a terminal shows: names come in many scripts.
func printTable(w io.Writer, header []string, rows [][]string) error {
	header, rows = withoutEmpty(header, rows)
	headings := make([]string, len(header))
	for i, name := range header {
		headings[i] = strings.ToUpper(strings.ReplaceAll(name, "_", " "))
	}
	return printColumns(w, "", append([][]string{headings}, rows...))
}

// printColumns aligns rows, each behind an indent.
func printColumns(w io.Writer, indent string, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], runewidth.StringWidth(visible(cell)))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(runewidth.FillRight(visible(cell), widths[i]+2))
		}
		if _, err := fmt.Fprintln(w, indent+strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// onTerminal reports whether a person reads standard output as it comes.
func (p *program) onTerminal() bool {
	file, ok := p.out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// withoutEmpty drops columns in which no row has anything: they would only make
// people look.
func withoutEmpty(header []string, rows [][]string) ([]string, [][]string) {
	var keep []int
	for i := range header {
		if slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" }) {
			keep = append(keep, i)
		}
	}
	pick := func(row []string) []string {
		out := make([]string, len(keep))
		for i, k := range keep {
			out[i] = row[k]
		}
		return out
	}
	kept := make([][]string, len(rows))
	for i, row := range rows {
		kept[i] = pick(row)
	}
	return pick(header), kept
}

// count is a number with its noun: "1 file", "2 files".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// visible drops control characters: a name from a directory must not move the
// cursor of whoever reads the table.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
