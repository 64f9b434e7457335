package graph

import "slices"

// patience bounds the edges for which neighbours are tried in either order; with
// more, nobody sees the difference.
const patience = 2000

// swap exchanges neighbours wherever fewer edges cross then.
func (o *ordering) swap() {
	if len(o.g.Edges) > patience {
		return
	}
	for _, layer := range o.layers {
		for at := range max(len(layer)-1, 0) {
			if a, b := layer[at], layer[at+1]; o.free(layer, at) && o.crossed(b, a) < o.crossed(a, b) {
				layer[at], layer[at+1] = b, a
				o.place[a], o.place[b] = at+1, at
			}
		}
	}
}

// free reports whether a node may change places with the next one: teams stay
// with their department, and what comes last stays there.
func (o *ordering) free(layer []int, at int) bool {
	team := func(at int) bool { return at < len(layer) && o.g.Nodes[layer[at]].Kind == Team }
	return !team(at) && !team(at+1) && !team(at+2) && last(&o.g.Nodes[layer[at]]) == last(&o.g.Nodes[layer[at+1]])
}

// crossed counts the crossings between the edges of a and those of b below it.
func (o *ordering) crossed(a, b int) int {
	total := 0
	for _, side := range [][][]int{o.before, o.after} {
		for _, i := range side[a] {
			for _, j := range side[b] {
				if o.place[i] > o.place[j] {
					total++
				}
			}
		}
	}
	return total
}

// crossings is how often an edge crosses others on its way to the next layer,
// added up over the layers: a thicket that cannot be undone does not drown the rest.
func (o *ordering) crossings() float64 {
	total := 0.0
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
		edges := max(len(ends), 1)
		total += float64(inversions(ends)) / float64(edges)
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
