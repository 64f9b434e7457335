package document

import (
	"crypto/sha256"
	_ "embed" // the page's style and script
	"encoding/base64"
	"io"
)

var (
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// html writes one page that needs nothing else: no server, no network, no script
// for anything but sorting.
func (d *Document) html(w io.Writer) error {
	p := newPage(w)
	p.head(d)
	p.raw("<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n")
	p.put("<header>\n<h1>%s</h1>\n", d.Title)
	if d.About != "" {
		p.put("<p class=\"about\">%s</p>\n", d.About)
	}
	p.raw("</header>\n")
	p.contents(d.Sections)
	p.raw("<main id=\"main\" tabindex=\"-1\">\n")
	p.warnings(d.Warnings)
	p.facts(d.facts())
	numbers := &numbering{limits: d.Limits.filled()}
	for i, s := range d.Sections {
		p.section(i+1, s, numbers)
	}
	p.raw("</main>\n<p id=\"said\" class=\"unseen\" role=\"status\"></p>\n<footer><p>Made by Birthright. This file loads nothing and sends nothing.</p></footer>\n<script>")
	p.raw(markup(script))
	p.raw("</script>\n</body>\n</html>\n")
	return p.close()
}

// numbering gives tables and charts ids of their own.
type numbering struct {
	limits         Limits
	tables, charts int
}

func (p *page) head(d *Document) {
	p.put("<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", d.lang())
	p.put("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'\">\n", hashOf(style), hashOf(script))
	p.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	p.put("<title>%s</title>\n<style>%s</style>\n</head>\n", oneLine(d.Title), markup(style))
}

// hashOf is how a content security policy names an inline text.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (p *page) contents(sections []Section) {
	if len(sections) < 2 {
		return
	}
	p.raw("<nav aria-label=\"Parts of the report\">\n<ol>\n")
	for i, s := range sections {
		p.put("<li><a href=\"#part-%s\">%s</a></li>\n", i+1, s.Title)
	}
	p.raw("</ol>\n</nav>\n")
}

func (p *page) warnings(warnings []string) {
	if len(warnings) == 0 {
		return
	}
	p.raw("<section class=\"warnings\" aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Read this first</h2>\n<ul>\n")
	for _, w := range warnings {
		p.put("<li>%s</li>\n", w)
	}
	p.raw("</ul>\n</section>\n")
}

func (p *page) facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	p.raw("<dl class=\"facts\">\n")
	for _, f := range facts {
		p.put("<div><dt>%s</dt><dd>%s</dd></div>\n", f.Name, f.Value.Shown())
	}
	p.raw("</dl>\n")
}

func (p *page) section(number int, s Section, n *numbering) {
	p.put("<section class=\"part\" aria-labelledby=\"part-%s\">\n<h2 id=\"part-%s\">%s</h2>\n", number, number, s.Title)
	for _, text := range s.Text {
		p.put("<p>%s</p>\n", text)
	}
	for _, c := range s.Charts {
		n.charts++
		p.chart(c, n.charts)
	}
	for _, t := range s.Tables {
		n.tables++
		p.table(t, n.tables, n.limits)
	}
	p.raw("</section>\n")
}

// facts are the document's facts, with when it was made.
func (d *Document) facts() []Fact {
	if d.Made.IsZero() {
		return d.Facts
	}
	made := d.Made.UTC().Format("2006-01-02 15:04:05") + " UTC"
	return append([]Fact{{Name: "Made at", Value: Text(made)}}, d.Facts...)
}
