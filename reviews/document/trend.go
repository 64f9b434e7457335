package document

import "math"

// The plot of a trend: from its first to its last label, in shares of the width.
const (
	trendTop    = 18.0
	trendBottom = 178.0
	trendHeight = 206.0
	trendLeft   = 12.0 // beside the figures of the scale
	trendRight  = 98.0
	trendSteps  = 4
)

// trend draws a line for each series over a scale that begins at 0: a scale cut off
// below makes a little look like much.
func (p *page) trend(c Chart, number int) {
	p.frame(c, number, "trend", trendHeight)
	top := scale(c.greatest(), c.kind())
	for i := range trendSteps + 1 {
		v := top * float64(i) / trendSteps
		y := trendBottom - (trendBottom-trendTop)*float64(i)/trendSteps
		p.put("<line class=\"grid\" x1=\"0\" y1=\"%s\" x2=\"100%%\" y2=\"%s\"/><text x=\"0\" y=\"%s\">%s</text>\n", y, y, y-4, c.figure(v))
	}
	for i, s := range c.Series {
		p.line(c, i+1, s.Values, top)
	}
	p.dates(c.Labels)
	p.raw("</svg>\n")
}

// line draws the points and what lies between neighbours that have a value.
func (p *page) line(c Chart, class int, values []float64, top float64) {
	at := func(i int) (x, y float64) {
		return across(i, len(values)), trendBottom - (trendBottom-trendTop)*values[i]/top
	}
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		x, y := at(i)
		if i > 0 && !math.IsNaN(values[i-1]) {
			x0, y0 := at(i - 1)
			p.put("<line class=\"l%s\" x1=\"%s%%\" y1=\"%s\" x2=\"%s%%\" y2=\"%s\"/>\n", class, x0, y0, x, y)
		}
		p.put("<circle class=\"p%s\" cx=\"%s%%\" cy=\"%s\" r=\"3\"/>\n", class, x, y)
	}
}

// dates names the first, the middle and the last point.
func (p *page) dates(labels []string) {
	last := len(labels) - 1
	name := func(i int, anchor markup) {
		p.put("<text x=\"%s%%\" y=\"%s\" text-anchor=\"%s\">%s</text>\n", across(i, len(labels)), trendHeight-6, anchor, cut(oneLine(labels[i]), 12))
	}
	switch {
	case last == 0:
		name(0, "middle")
		return
	case last%2 == 0:
		name(last/2, "middle")
	}
	name(0, "middle")
	name(last, "end")
}

// across is where a point stands, in shares of the width.
func across(i, n int) float64 {
	if n < 2 {
		return (trendLeft + trendRight) / 2
	}
	return trendLeft + (trendRight-trendLeft)*float64(i)/float64(n-1)
}

// scale is the top of an axis: 1, 2, 4 or 8 times a power of ten that is above the
// greatest value, so that a quarter of it is a round number. Shares end at 1, if
// they do.
func scale(most float64, kind Kind) float64 {
	switch {
	case kind == KindPercent && most > 0.5 && most <= 1:
		return 1
	case most <= 0:
		return float64(trendSteps)
	}
	power := math.Pow(10, math.Floor(math.Log10(most)))
	for _, f := range []float64{1, 2, 4, 8, 10} {
		if top := f * power; top >= most {
			if kind == KindNumber && top < trendSteps && most == math.Trunc(most) {
				return trendSteps
			}
			return top
		}
	}
	return most
}
