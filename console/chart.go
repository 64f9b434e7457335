package console

import (
	"fmt"
	"strings"

	"birthright/reviews/creep"
)

// The size of a chart, in its own units, and the room around what is drawn.
const (
	chartWide, chartHigh = 720, 220
	chartLeft, chartTop  = 56, 12
	chartLow             = 28
)

// chart is the trend of the reports of creep, ready to be drawn. It is never the only
// place of a figure: a table beside it has them all.
type chart struct {
	Points []creep.Summary
	// Line goes through Dots, Area is what is below it.
	Line, Area string
	Dots       []dot
	Grid       []rule
	Wide, High int
	// Text says in a sentence what is to be seen.
	Text string
}

// dot is one report.
type dot struct {
	X, Y  int
	Label string
}

// rule is a line of the grid, with its value.
type rule struct{ Y, From, To, Value int }

// trendChart draws the scores; nil where there are not two.
func trendChart(points []creep.Summary) *chart {
	if len(points) < 2 {
		return nil
	}
	most := 1
	for _, p := range points {
		most = max(most, p.Score)
	}
	most = round(most)
	c := &chart{Points: points, Wide: chartWide, High: chartHigh}
	bottom := chartHigh - chartLow
	height := func(score int) int { return bottom - score*(bottom-chartTop)/most }
	var at []string
	for i, p := range points {
		d := dot{X: chartLeft + i*(chartWide-chartLeft-16)/(len(points)-1), Y: height(p.Score)}
		d.Label = fmt.Sprintf("%s: score %d, surplus %d", p.At.UTC().Format("2 January 2006"), p.Score, p.Surplus)
		c.Dots, at = append(c.Dots, d), append(at, fmt.Sprintf("%d,%d", d.X, d.Y))
	}
	c.Line = strings.Join(at, " ")
	c.Area = fmt.Sprintf("%d,%d %s %d,%d", c.Dots[0].X, bottom, c.Line, c.Dots[len(c.Dots)-1].X, bottom)
	for i := range 3 {
		value := most * i / 2
		c.Grid = append(c.Grid, rule{Y: height(value), From: chartLeft, To: chartWide, Value: value})
	}
	first, last := points[0], points[len(points)-1]
	c.Text = fmt.Sprintf("The score went from %d on %s to %d on %s, over %d reports.",
		first.Score, first.At.UTC().Format("2 January 2006"), last.Score, last.At.UTC().Format("2 January 2006"), len(points))
	return c
}

// round is the next figure of one digit and zeros, so that the grid has round values.
func round(n int) int {
	size := 1
	for size*10 <= n {
		size *= 10
	}
	for _, times := range []int{1, 2, 4, 6, 8, 10} {
		if size*times >= n {
			return max(2, size*times)
		}
	}
	return n
}

// First and Last are the ends of the axis.
func (c chart) First() creep.Summary { return c.Points[0] }

// Last is the newest report.
func (c chart) Last() creep.Summary { return c.Points[len(c.Points)-1] }
