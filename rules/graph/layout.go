package graph

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
