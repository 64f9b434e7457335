package rules

import (
	"slices"

	"birthright/rules/population"
)

// An anchor is a value that a person must have for a rule to hold: a person who
// has none of a rule's anchors need not be asked. Of ten thousand rules, the
// anchors leave the few hundred that could be about one person.

// anchor is one value of one reading.
type anchor struct {
	reading population.Reading
	value   string
}

// index finds the rules that could be about a person.
type index struct {
	readings []population.Reading
	byValue  map[population.Reading]map[string][]int32
	// anybody are the rules without an anchor.
	anybody []int32
}

// newIndex anchors each rule at the values that the fewest other rules name.
func newIndex(programs []program, ls *leaves) index {
	x := index{byValue: map[population.Reading]map[string][]int32{}}
	uses := map[anchor]int{}
	for i := range programs {
		countAnchors(programs[i].logic, ls, uses)
	}
	for i := range programs {
		anchors, ok := bestAnchors(programs[i].logic, ls, uses)
		if !ok {
			x.anybody = append(x.anybody, int32(i))
			continue
		}
		for _, a := range anchors {
			values := x.byValue[a.reading]
			if values == nil {
				values = map[string][]int32{}
				x.byValue[a.reading] = values
				x.readings = append(x.readings, a.reading)
			}
			values[a.value] = append(values[a.value], int32(i))
		}
	}
	slices.SortFunc(x.readings, population.Compare)
	return x
}

// candidates appends, ascending and each once, the rules that could be about p.
func (x *index) candidates(p person, into []int32) []int32 {
	into = append(into, x.anybody...)
	for _, r := range x.readings {
		values := x.byValue[r]
		if !r.Listed() {
			into = append(into, values[p.Text(r)]...)
			continue
		}
		for _, value := range p.List(r) {
			into = append(into, values[value]...)
		}
	}
	slices.Sort(into)
	return slices.Compact(into)
}

// countAnchors counts how many leaves name each value.
func countAnchors(n *logic, ls *leaves, uses map[anchor]int) {
	if n.op == opLeaf {
		for _, a := range ls.all[n.leaf].anchors() {
			uses[a]++
		}
	}
	for _, arg := range n.args {
		countAnchors(arg, ls, uses)
	}
}

// bestAnchors returns values of which a person must have one for n to hold;
// false where there are no such values. Of the arguments of &&, one is enough.
func bestAnchors(n *logic, ls *leaves, uses map[anchor]int) ([]anchor, bool) {
	switch n.op {
	case opFalse, opFail:
		return nil, true // it holds for nobody
	case opLeaf:
		anchors := ls.all[n.leaf].anchors()
		return anchors, len(anchors) > 0
	case opAnd:
		var best []anchor
		found := false
		for _, arg := range n.args {
			if anchors, ok := bestAnchors(arg, ls, uses); ok && (!found || weight(anchors, uses) < weight(best, uses)) {
				best, found = anchors, true
			}
		}
		return best, found
	case opOr:
		var union []anchor
		for _, arg := range n.args {
			anchors, ok := bestAnchors(arg, ls, uses)
			if !ok {
				return nil, false
			}
			union = append(union, anchors...)
		}
		return union, true
	default:
		return nil, false
	}
}

// weight is how many leaves name one of the values: the fewer, the more telling.
func weight(anchors []anchor, uses map[anchor]int) int {
	sum := 0
	for _, a := range anchors {
		sum += uses[a]
	}
	return sum
}

// anchors returns the values of which a person must have one for the leaf to hold.
func (l *leaf) anchors() []anchor {
	if l.kind != leafOneOf && l.kind != leafElement {
		return nil
	}
	out := make([]anchor, len(l.texts))
	for i, text := range l.texts {
		out[i] = anchor{l.reading, text}
	}
	return out
}
