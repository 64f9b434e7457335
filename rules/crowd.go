package rules

import (
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
	switch s.answer(l) {
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
	population.Each(within, func(user uint32) {
		n = user
		s.face(c.pop.Face(n), n, inGroup)
		switch run(l.program, s) {
		case yes:
			holds = append(holds, n)
		case fails:
			failing = append(failing, n)
		}
	})
	out := split{yes: roaring.BitmapOf(holds...)}
	if len(failing) > 0 {
		out.failing = roaring.BitmapOf(failing...)
	}
	return out
}
