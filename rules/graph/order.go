package graph

import (
	"cmp"
	"slices"
)

// sweeps is how often the layers are put in order by what they are linked with;
// more has been seen to change nothing.
const sweeps = 24

// ordering is the order of nodes within their layers, by index.
type ordering struct {
	g      *Graph
	layers [][]int
	before [][]int // by node: neighbours to the left
	after  [][]int // to the right
	place  []int   // by node: its place in its layer
	sizes  map[Layer]int
}

// order puts the nodes of each layer so that few edges cross: each goes to the
// middle of those it is linked with, from left to right, back, and on both sides.
func order(g *Graph) [][]int {
	o := newOrdering(g)
	best, fewest := o.snapshot(), o.crossings()
	for sweep := range sweeps {
		switch {
		case sweep%3 == 0:
			for l := 1; l < len(o.layers); l++ {
				o.settle(l, o.before)
			}
		case sweep%3 == 1:
			for l := len(o.layers) - 2; l >= 0; l-- {
				o.settle(l, o.after)
			}
		default:
			for l := range o.layers {
				o.settle(l, o.before, o.after)
			}
		}
		o.swap()
		if n := o.crossings(); n < fewest {
			best, fewest = o.snapshot(), n
		}
	}
	return best
}

func newOrdering(g *Graph) *ordering {
	o := &ordering{g: g, before: make([][]int, len(g.Nodes)), after: make([][]int, len(g.Nodes)), place: make([]int, len(g.Nodes)), sizes: map[Layer]int{}}
	index := map[string]int{}
	for i, n := range g.Nodes {
		index[n.ID] = i
	}
	for _, layer := range Layers() {
		var nodes []int
		for i, n := range g.Nodes {
			if n.Layer == layer {
				nodes = append(nodes, i)
			}
		}
		o.layers = append(o.layers, nodes)
		o.sizes[layer] = len(nodes)
	}
	for _, e := range g.Edges {
		from, to := index[e.From], index[e.To]
		if g.Nodes[from].Layer != g.Nodes[to].Layer {
			o.after[from] = append(o.after[from], to)
			o.before[to] = append(o.before[to], from)
		}
	}
	for _, e := range g.Edges { // a group wants to be beside those inside it
		if from, to := index[e.From], index[e.To]; from != to && g.Nodes[from].Layer == g.Nodes[to].Layer {
			o.before[to] = append(o.before[to], o.before[from]...)
			o.after[from] = append(o.after[from], o.after[to]...)
		}
	}
	for l := range o.layers {
		people := map[int]float64{}
		for _, i := range o.layers[l] {
			people[i] = -float64(g.Nodes[i].People)
		}
		o.sort(l, people)
	}
	return o
}

// settle puts the nodes of a layer to the middle of their neighbours; on two
// sides each side counts the same, however many are there.
func (o *ordering) settle(layer int, sides ...[][]int) {
	middle := map[int]float64{}
	for _, i := range o.layers[layer] {
		var middles []float64
		for _, neighbours := range sides {
			if list := neighbours[i]; len(list) > 0 {
				middles = append(middles, o.middle(list))
			}
		}
		if len(middles) == 0 {
			middles = append(middles, o.height(i))
		}
		middle[i] = mean(middles)
	}
	o.sort(layer, middle)
}

// middle is the middle of some nodes of one layer.
func (o *ordering) middle(nodes []int) float64 {
	heights := make([]float64, len(nodes))
	for k, i := range nodes {
		heights[k] = o.height(i)
	}
	return mean(heights)
}

// height is the place of a node in its layer, from 0 to 1.
func (o *ordering) height(i int) float64 {
	return (float64(o.place[i]) + 0.5) / float64(o.sizes[o.g.Nodes[i].Layer])
}

// sort orders a layer by a number for each node. Teams stay with their
// department; what is idle and what is the rest come last.
func (o *ordering) sort(layer int, by map[int]float64) {
	nodes := o.layers[layer]
	blocks := map[string]float64{}
	for _, i := range nodes {
		n := &o.g.Nodes[i]
		at, seen := blocks[block(n)]
		if !seen || by[i] < at {
			blocks[block(n)] = by[i]
		}
	}
	slices.SortStableFunc(nodes, func(i, j int) int {
		a, b := &o.g.Nodes[i], &o.g.Nodes[j]
		return cmp.Or(
			cmp.Compare(last(a), last(b)),
			cmp.Compare(blocks[block(a)], blocks[block(b)]), cmp.Compare(block(a), block(b)),
			cmp.Compare(len(a.Parent), len(b.Parent)), cmp.Compare(by[i], by[j]),
		)
	})
	for at, i := range nodes {
		o.place[i] = at
	}
}

// block is the department's node, for it and its teams.
func block(n *Node) string { return cmp.Or(n.Parent, n.ID) }

func last(n *Node) int {
	switch n.Kind {
	case Idle:
		return 1
	case Rest:
		return 2
	default:
		return 0
	}
}
