package rules

import (
	"math/bits"
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

// index says what follows from a person's values: which leaves hold, and which
// rules could.
type index struct {
	readings []population.Reading
	byValue  map[population.Reading]map[string]*consequence
	// anybody are the rules without an anchor.
	anybody []int32
}

// consequence is what follows from one value.
type consequence struct{ leaves, rules []int32 }

// newIndex anchors each rule at the values that the fewest other rules name.
func newIndex(programs []program, ls *leaves) index {
	x := index{byValue: map[population.Reading]map[string]*consequence{}}
	for i := range ls.all {
		for _, a := range ls.all[i].anchors() {
			c := x.at(a)
			c.leaves = append(c.leaves, int32(i))
		}
	}
	uses := map[anchor]int{}
	for i := range programs {
		countAnchors(programs[i].logic, ls, uses)
	}
	for i := range programs {
		anchors, ok := bestAnchors(programs[i].logic, ls, uses)
		if !ok {
			x.anybody = append(x.anybody, int32(i))
		}
		for _, a := range anchors {
			c := x.at(a)
			c.rules = append(c.rules, int32(i))
		}
	}
	slices.SortFunc(x.readings, population.Compare)
	return x
}

// at returns what follows from a value, to be added to.
func (x *index) at(a anchor) *consequence {
	values := x.byValue[a.reading]
	if values == nil {
		values = map[string]*consequence{}
		x.byValue[a.reading] = values
		x.readings = append(x.readings, a.reading)
	}
	c := values[a.value]
	if c == nil {
		c = &consequence{}
		values[a.value] = c
	}
	return c
}

// each hands fn what follows from each of p's values.
func (x *index) each(p person, fn func(*consequence)) {
	for _, r := range x.readings {
		values := x.byValue[r]
		if !r.Listed() {
			if c := values[p.Text(r)]; c != nil {
				fn(c)
			}
			continue
		}
		for _, value := range p.List(r) {
			if c := values[value]; c != nil {
				fn(c)
			}
		}
	}
}

// marks is a set of small numbers that is cheap to fill, to ask and to empty.
type marks []uint64

func newMarks(n int) marks { return make(marks, (n+63)/64) }

func (m marks) set(numbers []int32) {
	for _, n := range numbers {
		m[n>>6] |= 1 << (n & 63)
	}
}

func (m marks) has(n int) bool { return m[n>>6]&(1<<(n&63)) != 0 }

// each calls fn with every number, ascending.
func (m marks) each(fn func(n int)) {
	for i, word := range m {
		for ; word != 0; word &= word - 1 {
			fn(i<<6 + bits.TrailingZeros64(word))
		}
	}
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

// anchors returns the values of which a person must have one for the leaf to
// hold, and of which one is enough.
func (l *leaf) anchors() []anchor {
	if !l.marked() {
		return nil
	}
	out := make([]anchor, len(l.texts))
	for i, text := range l.texts {
		out[i] = anchor{l.reading, text}
	}
	return out
}
