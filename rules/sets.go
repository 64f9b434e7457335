package rules

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// nobody is an empty set that nobody changes.
var nobody = roaring.New()

// holding returns those of within of whom n holds; nil means everybody. The set
// may be somebody else's: it must not be changed.
func (c *crowd) holding(n *logic, within *roaring.Bitmap) *roaring.Bitmap {
	switch n.op {
	case opTrue:
		return c.or(within)
	case opFalse, opFail:
		return nobody
	case opLeaf:
		if c.e.leaves.all[n.leaf].kind == leafFree {
			return c.askEach(&c.e.leaves.all[n.leaf], c.or(within)).yes
		}
		return c.restricted(c.leaf(n.leaf).parts, within)
	case opAnd:
		return c.holdingAll(n.args, within)
	case opOr:
		if n.sure {
			return c.holdingSome(n.args, within)
		}
	case opNot:
		if n.sure {
			return roaring.AndNot(c.or(within), c.holding(n.args[0], within))
		}
	}
	return c.ask(n, c.or(within)).yes
}

// or returns within, everybody where that is nil.
func (c *crowd) or(within *roaring.Bitmap) *roaring.Bitmap {
	if within == nil {
		return c.all
	}
	return within
}

// restricted returns the union of parts within a set.
func (c *crowd) restricted(parts []*roaring.Bitmap, within *roaring.Bitmap) *roaring.Bitmap {
	switch {
	case len(parts) == 0:
		return nobody
	case len(parts) == 1 && within == nil:
		return parts[0]
	case len(parts) == 1:
		return roaring.And(within, parts[0])
	case within == nil:
		return roaring.FastOr(parts...)
	}
	return roaring.And(within, roaring.FastOr(parts...))
}

// holdingAll is && where only those of whom it holds matter: each argument is
// asked about those who are left, the one that leaves the fewest first.
func (c *crowd) holdingAll(args []*logic, within *roaring.Bitmap) *roaring.Bitmap {
	args = slices.Clone(args)
	slices.SortStableFunc(args, func(a, b *logic) int { return cmp.Compare(c.estimate(a), c.estimate(b)) })
	for _, a := range args {
		if a.op == opNot && a.sure {
			within = roaring.AndNot(c.or(within), c.minus(a.args[0], within))
		} else {
			within = c.holding(a, within)
		}
		if within.IsEmpty() {
			return nobody
		}
	}
	return within
}

// minus returns a set that has those of within of whom n holds, and maybe others.
func (c *crowd) minus(n *logic, within *roaring.Bitmap) *roaring.Bitmap {
	if n.op == opLeaf {
		if parts := c.leaf(n.leaf).parts; len(parts) == 1 {
			return parts[0]
		}
	}
	return c.holding(n, within)
}

func (c *crowd) holdingSome(args []*logic, within *roaring.Bitmap) *roaring.Bitmap {
	parts := make([]*roaring.Bitmap, 0, len(args))
	for _, a := range args {
		if a.op == opLeaf {
			parts = append(parts, c.leaf(a.leaf).parts...)
		} else {
			parts = append(parts, c.holding(a, within))
		}
	}
	return c.restricted(parts, within)
}

// unlikely is the estimate of what is asked one by one: last of all.
const unlikely = 1 << 40

// estimate bounds of how many n holds: what is small is asked first.
func (c *crowd) estimate(n *logic) uint64 {
	switch n.op {
	case opFalse, opFail:
		return 0
	case opLeaf:
		if c.e.leaves.all[n.leaf].kind == leafFree {
			return unlikely
		}
		sum := uint64(0)
		for _, part := range c.leaf(n.leaf).parts {
			sum += part.GetCardinality()
		}
		return sum
	case opAnd:
		least := uint64(unlikely)
		for _, a := range n.args {
			least = min(least, c.estimate(a))
		}
		return least
	case opOr:
		sum := uint64(0)
		for _, a := range n.args {
			sum += c.estimate(a)
		}
		return min(sum, unlikely)
	case opNot:
		if n.sure { // the whole, less little: after everything that is about somebody
			return unlikely/2 - 1
		}
	}
	return unlikely / 2
}

// either is the union of sets that may be nil; nil where all are.
func either(sets ...*roaring.Bitmap) *roaring.Bitmap {
	sets = slices.DeleteFunc(sets, func(s *roaring.Bitmap) bool { return s == nil })
	switch len(sets) {
	case 0:
		return nil
	case 1:
		return sets[0]
	default:
		return roaring.FastOr(sets...)
	}
}

// both is an intersection of sets of which the first may be nil.
func both(a, b *roaring.Bitmap) *roaring.Bitmap {
	if a == nil {
		return nil
	}
	return roaring.And(a, b)
}

// without is a set less others that may be nil.
func without(set *roaring.Bitmap, others ...*roaring.Bitmap) *roaring.Bitmap {
	for _, other := range others {
		if other != nil {
			set = roaring.AndNot(set, other)
		}
	}
	return set
}
