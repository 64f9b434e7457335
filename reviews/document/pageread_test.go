package document_test

import (
	"slices"
	"strings"

	"birthright/reviews/document"

	"golang.org/x/net/html"
)

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
