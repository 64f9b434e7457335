package impact

import (
	"maps"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// compareAccess returns what changes of entitlements. Whoever keeps one through
// another group loses nothing.
func (c *comparison) compareAccess(changed []Group) ([]Entitlement, []Target) {
	affected := map[identity.Entitlement]bool{}
	for _, g := range changed {
		for _, p := range []*picture{c.before, c.after} {
			for _, e := range p.group(g.Name).Access {
				affected[e] = true
			}
		}
	}
	for _, name := range c.carriers {
		before, after := c.before.group(name).Access, c.after.group(name).Access
		for _, e := range slices.Concat(before, after) {
			if slices.Contains(before, e) != slices.Contains(after, e) {
				affected[e] = true
			}
		}
	}
	if len(affected) == 0 {
		return nil, nil
	}
	carriers := c.carry(affected)
	c.look(sortedKeys(carriers))
	before, after := c.holders(c.before, carriers, affected), c.holders(c.after, carriers, affected)
	var out []Entitlement
	for _, address := range slices.SortedFunc(maps.Keys(affected), identity.CompareEntitlements) {
		e := Entitlement{Entitlement: address, Adds: roaring.AndNot(after[address], before[address]), Removes: roaring.AndNot(before[address], after[address])}
		if !e.Adds.IsEmpty() || !e.Removes.IsEmpty() {
			out = append(out, e)
		}
	}
	return out, ByTarget(out)
}

// carry returns the groups that carry one of these entitlements on either side.
func (c *comparison) carry(affected map[identity.Entitlement]bool) map[string]bool {
	out := map[string]bool{}
	for _, name := range c.carrierNames(affected) {
		for _, p := range []*picture{c.before, c.after} {
			if slices.ContainsFunc(p.group(name).Access, func(e identity.Entitlement) bool { return affected[e] }) {
				out[name] = true
			}
		}
	}
	return out
}

// carrierNames are the groups that could carry them. The groups that rules make
// are many, and asked about only where a template could give them that.
func (c *comparison) carrierNames(affected map[identity.Entitlement]bool) []string {
	for _, p := range []*picture{c.before, c.after} {
		for _, t := range p.Engine.Policy().Templates {
			for _, text := range t.Access {
				for e := range affected {
					if couldBe(text, e.String()) {
						return c.everyName()
					}
				}
			}
		}
	}
	return sortedSet(slices.Concat(c.groups, c.before.names(), c.after.names(), sortedKeys(c.granted)))
}

// couldBe reports whether a text with placeholders could be filled to be address.
func couldBe(text, address string) bool {
	first, last := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if first < 0 || last < first {
		return text == address
	}
	return strings.HasPrefix(address, text[:first]) && strings.HasSuffix(address, text[last+1:])
}

// holders returns who has each of these entitlements, through groups and grants.
func (c *comparison) holders(p *picture, carriers map[string]bool, affected map[identity.Entitlement]bool) map[identity.Entitlement]*roaring.Bitmap {
	out := make(map[identity.Entitlement]*roaring.Bitmap, len(affected))
	for e := range affected {
		out[e] = roaring.New()
	}
	for _, name := range sortedKeys(carriers) {
		for _, e := range p.group(name).Access {
			if affected[e] {
				out[e].Or(p.with(name))
			}
		}
	}
	return out
}

// ByTarget counts what changes on each target; entitlements are sorted by target.
func ByTarget(entitlements []Entitlement) []Target {
	var out []Target
	for _, e := range entitlements {
		if len(out) == 0 || out[len(out)-1].Target != e.Target {
			out = append(out, Target{Target: e.Target})
		}
		t := &out[len(out)-1]
		t.Adds += int(e.Adds.GetCardinality())
		t.Removes += int(e.Removes.GetCardinality())
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
