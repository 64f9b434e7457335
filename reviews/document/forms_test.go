package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/reviews/document"

	"github.com/google/go-cmp/cmp"
)

// The audit log names a file by its digest: a form that differs from day to day
// would make every report look forged.
func TestSameDocumentSameBytes(t *testing.T) {
	for _, f := range []document.Form{document.FormHTML, document.FormJSON, document.FormMarkdown, document.FormXLSX} {
		first := written(t, sample(), f)
		for range 8 {
			if !bytes.Equal(first, written(t, sample(), f)) {
				t.Errorf("%s: two files of one document differ", f)
				break
			}
		}
		other := sample()
		other.Facts[0].Value = document.Text("0195-a7c5")
		if bytes.Equal(first, written(t, other, f)) {
			t.Errorf("%s: another fact leaves the file as it was", f)
		}
	}
}

func TestFiles(t *testing.T) {
	for form, want := range map[document.Form][]string{
		document.FormHTML: {"creep.html"}, document.FormJSON: {"creep.json"}, document.FormMarkdown: {"creep.md"}, document.FormXLSX: {"creep.xlsx"},
		document.FormCSV: {"creep-surplus.csv", "creep-none.csv", "creep-all.csv"},
	} {
		files, err := sample().Files("creep", form)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
			var out bytes.Buffer
			if err := f.Write(&out); err != nil || out.Len() == 0 {
				t.Errorf("%s: %d bytes, %v", f.Name, out.Len(), err)
			}
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	}
}

func TestCSV(t *testing.T) {
	table, _ := sample().Table("surplus")
	var out bytes.Buffer
	if err := document.CSV(&out, table); err != nil {
		t.Fatal(err)
	}
	want := "user,entitlement,score,peers,first_seen,age,reason\r\n" +
		"ada,github:team/platform,12.5,0.02,2025-03-02T09:30:00Z,35596800,kept after a move\r\n" +
		"Łukasz 李 عمر,aws:permission-set/Admin@111122223333,1234567.125,1,2026-01-01T00:00:00Z,90,\"added by hand\r\nbefore the hub came\"\r\n" +
		"\"'=HYPERLINK(\"\"http://x\"\")\",a|b,-3,,never,,<script>alert(1)</script>\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCSVOfOneTable(t *testing.T) {
	if err := sample().Write(new(bytes.Buffer), document.FormCSV); identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "surplus, none, all") {
		t.Errorf("three tables in one CSV: %v", err)
	}
	one := &document.Document{Sections: sample().Sections[2:]}
	if rows, err := csv.NewReader(bytes.NewReader(written(t, one, document.FormCSV))).ReadAll(); err != nil || len(rows) != 501 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestJSON(t *testing.T) {
	var got struct {
		Title    string
		MadeAt   time.Time `json:"made_at"`
		Facts    []map[string]any
		Sections []struct {
			Charts []struct {
				Series []struct{ Values []*float64 }
			}
			Tables []struct {
				Name    string
				Rows    []map[string]any
				Omitted int
			}
		}
	}
	if err := json.Unmarshal(written(t, sample(), document.FormJSON), &got); err != nil {
		t.Fatal(err)
	}
	if got.Title != "Privilege creep" || !got.MadeAt.Equal(made) || got.Facts[1]["value"] != 41.0 {
		t.Errorf("head: %+v", got)
	}
	if v := got.Sections[0].Charts[0].Series[0].Values; v[2] != nil || *v[1] != 930 {
		t.Errorf("a missing value must be null: %v", v)
	}
	surplus := got.Sections[1].Tables[0]
	want := map[string]any{"user": "=HYPERLINK(\"http://x\")", "entitlement": "a|b", "score": -3.0, "peers": nil, "first_seen": "never", "age": nil, "reason": "<script>alert(1)</script>"}
	if diff := cmp.Diff(want, surplus.Rows[2]); diff != "" || surplus.Omitted != 12 {
		t.Errorf("omitted %d (-want +got):\n%s", surplus.Omitted, diff)
	}
	if n := len(got.Sections[2].Tables[0].Rows); n != 500 {
		t.Errorf("%d rows of 500", n)
	}
}

func TestShown(t *testing.T) {
	for _, c := range []struct {
		cell         document.Cell
		shown, plain string
	}{
		{document.Cell{}, "", ""},
		{document.Text(""), "", ""},
		{document.Text("a\r\nb\x00\u202ec\xff"), "a\nb��c�", "a\nb��c�"},
		{document.Count(0), "0", "0"},
		{document.Number(math.Copysign(0, -1)), "0", "0"},
		{document.Count(-1234567), "-1,234,567", "-1234567"},
		{document.Number(999.999), "1,000", "999.999"},
		{document.Number(-0.001), "0", "-0.001"},
		{document.Number(math.NaN()), "", ""},
		{document.Number(math.Inf(1)), "", ""},
		{document.Percent(0.07), "7 %", "0.07"},
		{document.Percent(0.1234), "12.3 %", "0.1234"},
		{document.Date(time.Time{}), "", ""},
		{document.Date(made), "2026-03-02 09:30", "2026-03-02T09:30:00Z"},
		{document.Date(time.Date(2026, 3, 2, 1, 0, 0, 0, time.FixedZone("", 3600))), "2026-03-02", "2026-03-02T00:00:00Z"},
		{document.Duration(0), "0 s", "0"},
		{document.Duration(time.Millisecond), "under 1 s", "0.001"},
		{document.Duration(90 * time.Minute), "1 h 30 min", "5400"},
		{document.Duration(26 * time.Hour), "1 d 2 h", "93600"},
		{document.Duration(-1500 * 24 * time.Hour), "-1,500 d", "-129600000"},
	} {
		if c.cell.Shown() != c.shown || c.cell.Plain() != c.plain {
			t.Errorf("want %q and %q, got %q and %q", c.shown, c.plain, c.cell.Shown(), c.cell.Plain())
		}
	}
}

// What cannot be right is refused before a byte is written.
func TestUnsound(t *testing.T) {
	table := func(change func(*document.Table)) *document.Document {
		one := document.Table{Name: "a", Columns: columns[:2], Rows: slice([]document.Cell{document.Text("x"), document.Text("y")})}
		change(&one)
		return &document.Document{Sections: []document.Section{{Tables: []document.Table{one}}}}
	}
	chart := func(c document.Chart) *document.Document {
		return &document.Document{Sections: []document.Section{{Charts: []document.Chart{c}}}}
	}
	series := func(values ...float64) []document.Series { return []document.Series{{Values: values}} }
	for name, d := range map[string]*document.Document{
		"a table without a name":      table(func(t *document.Table) { t.Name = "" }),
		"a name that is a path":       table(func(t *document.Table) { t.Name = "../etc" }),
		"no columns":                  table(func(t *document.Table) { t.Columns = nil }),
		"two columns of one name":     table(func(t *document.Table) { t.Columns = []document.Column{columns[0], columns[0]} }),
		"a column of no kind":         table(func(t *document.Table) { t.Columns = []document.Column{{Name: "x"}} }),
		"a row that is too short":     table(func(t *document.Table) { t.Rows = slice([]document.Cell{{}}) }),
		"a date in a column of texts": table(func(t *document.Table) { t.Rows = slice([]document.Cell{{}, document.Date(made)}) }),
		"two tables of one name":      {Sections: append(table(func(*document.Table) {}).Sections, table(func(*document.Table) {}).Sections...)},
		"no shape":                    chart(document.Chart{Series: series()}),
		"dates in a chart":            chart(document.Chart{Shape: document.Bars, Kind: document.KindDate, Series: series()}),
		"values without labels":       chart(document.Chart{Shape: document.Bars, Series: series(1)}),
		"a bar below zero":            chart(document.Chart{Shape: document.Bars, Labels: []string{"x"}, Series: series(-1)}),
		"a bar without end":           chart(document.Chart{Shape: document.Line, Labels: []string{"x"}, Series: series(math.Inf(1))}),
		"two series of plain bars":    chart(document.Chart{Shape: document.Bars, Series: append(series(), series()...)}),
		"more series than colours":    chart(document.Chart{Shape: document.Line, Series: slices.Repeat(series(), 7)}),
	} {
		for _, f := range []document.Form{document.FormHTML, document.FormJSON, document.FormMarkdown, document.FormXLSX} {
			if err := d.Write(new(bytes.Buffer), f); err == nil {
				t.Errorf("%s, as %s: taken", name, f)
			}
		}
	}
	if err := table(func(*document.Table) {}).Check(); err != nil {
		t.Errorf("a sound document is refused: %v", err)
	}
}

// A form that is opened as a whole is bounded, and says so.
func TestBounded(t *testing.T) {
	d := sample()
	d.Limits = document.Limits{HTML: 40, Markdown: 40, XLSX: 40, Open: 10}
	for f, marker := range map[document.Form]string{document.FormHTML: "user0000", document.FormMarkdown: "user0000"} {
		text := string(written(t, d, f))
		if n := strings.Count(text, marker); n != 40 || !strings.Contains(text, "460 more rows are left out here; CSV and JSON have them.") {
			t.Errorf("%s: %d rows", f, n)
		}
		if !strings.Contains(text, "12 more rows are left out here.") {
			t.Errorf("%s: nothing of the rows that were left out before", f)
		}
	}
	if text := string(written(t, d, document.FormHTML)); strings.Count(text, "<summary>More rows") != 1 {
		t.Error("what is beyond the open rows must be folded away, once")
	}
}

func TestParseForm(t *testing.T) {
	for _, f := range document.Forms() {
		for _, name := range []string{string(f), f.Ending()} {
			if got, err := document.ParseForm(name); got != f || err != nil {
				t.Errorf("%s: %s, %v", name, got, err)
			}
		}
		if f.MediaType() == "application/octet-stream" {
			t.Errorf("%s has no media type", f)
		}
	}
	if _, err := document.ParseForm("pdf"); identity.KindOf(err) != identity.Invalid {
		t.Errorf("pdf: %v", err)
	}
	if err := sample().Write(new(bytes.Buffer), "pdf"); err == nil {
		t.Error("written as a form that is not there")
	}
}

// lagging remembers how much was written while rows were asked for.
type lagging struct{ bytes int64 }

func (l *lagging) Write(p []byte) (int, error) { l.bytes += int64(len(p)); return len(p), nil }

// A table of a million rows is never held: while the last is asked for, all but a
// buffer of it is written.
func TestStreams(t *testing.T) {
	const n = 1_000_000
	for _, f := range []document.Form{document.FormCSV, document.FormJSON} {
		out, before := &lagging{}, int64(0)
		rows := func(yield func([]document.Cell) bool) {
			i := 0
			for row := range many(n) {
				if i++; i == n {
					before = out.bytes
				}
				if !yield(row) {
					return
				}
			}
		}
		d := &document.Document{Sections: []document.Section{{Tables: []document.Table{{Name: "all", Columns: columns, Rows: rows}}}}}
		if err := d.Write(out, f); err != nil {
			t.Fatal(err)
		}
		if held := out.bytes - before; held > 1<<17 || out.bytes < n*60 {
			t.Errorf("%s: %d of %d bytes were held until the end", f, held, out.bytes)
		}
	}
}

// failing takes so many bytes and no more.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, fmt.Errorf("the disk is full")
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	for _, f := range []document.Form{document.FormHTML, document.FormJSON, document.FormMarkdown, document.FormXLSX} {
		if err := sample().Write(&failing{left: 20_000}, f); err == nil || !strings.Contains(err.Error(), "disk is full") {
			t.Errorf("%s: %v", f, err)
		}
	}
	table, _ := sample().Table("all")
	if err := document.CSV(&failing{left: 20_000}, table); err == nil {
		t.Error("csv: a full disk is not told")
	}
}
