package creep

import (
	"cmp"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// catalog is what policy says of entitlements.
type catalog struct {
	engine *rules.Engine
	about  map[identity.Entitlement]*about
	// given are the sets of people whom groups give an entitlement.
	given map[identity.Entitlement][]*roaring.Bitmap
}

// about is what the groups say that carry an entitlement.
type about struct {
	groups []string // sorted
	owners []string // sorted
	risk   string   // the highest
}

func newCatalog(e *rules.Engine, everyone *rules.Everyone) *catalog {
	c := &catalog{engine: e, about: map[identity.Entitlement]*about{}, given: map[identity.Entitlement][]*roaring.Bitmap{}}
	for _, name := range e.GroupNames() {
		c.add(name)
	}
	for i := range everyone.Holdings {
		h := &everyone.Holdings[i]
		g := c.add(h.Group)
		if len(g.Access) == 0 {
			continue
		}
		users := h.Users()
		for _, ent := range distinct(g.Access) {
			c.given[ent] = append(c.given[ent], users)
		}
	}
	return c
}

// add notes what a group carries, and returns it.
func (c *catalog) add(name string) identity.Group {
	g, _ := c.engine.Group(name)
	for _, ent := range g.Access {
		a := c.about[ent]
		if a == nil {
			a = &about{}
			c.about[ent] = a
		}
		a.note(name, g)
	}
	return g
}

func (a *about) note(name string, g identity.Group) {
	if !slices.Contains(a.groups, name) {
		a.groups = inserted(a.groups, name)
	}
	for _, owner := range g.Owners {
		if !slices.Contains(a.owners, owner) {
			a.owners = inserted(a.owners, owner)
		}
	}
	if a.risk == "" || g.Risk != "" && weightOf(g.Risk) > weightOf(a.risk) {
		a.risk = g.Risk
	}
}

// of returns what is said of an entitlement. One that no group carries may be one
// that can be asked for by itself.
func (c *catalog) of(ent identity.Entitlement) *about {
	if a := c.about[ent]; a != nil {
		return a
	}
	a := &about{}
	if g, ok := c.engine.Group(ent.String()); ok {
		a.note(g.Name, g)
		a.groups = nil // nobody is in it
	}
	c.about[ent] = a
	return a
}

// carries reports whether a group carries an entitlement today.
func (c *catalog) carries(group string, ent identity.Entitlement) bool {
	g, _ := c.engine.Group(group)
	return slices.Contains(g.Access, ent)
}

// through returns whom an entitlement reaches by others that explain it: what a
// nested team gives is what was given with the team.
func (c *catalog) through(targets []Target) func(*Observed) *roaring.Bitmap {
	outer := map[identity.Entitlement][]identity.Entitlement{}
	for i := range targets {
		for k := range targets[i].Observed {
			if o := &targets[i].Observed[k]; len(o.Through) > 0 {
				outer[o.Entitlement] = o.Through
			}
		}
	}
	return func(o *Observed) *roaring.Bitmap {
		var parts []*roaring.Bitmap
		seen := map[identity.Entitlement]bool{o.Entitlement: true}
		for open := slices.Clone(o.Through); len(open) > 0; {
			next := open[len(open)-1]
			open = open[:len(open)-1]
			if !seen[next] {
				seen[next] = true
				parts, open = append(parts, c.given[next]...), append(open, outer[next]...)
			}
		}
		return union(parts)
	}
}

func distinct(list []identity.Entitlement) []identity.Entitlement {
	out := slices.SortedFunc(slices.Values(list), identity.CompareEntitlements)
	return slices.Compact(out)
}

func inserted(sorted []string, text string) []string {
	at, _ := slices.BinarySearch(sorted, text)
	return slices.Insert(sorted, at, text)
}

func compareText(a, b string) int { return cmp.Compare(a, b) }
