package graph

import (
	"cmp"
	"slices"
)

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
