package graph

import (
	"cmp"
	"slices"
)

// Measures of the drawing, in pixels at its natural size.
const (
	margin      = 24.0
	headHeight  = 104.0 // title, and the headings of the columns
	boxWidth    = 256.0
	columnGap   = 140.0
	boxHeight   = 28.0
	noteHeight  = 15.0 // more for a second line
	boxGap      = 10.0
	teamGap     = 3.0
	teamIndent  = 16.0
	portGap     = 13.0 // between ends of edges that have numbers
	labelled    = 1500 // a column that is no higher has room for them
	settlements = 6
)

// box is a node with its place.
type box struct {
	*Node
	x, y, w, h float64
}

func (b *box) middle() float64 { return b.y + b.h/2 }

// wire is an edge with its ends.
type wire struct {
	*Edge
	from, to *box
	y1, y2   float64
}

// within reports whether the edge stays in its layer.
func (w *wire) within() bool { return w.from.Layer == w.to.Layer }

// drawing is a graph with places for everything.
type drawing struct {
	g             *Graph
	columns       [][]*box
	wires         []*wire
	labels        bool // edges have their numbers at their ends
	width, height float64
}

func lay(g *Graph) *drawing {
	d := &drawing{g: g}
	boxes := make([]*box, len(g.Nodes))
	byID := map[string]*box{}
	for i := range g.Nodes {
		boxes[i] = &box{Node: &g.Nodes[i]}
		byID[g.Nodes[i].ID] = boxes[i]
	}
	for l, layer := range order(g) {
		var column []*box
		for _, i := range layer {
			boxes[i].x, boxes[i].w = margin+float64(l)*(boxWidth+columnGap), boxWidth
			if boxes[i].Kind == Team {
				boxes[i].x, boxes[i].w = boxes[i].x+teamIndent, boxWidth-teamIndent
			}
			column = append(column, boxes[i])
		}
		d.columns = append(d.columns, column)
	}
	for i := range g.Edges {
		if e := &g.Edges[i]; e.From != e.To {
			d.wires = append(d.wires, &wire{Edge: e, from: byID[e.From], to: byID[e.To]})
		}
	}
	d.size()
	d.stack()
	d.connect()
	return d
}

// size makes boxes as high as their texts and, if there is room, their edges need.
func (d *drawing) size() {
	in, out := map[*box]int{}, map[*box]int{}
	for _, w := range d.wires {
		if !w.within() {
			out[w.from]++
			in[w.to]++
		}
	}
	roomy := func(b *box) float64 { return portGap*float64(max(in[b], out[b])) + 6 }
	d.labels = d.g.Counted
	for _, column := range d.columns {
		sum := 0.0
		for _, b := range column {
			b.h = boxHeight
			if note(b.Node) != "" {
				b.h += noteHeight
			}
			sum += max(b.h, roomy(b)) + boxGap
		}
		d.labels = d.labels && sum <= labelled
	}
	for _, column := range d.columns {
		for _, b := range column {
			if d.labels {
				b.h = max(b.h, roomy(b))
			}
		}
	}
}

// stack finds the heights: boxes are moved towards what they are linked with, as
// far as those above and below let them.
func (d *drawing) stack() {
	for _, column := range d.columns {
		y := 0.0
		for i, b := range column {
			y += gapAbove(column, i)
			b.y = y
			y += b.h
		}
	}
	for round := range settlements {
		for l := range d.columns {
			if round%2 == 1 {
				l = len(d.columns) - 1 - l
			}
			d.settle(d.columns[l])
		}
	}
	d.frame()
}

func gapAbove(column []*box, i int) float64 {
	switch {
	case i == 0:
		return 0
	case column[i].Kind == Team:
		return teamGap
	default:
		return boxGap
	}
}

// settle moves the boxes of a column to the middle of their neighbours, keeping
// their order: those that want the same place share it around that place.
func (d *drawing) settle(column []*box) {
	wish := map[*box][]float64{}
	for _, w := range d.wires {
		if !w.within() {
			wish[w.from] = append(wish[w.from], w.to.middle())
			wish[w.to] = append(wish[w.to], w.from.middle())
		}
	}
	var runs []run
	offset := 0.0 // where the box would be if the column began at 0
	for i, b := range column {
		offset += gapAbove(column, i)
		want := b.y
		if ys := wish[b]; len(ys) > 0 {
			want = mean(ys) - b.h/2
		}
		// A team stays below its department, and what nothing leads to or from
		// below what comes before it.
		idle := len(wish[b]) == 0 && len(runs) > 0
		r := run{past: i + 1, sum: want - offset, n: 1}
		if idle {
			r.sum, r.n = 0, 0
		}
		for glued := idle || b.Kind == Team; len(runs) > 0 && (glued || runs[len(runs)-1].top() > r.top()); glued = false {
			r.sum, r.n = r.sum+runs[len(runs)-1].sum, r.n+runs[len(runs)-1].n
			runs = runs[:len(runs)-1]
		}
		runs = append(runs, r)
		offset += b.h
	}
	offset = 0
	for i, b := range column {
		offset += gapAbove(column, i)
		at := slices.IndexFunc(runs, func(r run) bool { return i < r.past })
		b.y = runs[at].top() + offset
		offset += b.h
	}
}

// run is a part of a column in which boxes stand one below the other: up to past,
// n of them with wishes that add up to sum.
type run struct {
	past   int
	sum, n float64
}

func (r run) top() float64 { return r.sum / r.n }

func mean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += x
	}
	return sum / float64(len(list))
}

// frame moves everything below the head and measures the whole.
func (d *drawing) frame() {
	top, bottom := 0.0, 0.0
	first := true
	for _, column := range d.columns {
		for _, b := range column {
			if first || b.y < top {
				top = b.y
			}
			if first || b.y+b.h > bottom {
				bottom = b.y + b.h
			}
			first = false
		}
	}
	for _, column := range d.columns {
		for _, b := range column {
			b.y += headHeight - top
		}
	}
	d.width = 2*margin + float64(len(d.columns))*(boxWidth+columnGap) - columnGap
	d.height = headHeight + bottom - top + footHeight
}

// connect spreads the ends of edges over the sides of their boxes.
func (d *drawing) connect() {
	left, right := map[*box][]*wire{}, map[*box][]*wire{}
	for _, w := range d.wires {
		if w.within() {
			w.y1, w.y2 = w.from.middle(), w.to.middle()
			continue
		}
		right[w.from] = append(right[w.from], w)
		left[w.to] = append(left[w.to], w)
	}
	for b, wires := range right {
		slices.SortStableFunc(wires, func(a, b *wire) int { return cmp.Compare(a.to.y, b.to.y) })
		for i, w := range wires {
			w.y1 = b.port(i, len(wires))
		}
	}
	for b, wires := range left {
		slices.SortStableFunc(wires, func(a, b *wire) int { return cmp.Compare(a.from.y, b.from.y) })
		for i, w := range wires {
			w.y2 = b.port(i, len(wires))
		}
	}
}

// port is the height of the i-th of n ends at a side of the box.
func (b *box) port(i, n int) float64 {
	step := min(portGap, (b.h-8)/float64(max(n-1, 1)))
	return b.middle() + step*(float64(i)-float64(n-1)/2)
}
