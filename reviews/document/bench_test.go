package document_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"birthright/reviews/document"
)

// chunked writes bytes that are there already in pieces of a row's size: what a
// form would cost if it had nothing to do.
func chunked(w io.Writer, file []byte, rows int) time.Duration {
	start, size := time.Now(), max(1, len(file)/rows)
	for len(file) > 0 {
		n := min(size, len(file))
		if _, err := w.Write(file[:n]); err != nil {
			return 0
		}
		file = file[n:]
	}
	return time.Since(start)
}

// memory is where both write to: bytes that are copied, and nothing else.
func memory(size int) *bytes.Buffer { return bytes.NewBuffer(make([]byte, 0, size+1024)) }

// BenchmarkForms writes 100,000 rows, and says how many times as long it takes as
// a bare loop that writes the same bytes.
func BenchmarkForms(b *testing.B) {
	const rows = 100_000
	d := &document.Document{
		Title: "All", Limits: document.Limits{HTML: rows, XLSX: rows},
		Sections: []document.Section{{Tables: []document.Table{{Name: "all", Columns: columns, Rows: many(rows)}}}},
	}
	for _, f := range []document.Form{document.FormCSV, document.FormJSON, document.FormHTML, document.FormXLSX} {
		b.Run(string(f), func(b *testing.B) {
			file := written(b, d, f)
			bare := chunked(memory(len(file)), file, rows)
			for range 5 {
				bare = min(bare, chunked(memory(len(file)), file, rows))
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(file)))
			b.ResetTimer()
			for b.Loop() {
				if err := d.Write(memory(len(file)), f); err != nil {
					b.Fatal(err)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each)/rows, "ns/row")
			b.ReportMetric(float64(each)/float64(bare), "x-bare-loop")
		})
	}
}
