package document

import "math"

// A row of a bar chart: its name and figure, and below them the bar.
const (
	barRow    = 40.0
	barText   = 15.0
	barTop    = 21.0
	barHeight = 12.0
	barLabel  = 34 // runes of a name that fit beside a figure on a telephone
)

// bars draws a bar for each label, from the left edge to its share of the greatest.
func (p *page) bars(c Chart, number int) {
	n := min(len(c.Labels), mostBars)
	p.frame(c, number, "bars", float64(n)*barRow)
	most := c.greatest()
	for i := range n {
		y := float64(i) * barRow
		p.put("<text x=\"0\" y=\"%s\">%s</text>", y+barText, cut(oneLine(c.Labels[i]), barLabel))
		p.put("<text class=\"v\" x=\"100%%\" y=\"%s\" text-anchor=\"end\">%s</text>\n", y+barText, c.figure(c.total(i)))
		p.put("<rect class=\"track\" x=\"0\" y=\"%s\" width=\"100%%\" height=\"%s\" rx=\"2\"/>\n", y+barTop, barHeight)
		p.bar(c, i, y+barTop, most)
	}
	p.raw("</svg>\n")
}

// bar draws the parts of one bar beside each other.
func (p *page) bar(c Chart, label int, y, most float64) {
	x := 0.0
	for i, s := range c.Series {
		v := s.Values[label]
		if math.IsNaN(v) || v == 0 || most == 0 {
			continue
		}
		share := v / most * 100
		p.put("<rect class=\"b%s\" x=\"%s%%\" y=\"%s\" width=\"%s%%\" height=\"%s\"/>\n", i+1, x, y, share, barHeight)
		x += share
	}
}

// figure is a value as the picture tells it.
func (c Chart) figure(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return c.value(v).Shown()
}
