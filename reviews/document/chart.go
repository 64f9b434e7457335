package document

import (
	"math"
	"strconv"
)

const (
	// mostSeries is how many colours there are that everybody can tell apart.
	mostSeries = 6
	// mostBars is how many bars are drawn; the figures below tell them all.
	mostBars = 30
)

// chart draws a chart. Widths are shares of the window's, heights are fixed, so that
// texts are as large on a telephone as on a wall. The figures follow as a table.
func (p *page) chart(c Chart, number int) {
	p.put("<figure>\n<figcaption id=\"chart-%s\">%s</figcaption>\n", number, c.Title)
	p.legend(c)
	if len(c.Labels) > 0 {
		switch c.Shape {
		case Line:
			p.trend(c, number)
		default:
			p.bars(c, number)
		}
	}
	if c.Shape != Line && len(c.Labels) > mostBars {
		p.put("<p class=\"note\">The first %s of %s are drawn.</p>\n", mostBars, len(c.Labels))
	}
	p.figures(c)
	p.raw("</figure>\n")
}

// frame opens the picture, with its name and its text for those who do not see it.
func (p *page) frame(c Chart, number int, class markup, height float64) {
	p.put("<svg class=\"%s\" role=\"img\" aria-labelledby=\"chart-%s-t chart-%s-d\" width=\"100%%\" height=\"%s\">\n<title id=\"chart-%s-t\">%s</title>\n<desc id=\"chart-%s-d\">%s</desc>\n",
		class, number, number, height, number, c.Title, number, c.describe())
}

// legend tells the series by colour and, for lines, by dash.
func (p *page) legend(c Chart) {
	if len(c.Series) < 2 {
		return
	}
	p.raw("<ul class=\"legend\">\n")
	for i, s := range c.Series {
		if c.Shape == Line {
			p.put("<li><svg width=\"28\" height=\"12\" aria-hidden=\"true\"><line class=\"l%s\" x1=\"0\" y1=\"6\" x2=\"28\" y2=\"6\"/></svg>%s</li>\n", i+1, s.Name)
			continue
		}
		p.put("<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect class=\"b%s\" width=\"12\" height=\"12\" rx=\"2\"/></svg>%s</li>\n", i+1, s.Name)
	}
	p.raw("</ul>\n")
}

// figures are what the picture shows, as a table.
func (p *page) figures(c Chart) {
	p.raw("<details class=\"figures\"><summary>Figures</summary><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Figures\"><table>\n")
	p.put("<caption>%s</caption>\n", c.Title)
	t := c.figures()
	p.columns(t.Columns)
	for row := range t.rows() {
		p.row(row)
	}
	p.raw("</tbody>\n</table></div></details>\n")
}

// describe is the chart in a sentence.
func (c Chart) describe() string {
	if c.Text != "" {
		return c.Text
	}
	label, most := "", math.NaN()
	for i := range c.Labels {
		if v := c.total(i); math.IsNaN(most) || v > most {
			label, most = c.Labels[i], v
		}
	}
	if math.IsNaN(most) {
		return "No values."
	}
	return strconv.Itoa(len(c.Labels)) + " values; the greatest is " + c.value(most).Shown() + ", of " + oneLine(label) + "."
}

// total is a label's whole bar, or its highest point; NaN if it has no value.
func (c Chart) total(label int) float64 {
	total := math.NaN()
	for _, s := range c.Series {
		switch v := s.Values[label]; {
		case math.IsNaN(v):
		case math.IsNaN(total):
			total = v
		case c.Shape == Line:
			total = max(total, v)
		default:
			total += v
		}
	}
	return total
}

// greatest is the greatest total, 0 if there is none.
func (c Chart) greatest() float64 {
	most := 0.0
	for i := range c.Labels {
		if v := c.total(i); v > most {
			most = v
		}
	}
	return most
}

func itoa(n int) string { return strconv.Itoa(n) }
