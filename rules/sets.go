package rules

import (
	"cmp"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// crowd answers conditions about everybody in a population at once. For shifts
// and tickets it answers no: whom they concern is decided about one by one.
type crowd struct {
	e     *Engine
	pop   *population.Population
	all   *roaring.Bitmap
	world World
	// found keeps, by number, whom the leaves hold of.
	found []found
	// groups holds, for the groups that conditions ask for, who was given them.
	groups map[string]*roaring.Bitmap
}

// found is whom a leaf holds of, once it was asked.
type found struct {
	once sync.Once
	// parts are sets that together are the answer; they may be the population's own.
	parts []*roaring.Bitmap
	// failing is whom it fails of; nil for nobody.
	failing *roaring.Bitmap
}

func (e *Engine) crowd(pop *population.Population, w World) *crowd {
	if w.Facts == nil {
		w.Facts = Nothing{}
	}
	pop.Seal()
	return &crowd{e: e, pop: pop, all: pop.Active(), world: w, found: make([]found, len(e.leaves.all)), groups: map[string]*roaring.Bitmap{}}
}

// nobody is an empty set that nobody changes.
var nobody = roaring.New()

// split is whom a condition holds of, and whom it fails of.
type split struct {
	yes     *roaring.Bitmap
	failing *roaring.Bitmap // nil for nobody
}

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

// leaf finds whom a leaf holds of among everybody; not for leafFree.
func (c *crowd) leaf(number int) *found {
	f := &c.found[number]
	l := &c.e.leaves.all[number]
	if l.kind == leafInGroup { // it is complete when a rule asks, and not before
		if set := c.groups[l.texts[0]]; set != nil {
			return &found{parts: []*roaring.Bitmap{set}}
		}
		return &found{}
	}
	f.once.Do(func() { c.find(l, f) })
	return f
}

func (c *crowd) find(l *leaf, f *found) {
	switch {
	case l.passing():
	case l.kind == leafReportsTo:
		column := c.pop.Column(managerReading)
		c.scan(column, f, func(code uint32) truth {
			u := identity.User{Attributes: identity.Attributes{}}
			u.Attributes.Set(identity.AttrManager, column.Text(code))
			return is(c.world.Facts.ReportsTo(u, l.texts[0]))
		})
	case l.kind == leafElement:
		if set := c.pop.Column(l.reading).Containing(l.texts[0]); set != nil {
			f.parts = append(f.parts, set)
		}
	case l.reading.Kind == population.State:
		c.state(l, f)
	case l.kind == leafOneOf:
		column := c.pop.Column(l.reading)
		for _, text := range l.texts {
			if code, ok := column.Find(text); ok {
				f.parts = append(f.parts, column.Holders(code))
			}
		}
	case l.kind == leafValue:
		column := c.pop.Column(l.reading)
		s := c.e.blank(c.world)
		defer s.release()
		c.scan(column, f, func(code uint32) truth {
			clear(s.boxed)
			s.person = sample{column, code}
			return run(l.program, s)
		})
	default:
		column := c.pop.Column(l.reading)
		c.scan(column, f, func(code uint32) truth { return is(l.holdsOf(column.Text(code))) })
	}
}

// state answers a leaf about the lifecycle: everybody here is active.
func (c *crowd) state(l *leaf, f *found) {
	s := c.e.blank(c.world)
	defer s.release()
	s.person = known{&identity.User{State: identity.Active}}
	switch s.ask1(l) {
	case yes:
		f.parts = []*roaring.Bitmap{c.all}
	case fails:
		f.failing = c.all
	}
}

// scan asks about each distinct value instead of about each person.
func (c *crowd) scan(column *population.Column, f *found, ask func(code uint32) truth) {
	var parts, failing []*roaring.Bitmap
	for code := range uint32(column.Distinct()) {
		switch ask(code) {
		case yes:
			parts = append(parts, column.Holders(code))
		case fails:
			failing = append(failing, column.Holders(code))
		}
	}
	if len(parts) > 1 {
		parts = []*roaring.Bitmap{roaring.FastOr(parts...)}
	}
	f.parts = parts
	if len(failing) > 0 {
		f.failing = roaring.FastOr(failing...)
		if f.failing.IsEmpty() {
			f.failing = nil
		}
	}
}

// sample is somebody of whom one value is known.
type sample struct {
	column *population.Column
	code   uint32
}

func (x sample) Text(population.Reading) string   { return x.column.Text(x.code) }
func (x sample) List(population.Reading) []string { return x.column.List(x.code) }
func (x sample) Whole() identity.Attributes       { return nil }
func (x sample) State() identity.State            { return identity.Active }

// askEach asks CEL about one person after the other.
func (c *crowd) askEach(l *leaf, within *roaring.Bitmap) split {
	s := c.e.blank(c.world)
	defer s.release()
	var holds, failing []uint32
	n := uint32(0)
	inGroup := func(group string) bool {
		set := c.groups[group]
		return set != nil && set.Contains(n)
	}
	buffer := make([]uint32, 1024)
	for it := within.ManyIterator(); ; {
		k := it.NextMany(buffer)
		if k == 0 {
			break
		}
		for _, n = range buffer[:k] {
			s.face(c.pop.Face(n), n, inGroup)
			switch run(l.program, s) {
			case yes:
				holds = append(holds, n)
			case fails:
				failing = append(failing, n)
			}
		}
	}
	out := split{yes: roaring.BitmapOf(holds...)}
	if len(failing) > 0 {
		out.failing = roaring.BitmapOf(failing...)
	}
	return out
}
