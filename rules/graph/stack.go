package graph

import "slices"

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
