package rules

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// A property is about who is in which group once everything is decided: inGroup
// in its condition means that, too.

// Breach is somebody in a group that a property says they are never in.
type Breach struct {
	UserN  int64            `json:"-"`
	User   string           `json:"user"`
	Group  string           `json:"group"`
	Causes []identity.Cause `json:"causes"`
	// From says where the user comes from: a test, a file, the directory.
	From string `json:"from"`
}

// compileProperties takes the conditions of the properties apart.
func (e *Engine) compileProperties() error {
	for i := range e.policy.Properties {
		p := &e.policy.Properties[i]
		n, err := e.dissect(p.When)
		if err != nil {
			return invalid("compile policy: property "+p.Name, err)
		}
		e.properties = append(e.properties, n)
	}
	return nil
}

// Covers reports whether the property is about a group.
func (p *Property) Covers(group string) bool {
	return slices.ContainsFunc(p.globs, func(g glob) bool { return g.shape.MatchString(group) })
}

// BreachesBy returns the breaches of each property by one user, in the order of
// the policy.
func (e *Engine) BreachesBy(u identity.User, w World) [][]Breach {
	held := e.Memberships(u, w)
	s := e.subject(u, w)
	defer s.release()
	s.inGroup = func(group string) bool { return holdsGroup(held, group) }
	out := make([][]Breach, len(e.properties))
	for i, when := range e.properties {
		if len(held) == 0 || s.judge(when) != yes {
			continue
		}
		for _, m := range held {
			if e.policy.Properties[i].Covers(m.Group) {
				out[i] = append(out[i], Breach{UserN: u.N, User: u.UserName, Group: m.Group, Causes: m.Causes})
			}
		}
	}
	return out
}

// Trespass is everybody who is in one group against a property.
type Trespass struct {
	Group string
	Users *roaring.Bitmap
}

// Trespasses returns who breaks each property, group by group, in the order of
// the policy: the same people that BreachesBy finds one by one.
func (x *Everyone) Trespasses(pop *population.Population, w World) [][]Trespass {
	e := x.engine
	c := e.crowd(pop, w)
	for i := range e.policy.Properties {
		for _, group := range e.policy.Properties[i].When.Groups {
			c.groups[group] = x.Users(group)
		}
	}
	out := make([][]Trespass, len(e.properties))
	for i, when := range e.properties {
		who := x.meant(c, when)
		for j := range x.Holdings {
			h := &x.Holdings[j]
			if !e.policy.Properties[i].Covers(h.Group) {
				continue
			}
			if users := roaring.And(h.Users(), who); !users.IsEmpty() {
				out[i] = append(out[i], Trespass{h.Group, users})
			}
		}
	}
	return out
}

// meant returns of whom the condition of a property holds: by sets, and one by
// one where sets cannot tell.
func (x *Everyone) meant(c *crowd, when *logic) *roaring.Bitmap {
	who := c.holding(when, nil).Clone()
	s := x.engine.blank(c.world)
	defer s.release()
	for n := range x.Apart {
		s.again()
		s.user = c.pop.User(n)
		s.person = known{&s.user}
		s.mark()
		clear(s.boxed)
		s.inGroup = func(group string) bool { return x.Users(group).Contains(n) }
		if s.judge(when) == yes {
			who.Add(n)
		} else {
			who.Remove(n)
		}
	}
	return who
}

// BecauseOf returns why user n is in group.
func (x *Everyone) BecauseOf(n uint32, group string) []identity.Cause {
	var causes []identity.Cause
	for i := range x.Holdings {
		if x.Holdings[i].Group != group {
			continue
		}
		for _, c := range x.Holdings[i].Causes {
			if c.Users.Contains(n) {
				causes = append(causes, c.Cause)
			}
		}
	}
	return causes
}
