package document

import (
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// widthSample is how many rows are looked at for the widths of columns.
const widthSample = 200

// at is an address: at(1, 1) is A1.
func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil { // only for what no sheet has
		return ""
	}
	return name
}

// headings are titles of columns, each once: a table's filter needs that.
func headings(columns []Column) []string {
	taken, out := map[string]bool{}, make([]string, len(columns))
	for i, c := range columns {
		title := cut(oneLine(c.title()), 200)
		for n := 2; title == "" || taken[strings.ToLower(title)]; n++ {
			title = cut(oneLine(c.title()), 200) + " " + itoa(n)
		}
		taken[strings.ToLower(title)] = true
		out[i] = title
	}
	return out
}

// widths are those of the columns by their headings and first rows.
func widths(t Table) []float64 {
	longest := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		longest[i] = utf8.RuneCountInString(c.title()) + 4 // the filter's arrow
	}
	n := 0
	for row := range t.rows() {
		if n++; n > widthSample || len(row) != len(longest) {
			break
		}
		for i, c := range row {
			longest[i] = max(longest[i], utf8.RuneCountInString(c.Shown())+2)
		}
	}
	out := make([]float64, len(longest))
	for i, n := range longest {
		out[i] = float64(min(max(n, 8), 60))
	}
	return out
}
