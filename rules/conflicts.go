package rules

import (
	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// Conflict is what somebody holds together although a constraint that is only
// reported would keep it apart.
type Conflict struct {
	Constraint string `json:"constraint"`
	// Groups are those of the constraint that are held, in its order.
	Groups []string `json:"groups"`
}

// Conflicts returns what is to be reported of somebody with these memberships.
func (e *Engine) Conflicts(memberships []identity.Membership) []Conflict {
	var out []Conflict
	for i := range e.policy.Constraints {
		c := &e.policy.Constraints[i]
		if c.Mode != Report {
			continue
		}
		if held := heldOf(c, func(group string) bool { return holdsGroup(memberships, group) }); len(held) > 1 {
			out = append(out, Conflict{c.Name, held})
		}
	}
	return out
}

// Conflicts returns what is to be reported of everybody, by user number.
func (x *Everyone) Conflicts() map[uint32][]Conflict {
	out := map[uint32][]Conflict{}
	for i := range x.engine.policy.Constraints {
		c := &x.engine.policy.Constraints[i]
		if c.Mode != Report {
			continue
		}
		sets := map[string]*roaring.Bitmap{}
		for _, group := range c.Conflict {
			sets[group] = x.Users(group)
		}
		population.Each(several(c.Conflict, func(group string) *roaring.Bitmap { return sets[group] }), func(n uint32) {
			held := heldOf(c, func(group string) bool { return sets[group].Contains(n) })
			out[n] = append(out[n], Conflict{c.Name, held})
		})
	}
	return out
}

func heldOf(c *Constraint, holds func(string) bool) []string {
	var held []string
	for _, group := range c.Conflict {
		if holds(group) {
			held = append(held, group)
		}
	}
	return held
}
