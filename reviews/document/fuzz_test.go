package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"birthright/reviews/document"

	"golang.org/x/net/html"
)

// FuzzText puts one text into two cells side by side: no form lets it reach the
// other one, or anything outside its cell.
func FuzzText(f *testing.F) {
	for _, text := range nasty {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		row := []document.Cell{document.Text(text), document.Text("mark")}
		d := &document.Document{Sections: []document.Section{{Tables: []document.Table{{Name: "t", Columns: columns[:2], Rows: slice(row, row)}}}}}
		if rows, err := csv.NewReader(bytes.NewReader(written(t, d, document.FormCSV))).ReadAll(); err != nil || len(rows) != 3 || rows[2][1] != "mark" {
			t.Errorf("csv: %q, %v", rows, err)
		}
		if !json.Valid(written(t, d, document.FormJSON)) {
			t.Error("json: not valid")
		}
		page, err := html.Parse(bytes.NewReader(written(t, d, document.FormHTML)))
		if err != nil {
			t.Fatal(err)
		}
		if cells := cellsOf(page); len(cells) != 2 || len(cells[1]) != 2 || cells[1][1] != "mark" || cells[0][0] != row[0].Plain() {
			t.Errorf("html: %q", cells)
		}
		for _, line := range bytes.Split(written(t, d, document.FormMarkdown), []byte("\n")) {
			if bytes.HasSuffix(line, []byte("| mark |")) && bytes.Count(unescaped(line), []byte("|")) != 3 {
				t.Errorf("markdown: %q", line)
			}
		}
	})
}

// unescaped is a line without what a backslash made harmless.
func unescaped(line []byte) []byte {
	var out []byte
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		out = append(out, line[i])
	}
	return out
}
