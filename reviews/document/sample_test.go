package document_test

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"testing"
	"time"

	"birthright/reviews/document"
)

var made = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// slice gives rows from memory.
func slice(rows ...[]document.Cell) iter.Seq[[]document.Cell] {
	return func(yield func([]document.Cell) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}
}

// columns has a column of each kind.
var columns = []document.Column{
	{Name: "user", Title: "User", Kind: document.KindText},
	{Name: "entitlement", Title: "Entitlement", Kind: document.KindText},
	{Name: "score", Title: "Score", Kind: document.KindNumber},
	{Name: "peers", Title: "Peers who hold it", Kind: document.KindPercent},
	{Name: "first_seen", Title: "First seen", Kind: document.KindDate},
	{Name: "age", Title: "Age", Kind: document.KindDuration},
	{Name: "reason", Title: "How it came", Kind: document.KindText},
}

// many makes n rows, one at a time, in one slice.
func many(n int) iter.Seq[[]document.Cell] {
	return func(yield func([]document.Cell) bool) {
		row := make([]document.Cell, len(columns))
		for i := range n {
			first := made.Add(-time.Duration(i) * 5 * time.Hour)
			row[0] = document.Text(fmt.Sprintf("user%06d", i))
			row[1] = document.Text("github:team/platform-" + fmt.Sprint(i%40))
			row[2] = document.Number(float64(i%97) + 0.5)
			row[3] = document.Percent(float64(i%100) / 100)
			row[4] = document.Date(first)
			row[5] = document.Duration(made.Sub(first))
			row[6] = document.Text("kept after a move from Payments")
			if !yield(row) {
				return
			}
		}
	}
}

// sample is a report with everything that a document can have.
func sample() *document.Document {
	nan := math.NaN()
	return &document.Document{
		Title: "Privilege creep", Made: made,
		About: "What people hold on targets that no rule and no live grant explains, and how it came to be.",
		Facts: []document.Fact{
			{Name: "Report", Value: document.Text("0195-a7c4")}, {Name: "Policy version", Value: document.Count(41)},
			{Name: "People", Value: document.Count(1_000_000)}, {Name: "With surplus", Value: document.Percent(0.0731)},
			{Name: "Oldest input", Value: document.Duration(26 * time.Hour)}, {Name: "Since", Value: document.Date(made.AddDate(0, -3, 0))},
		},
		Warnings: []string{"aws was read in part: 3 of 14 accounts did not answer. Nothing of it is counted as clean.", "okta has not been read since 2026-02-20."},
		Sections: []document.Section{
			{
				Title: "At a glance", Text: []string{"The score adds, for each surplus, its risk times its age in months.", "It went down since the last report."},
				Charts: []document.Chart{
					{Shape: document.Line, Title: "Surplus over time", Labels: []string{"2025-10", "2025-11", "2025-12", "2026-01", "2026-02"},
						Series: []document.Series{{Name: "All", Values: []float64{812, 930, nan, 610, 480}}, {Name: "High risk", Values: []float64{120, 140, nan, 60, 31}}}},
					{Shape: document.Stacked, Title: "By target and risk", Labels: []string{"github", "aws", "prod-db", "a target with a name that is very long indeed and goes on"},
						Series: []document.Series{{Name: "low", Values: []float64{210, 20, 0, 5}}, {Name: "high", Values: []float64{12, 60, 14, 1}}, {Name: "critical", Values: []float64{1, 22, 9, nan}}}},
					{Shape: document.Bars, Title: "Held by peers", Kind: document.KindPercent, Labels: []string{"Engineering", "Payments", "Sales"},
						Series: []document.Series{{Name: "share", Values: []float64{0.42, 0.131, 0.05}}}, Text: "Engineering holds most of it."},
				},
			},
			{
				Title: "People", Tables: []document.Table{
					{Name: "surplus", Caption: "What nothing explains", Columns: columns, Omitted: 12, Note: "Scores are written out in the documentation.", Rows: slice(
						[]document.Cell{document.Text("ada"), document.Text("github:team/platform"), document.Number(12.5), document.Percent(0.02), document.Date(made.AddDate(-1, 0, 0)), document.Duration(412 * 24 * time.Hour), document.Text("kept after a move")},
						[]document.Cell{document.Text("Łukasz 李 عمر"), document.Text("aws:permission-set/Admin@111122223333"), document.Number(1234567.125), document.Percent(1), document.Date(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), document.Duration(90 * time.Second), document.Text("added by hand\nbefore the hub came")},
						[]document.Cell{document.Text("=HYPERLINK(\"http://x\")"), document.Text("a|b"), document.Count(-3), {}, document.Text("never"), {}, document.Text("<script>alert(1)</script>")},
					)},
					{Name: "none", Columns: columns[:2]},
				},
			},
			{Title: "All rows", Tables: []document.Table{{Name: "all", Caption: "Everything", Columns: columns, Rows: many(500)}}},
		},
	}
}

func written(t testing.TB, d *document.Document, f document.Form) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := d.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
