package creep

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// clash is a constraint with those who hold together what it keeps apart.
type clash struct {
	*rules.Constraint
	sides   []side
	holders *roaring.Bitmap
}

// side is one group of a constraint. Observed are who hold what it gives.
type side struct {
	group             string
	members, observed *roaring.Bitmap
	// by are the observed entitlements that speak for the group.
	by []*Observed
}

func (s *Surplus) findClashes() {
	observed := map[identity.Entitlement]*Observed{}
	for i := range s.in.Targets {
		for k := range s.in.Targets[i].Observed {
			o := &s.in.Targets[i].Observed[k]
			observed[o.Entitlement] = o
		}
	}
	list := s.in.Engine.Policy().Constraints
	for i := range list {
		c := clash{Constraint: &list[i], holders: roaring.New()}
		once := roaring.New()
		for _, group := range list[i].Conflict {
			x := s.side(group, observed)
			either := roaring.Or(x.members, x.observed)
			c.holders.Or(roaring.And(once, either))
			once.Or(either)
			c.sides = append(c.sides, x)
		}
		if !c.holders.IsEmpty() {
			s.clashes = append(s.clashes, c)
		}
	}
	slices.SortFunc(s.clashes, func(a, b clash) int { return compareText(a.Name, b.Name) })
}

// side finds who is in a group or holds what it gives: one of the entitlements that
// no group gives but this one and those that contain it. What others give too, such
// as the chat that everybody has, tells nothing; where there is nothing else, all of
// it together does.
func (s *Surplus) side(group string, observed map[identity.Entitlement]*Observed) side {
	x := side{group: group, members: s.in.Everyone.Users(group), observed: roaring.New()}
	g, _ := s.in.Engine.Group(group)
	access := distinct(g.Access)
	own := slices.DeleteFunc(slices.Clone(access), func(e identity.Entitlement) bool { return !s.telling(group, e) })
	for _, ent := range own {
		if o := observed[ent]; o != nil {
			x.by = append(x.by, o)
			x.observed.Or(o.holders(true))
		}
	}
	if len(own) > 0 {
		return x
	}
	for i, ent := range access {
		o := observed[ent]
		if o == nil {
			return side{group: group, members: x.members, observed: roaring.New()}
		}
		x.by = append(x.by, o)
		if i == 0 {
			x.observed.Or(o.holders(true))
		} else {
			x.observed.And(o.holders(true))
		}
	}
	return x
}

// telling reports whether an entitlement speaks for a group alone.
func (s *Surplus) telling(group string, ent identity.Entitlement) bool {
	around := s.in.Engine.Around(group)
	return !slices.ContainsFunc(s.catalog.of(ent).groups, func(other string) bool {
		return other != group && !slices.Contains(around, other)
	})
}
