package document_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"birthright/reviews/document"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func opened(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func rowsOf(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A workbook is ready for work when it is opened: headings stay, filters are there,
// columns are as wide as what is in them, figures are figures.
func TestXLSX(t *testing.T) {
	book := opened(t, written(t, sample(), document.FormXLSX))
	if diff := cmp.Diff([]string{"About", "surplus", "none", "all"}, book.GetSheetList()); diff != "" {
		t.Fatalf("sheets (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"User", "Entitlement", "Score", "Peers who hold it", "First seen", "Age", "How it came"},
		{"ada", "github:team/platform", "12.5", "2.0%", "2025-03-02 09:30", "412.00 d", "kept after a move"},
		{"Łukasz 李 عمر", "aws:permission-set/Admin@111122223333", "1,234,567.13", "100.0%", "2026-01-01", "0.00 d", "added by hand\nbefore the hub came"},
		{"=HYPERLINK(\"http://x\")", "a|b", "-3", "", "never", "", "<script>alert(1)</script>"},
	}
	if diff := cmp.Diff(want, rowsOf(t, book, "surplus")); diff != "" {
		t.Errorf("surplus (-want +got):\n%s", diff)
	}
	if kind, err := book.GetCellType("surplus", "C2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("a figure is a text: %v, %v", kind, err)
	}
	if panes, err := book.GetPanes("surplus"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes: %+v, %v", panes, err)
	}
	if tables, err := book.GetTables("surplus"); err != nil || len(tables) != 1 || tables[0].Range != "A1:G4" {
		t.Errorf("filter: %+v, %v", tables, err)
	}
	narrow, _ := book.GetColWidth("surplus", "C")
	wide, _ := book.GetColWidth("surplus", "B")
	if narrow >= wide || wide < 37 {
		t.Errorf("widths %v and %v", narrow, wide)
	}
}

// The first sheet says what the others cannot: warnings, ages, what is left out.
func TestXLSXAbout(t *testing.T) {
	d := sample()
	d.Limits.XLSX = 40
	book := opened(t, written(t, d, document.FormXLSX))
	about := rowsOf(t, book, "About")
	for _, want := range [][]string{
		{"Privilege creep"},
		{"Warning", "okta has not been read since 2026-02-20."},
		{"Made at", "2026-03-02 09:30:00 UTC"},
		{"People", "1,000,000"},
		{"github", "210", "12", "1"},
		{"surplus", "What nothing explains", "3", "12", "Scores are written out in the documentation."},
		{"all", "Everything", "40", "460"},
	} {
		if !slices.ContainsFunc(about, func(row []string) bool { return slices.Equal(trimmed(row), want) }) {
			t.Errorf("not told: %q in %q", want, about)
		}
	}
	if rows := rowsOf(t, book, "all"); len(rows) != 41 {
		t.Errorf("%d rows of 41", len(rows))
	}
}

// trimmed is a row without empty cells at its end.
func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

// Names that Excel does not take become names that it takes, each once.
func TestXLSXSheetNames(t *testing.T) {
	long := strings.Repeat("a", 40)
	d := &document.Document{Sections: []document.Section{{}}}
	for _, name := range []string{"about", "history", long, long + "b", long + "c"} {
		d.Sections[0].Tables = append(d.Sections[0].Tables, document.Table{Name: name, Columns: columns[:1]})
	}
	want := []string{"About", "about-2", "history-2", long[:31], long[:29] + "-2", long[:29] + "-3"}
	if diff := cmp.Diff(want, opened(t, written(t, d, document.FormXLSX)).GetSheetList()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A filter needs each heading once, and a cell holds so much text and no more.
func TestXLSXLimitsOfExcel(t *testing.T) {
	heads := []document.Column{{Name: "a", Title: "Same", Kind: document.KindText}, {Name: "b", Title: "same", Kind: document.KindText}, {Name: "c", Title: "\n", Kind: document.KindText}}
	long := strings.Repeat("é😀", 20_000)
	d := &document.Document{Sections: []document.Section{{Tables: []document.Table{{Name: "t", Columns: heads, Rows: slice([]document.Cell{document.Text(long), {}, {}})}}}}}
	rows := rowsOf(t, opened(t, written(t, d, document.FormXLSX)), "t")
	if diff := cmp.Diff([]string{"Same", "same 2", " 2"}, rows[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := rows[1][0]; !strings.HasSuffix(got, "…") || !strings.HasPrefix(long, strings.TrimSuffix(got, "…")) || len(got) < 60_000 {
		t.Errorf("a text of %d bytes became one of %d", len(long), len(got))
	}
}

// The archive has no times and a fixed order: both would differ from run to run.
func TestXLSXArchive(t *testing.T) {
	file := written(t, sample(), document.FormXLSX)
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range archive.File {
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s is of %s", f.Name, f.Modified)
		}
		names = append(names, f.Name)
	}
	if names[0] != "[Content_Types].xml" || !slices.IsSorted(names[1:]) {
		t.Errorf("in this order: %q", names)
	}
}
