package graph

import (
	"cmp"
	"slices"
)

// sweeps is how often the layers are put in order by what they are linked with;
// more has been seen to change nothing.
const sweeps = 12

// ordering is the order of nodes within their layers, by index.
type ordering struct {
	g      *Graph
	layers [][]int
	before [][]int // by node: neighbours to the left
	after  [][]int // to the right
	place  []int   // by node: its place in its layer
}

// order puts the nodes of each layer so that few edges cross: each goes to the
// middle of those it is linked with, from left to right and back.
func order(g *Graph) [][]int {
	o := newOrdering(g)
	best, fewest := o.snapshot(), o.crossings()
	for sweep := range sweeps {
		if sweep%2 == 0 {
			for l := 1; l < len(o.layers); l++ {
				o.settle(l, o.before)
			}
		} else {
			for l := len(o.layers) - 2; l >= 0; l-- {
				o.settle(l, o.after)
			}
		}
		if n := o.crossings(); n < fewest {
			best, fewest = o.snapshot(), n
		}
	}
	return best
}

func newOrdering(g *Graph) *ordering {
	o := &ordering{g: g, before: make([][]int, len(g.Nodes)), after: make([][]int, len(g.Nodes)), place: make([]int, len(g.Nodes))}
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
	}
	for _, e := range g.Edges {
		from, to := index[e.From], index[e.To]
		if g.Nodes[from].Layer != g.Nodes[to].Layer {
			o.after[from] = append(o.after[from], to)
			o.before[to] = append(o.before[to], from)
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

// settle puts the nodes of a layer to the middle of their neighbours.
func (o *ordering) settle(layer int, neighbours [][]int) {
	middle := map[int]float64{}
	for _, i := range o.layers[layer] {
		middle[i] = float64(o.place[i])
		if len(neighbours[i]) > 0 {
			sum := 0
			for _, j := range neighbours[i] {
				sum += o.place[j]
			}
			middle[i] = float64(sum) / float64(len(neighbours[i]))
		}
	}
	o.sort(layer, middle)
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

// crossings counts how often edges cross between neighbouring layers.
func (o *ordering) crossings() int {
	total := 0
	for _, layer := range o.layers {
		var ends []int
		for _, i := range layer {
			places := make([]int, len(o.after[i]))
			for k, j := range o.after[i] {
				places[k] = o.place[j]
			}
			slices.Sort(places)
			ends = append(ends, places...)
		}
		total += inversions(ends)
	}
	return total
}

// inversions counts the pairs that are in the wrong order, while it sorts them.
func inversions(list []int) int {
	if len(list) < 2 {
		return 0
	}
	left, right := slices.Clone(list[:len(list)/2]), slices.Clone(list[len(list)/2:])
	total := inversions(left) + inversions(right)
	for i := range list {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			list[i], left = left[0], left[1:]
			continue
		}
		list[i], right = right[0], right[1:]
		total += len(left)
	}
	return total
}

func (o *ordering) snapshot() [][]int {
	out := make([][]int, len(o.layers))
	for l := range o.layers {
		out[l] = slices.Clone(o.layers[l])
	}
	return out
}
