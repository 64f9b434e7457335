package document_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"birthright/reviews/document"

	"github.com/google/go-cmp/cmp"
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
