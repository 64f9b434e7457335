package rules

import "github.com/RoaringBitmap/roaring/v2"

// split is whom a condition holds of, and whom it fails of.
type split struct {
	yes     *roaring.Bitmap
	failing *roaring.Bitmap // nil for nobody
}

// ask answers n about each of within, failures apart.
func (c *crowd) ask(n *logic, within *roaring.Bitmap) split {
	if n.sure {
		return split{yes: c.holding(n, within)}
	}
	switch n.op {
	case opFail:
		return split{yes: nobody, failing: within}
	case opLeaf:
		l := &c.e.leaves.all[n.leaf]
		if l.kind == leafFree {
			return c.askEach(l, within)
		}
		f := c.leaf(n.leaf)
		return split{yes: c.restricted(f.parts, within), failing: both(f.failing, within)}
	case opNot:
		a := c.ask(n.args[0], within)
		return split{yes: without(within, a.yes, a.failing), failing: a.failing}
	case opAnd:
		return c.askAll(n.args, within)
	case opOr:
		return c.askSome(n.args, within)
	default: // opChoose
		a := c.ask(n.args[0], within)
		then, otherwise := c.ask(n.args[1], a.yes), c.ask(n.args[2], without(within, a.yes, a.failing))
		return split{yes: either(then.yes, otherwise.yes), failing: either(a.failing, then.failing, otherwise.failing)}
	}
}

// askAll is &&: it does not hold of those of whom one argument does not hold.
func (c *crowd) askAll(args []*logic, open *roaring.Bitmap) split {
	var failing *roaring.Bitmap
	for _, arg := range args {
		a := c.ask(arg, open)
		if a.failing == nil {
			open = a.yes
		} else {
			open = either(a.yes, a.failing)
		}
		failing = either(both(failing, open), a.failing)
	}
	return split{yes: without(open, failing), failing: failing}
}

// askSome is ||: it holds of those of whom one argument holds.
func (c *crowd) askSome(args []*logic, open *roaring.Bitmap) split {
	out := split{yes: nobody}
	for _, arg := range args {
		a := c.ask(arg, open)
		out.yes = either(out.yes, a.yes)
		open = without(open, a.yes)
		if out.failing != nil {
			out.failing = without(out.failing, a.yes)
		}
		out.failing = either(out.failing, a.failing)
	}
	return out
}
