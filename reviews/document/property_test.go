package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/reviews/document"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// nasty are pieces that mean something to one of the forms.
var nasty = []string{
	"ada", " ", "\n", "\r\n", "\t", "|", "\\", "\\|", "`", "```", "*", "**", "_", "<", ">", "</td>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "&", "&amp;", "&#60;", "\"", "'", "\"\"", ",", ";",
	"=1+1", "+", "-", "@SUM(1)", "＝1", "[a](b)", "![", "](javascript:alert(1))", "https://example.com", "www.example.com", "ada@example.com", "http:", "#", "1.", "1)", "---", "~~", "$x$", "^", ":", "_x000D_", "_x005F_",
	"\x00", "\x1b[31m", "\u202e", "\u2066", "\ufeff", "\ufffe", "\xff", "é", "李", "👩‍💻", "\u2028", "\u0085", "\u00a0", "0x", "true", "{{.}}", "%s", "%!", "\u200b",
}

func anyText() *rapid.Generator[string] {
	pieces := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(nasty), 0, 6).Draw(t, "pieces"), "")
	})
	return rapid.OneOf(pieces, rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
}

// textDocument is a document of anybody's texts, in every place there is.
func textDocument(t *rapid.T) (*document.Document, [][]document.Cell) {
	text := func(label string) string { return anyText().Draw(t, label) }
	width := rapid.IntRange(1, 3).Draw(t, "columns")
	var heads []document.Column
	for i := range width {
		heads = append(heads, document.Column{Name: string(rune('a' + i)), Title: text("title"), Kind: document.KindText})
	}
	var rows [][]document.Cell
	for range rapid.IntRange(0, 5).Draw(t, "rows") {
		var row []document.Cell
		for range width {
			row = append(row, document.Text(text("cell")))
		}
		rows = append(rows, row)
	}
	return &document.Document{
		Title: text("document"), About: text("about"), Warnings: []string{text("warning")}, Lang: rapid.SampledFrom([]string{"", "de", "\"><b>"}).Draw(t, "lang"),
		Facts: []document.Fact{{Name: text("fact"), Value: document.Text(text("value"))}},
		Sections: []document.Section{{
			Title: text("section"), Text: []string{text("text")},
			Charts: []document.Chart{{Shape: document.Stacked, Title: text("chart"), Labels: []string{text("label")}, Series: []document.Series{{Name: text("series"), Values: []float64{1}}, {Name: text("series"), Values: []float64{2}}}}},
			Tables: []document.Table{{Name: "t", Caption: text("caption"), Note: text("note"), Columns: heads, Rows: slice(rows...)}},
		}},
	}, rows
}

// plainRows are the cells as programs are to read them.
func plainRows(rows [][]document.Cell, as func(string) string) [][]string {
	out := [][]string{}
	for _, row := range rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, as(c.Plain()))
		}
		out = append(out, texts)
	}
	return out
}

// bytesOf writes a document of a property.
func bytesOf(t *rapid.T, d *document.Document, f document.Form) []byte {
	var out bytes.Buffer
	if err := d.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A CSV gives back what was put in, but for the apostrophe before what would be
// computed; and no cell begins with what a spreadsheet computes.
func TestCSVHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rows := textDocument(t)
		got, err := csv.NewReader(bytes.NewReader(bytesOf(t, d, document.FormCSV))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		got = got[1:]
		want := plainRows(rows, func(s string) string { return s })
		if len(got) != len(want) {
			t.Fatalf("%d rows of %d", len(got), len(want))
		}
		for i := range want {
			for j, text := range want[i] {
				if got[i][j] != text && got[i][j] != "'"+text {
					t.Fatalf("%q became %q", text, got[i][j])
				}
				if strings.IndexAny(strings.TrimLeft(got[i][j], " \u00a0"), "=+-@＝＋－＠\t\r\n") == 0 {
					t.Fatalf("%q would be computed", got[i][j])
				}
			}
		}
	})
}

func TestJSONHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rows := textDocument(t)
		var got struct {
			Sections []struct {
				Tables []struct{ Rows []map[string]*string }
			}
		}
		if err := json.Unmarshal(bytesOf(t, d, document.FormJSON), &got); err != nil {
			t.Fatal(err)
		}
		read := [][]string{}
		for _, row := range got.Sections[0].Tables[0].Rows {
			var texts []string
			for i := range len(row) {
				text := ""
				if v := row[string(rune('a'+i))]; v != nil {
					text = *v
				}
				texts = append(texts, text)
			}
			read = append(read, texts)
		}
		if diff := cmp.Diff(plainRows(rows, func(s string) string { return s }), read); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Whatever is in a text, the page has the elements that it has with plain words in
// its place, and the cells show the texts.
func TestHTMLHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, rows := textDocument(t)
		page, err := html.Parse(bytes.NewReader(bytesOf(t, d, document.FormHTML)))
		if err != nil {
			t.Fatal(err)
		}
		tame, err := html.Parse(bytes.NewReader(bytesOf(t, tamed(d, rows), document.FormHTML)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(skeleton(tame), skeleton(page)); diff != "" {
			t.Fatalf("a text changed the page (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(plainRows(rows, func(s string) string { return s }), cellsOf(page)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// tamed is the document with a plain word for every text.
func tamed(d *document.Document, rows [][]document.Cell) *document.Document {
	word := func(text string) string {
		if text == "" {
			return ""
		}
		return "word"
	}
	var plain [][]document.Cell
	for _, row := range rows {
		var cells []document.Cell
		for _, c := range row {
			cells = append(cells, document.Text(word(c.Plain())))
		}
		plain = append(plain, cells)
	}
	s := d.Sections[0]
	c, t := s.Charts[0], s.Tables[0]
	c.Title, c.Labels, c.Series = "word", []string{"word"}, []document.Series{{Name: "word", Values: []float64{1}}, {Name: "word", Values: []float64{2}}}
	t.Caption, t.Note, t.Rows = word(t.Caption), word(t.Note), slice(plain...)
	t.Columns = slices.Clone(t.Columns)
	for i := range t.Columns {
		t.Columns[i].Title = "word"
	}
	return &document.Document{
		Title: "word", About: word(d.About), Warnings: []string{"word"}, Facts: []document.Fact{{Name: "word", Value: document.Text("word")}},
		Sections: []document.Section{{Title: "word", Text: []string{"word"}, Charts: []document.Chart{c}, Tables: []document.Table{t}}},
	}
}

// skeleton is the elements of a page with the names of their attributes.
func skeleton(n *html.Node) []string {
	var out []string
	for n := range n.Descendants() {
		if n.Type == html.CommentNode {
			out = append(out, "comment")
		}
		if n.Type != html.ElementNode {
			continue
		}
		text := n.Data
		for _, a := range n.Attr {
			text += " " + a.Key
		}
		out = append(out, text)
	}
	return out
}

// cellsOf are the texts of the first table that sorts.
func cellsOf(page *html.Node) [][]string {
	out := [][]string{}
	for n := range page.Descendants() {
		if n.Type != html.ElementNode || n.Data != "tbody" || !within(n, "data-sorts") {
			continue
		}
		for tr := range n.ChildNodes() {
			if tr.Data != "tr" {
				continue
			}
			var row []string
			for cell := range tr.ChildNodes() {
				row = append(row, textOf(cell))
			}
			if len(row) == 1 && row[0] == "Nothing." {
				continue
			}
			out = append(out, row)
		}
	}
	return out
}

func within(n *html.Node, attribute string) bool {
	for p := range n.Ancestors() {
		if slices.ContainsFunc(p.Attr, func(a html.Attribute) bool { return a.Key == attribute }) {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// Markdown that is read by another's parser shows the texts, on a line each, and
// has no link, picture or markup that came with them.
func TestMarkdownHoldsAnyText(t *testing.T) {
	reader := goldmark.New(goldmark.WithExtensions(extension.GFM))
	rapid.Check(t, func(t *rapid.T) {
		d, rows := textDocument(t)
		source := bytesOf(t, d, document.FormMarkdown)
		var out bytes.Buffer
		if err := reader.Convert(source, &out); err != nil {
			t.Fatal(err)
		}
		page, err := html.Parse(&out)
		if err != nil {
			t.Fatal(err)
		}
		var tables []*html.Node
		for n := range page.Descendants() {
			if n.Type == html.CommentNode {
				t.Fatalf("a comment in %q", source)
			}
			if n.Type != html.ElementNode {
				continue
			}
			if !strings.Contains(" html head body h1 h2 p strong blockquote ul li table thead tbody tr th td ", " "+n.Data+" ") {
				t.Fatalf("<%s> in %q", n.Data, source)
			}
			if n.Data == "table" {
				tables = append(tables, n)
			}
		}
		if len(tables) != 2 {
			t.Fatalf("%d tables of 2 in %q", len(tables), source)
		}
		want := plainRows(rows, folded)
		got := [][]string{}
		for tr := range tables[1].Descendants() {
			if tr.Type != html.ElementNode || tr.Data != "tr" || tr.Parent.Data != "tbody" {
				continue
			}
			var row []string
			for cell := range tr.ChildNodes() {
				if cell.Type == html.ElementNode {
					row = append(row, folded(textOf(cell)))
				}
			}
			got = append(got, row)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s\nin %q", diff, source)
		}
	})
}

// folded is a text as it reads where blank space is all alike.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }

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
