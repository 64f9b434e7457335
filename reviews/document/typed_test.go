package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"testing"
	"time"

	"birthright/reviews/document"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// A workbook that is read by its library has the texts, each a text.
func TestXLSXHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rows := textDocument(t)
		book, err := excelize.OpenReader(bytes.NewReader(bytesOf(t, d, document.FormXLSX)))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		for i, row := range plainRows(rows, func(s string) string { return s }) {
			for j, want := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+2)
				got, err := book.GetCellValue("t", at)
				if err != nil || got != want {
					t.Fatalf("%s: %q became %q, %v", at, want, got, err)
				}
				if formula, _ := book.GetCellFormula("t", at); formula != "" {
					t.Fatalf("%s: %q is a formula", at, formula)
				}
			}
		}
	})
}

// Figures and instants are what they were in every form for programs.
func TestTypedCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-1e12, 1e12).Draw(t, "number")
		at := time.UnixMicro(rapid.Int64Range(-2_000_000_000_000_000, 200_000_000_000_000_000).Draw(t, "at")).UTC()
		length := time.Duration(rapid.Int64Range(0, 1<<50).Draw(t, "length")).Truncate(time.Microsecond)
		d := &document.Document{Sections: []document.Section{{Tables: []document.Table{{Name: "t", Columns: columns[2:6], Rows: slice([]document.Cell{
			document.Number(number), document.Percent(number), document.Date(at), document.Duration(length),
		})}}}}}
		read, err := csv.NewReader(bytes.NewReader(bytesOf(t, d, document.FormCSV))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if back, err := time.Parse(time.RFC3339Nano, read[1][2]); at.Year() <= 9999 && (err != nil || !back.Equal(at)) {
			t.Fatalf("%s became %s", at, read[1][2])
		}
		book, err := excelize.OpenReader(bytes.NewReader(bytesOf(t, d, document.FormXLSX)))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		values, err := book.GetRows("t", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{number, number} {
			if got := parse(t, values[1][i]); math.Abs(got-want) > 1e-14*math.Abs(want) { // the library reads 15 digits
				t.Fatalf("%v became %v", want, got)
			}
		}
		if at.Year() >= 1901 && at.Year() <= 9999 {
			back, err := excelize.ExcelDateToTime(parse(t, values[1][2]), false)
			if err != nil || back.Sub(at).Abs() > time.Second { // the library rounds to seconds
				t.Fatalf("%s became %s, %v", at, back, err)
			}
		}
		if got := parse(t, values[1][3]) * 86400; got-length.Seconds() > 1e-3 || length.Seconds()-got > 1e-3 {
			t.Fatalf("%s became %v s", length, got)
		}
	})
}

func parse(t *rapid.T, text string) float64 {
	var out float64
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%q is no number", text)
	}
	return out
}
