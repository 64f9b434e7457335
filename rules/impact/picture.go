package impact

import (
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules"
)

// picture is who is in which group on one side, as far as it was looked at.
type picture struct {
	Side
	members map[string]*roaring.Bitmap
	// refused are the decisions about people from whom something may be kept.
	refused map[uint32][]rules.Refusal
	// seen are the groups that were looked at; nil for all of them.
	seen map[string]bool
	// within are the people about whom it is; nil for everybody.
	within *roaring.Bitmap
	known  map[string]identity.Group
	// granted is who is in a group by grants.
	granted map[string]*roaring.Bitmap
	// spelled are the groups that the policy defines, whoever is in them.
	spelled map[string]bool
}

func (s Side) blank() *picture {
	p := &picture{
		Side: s, members: map[string]*roaring.Bitmap{}, refused: map[uint32][]rules.Refusal{},
		known: map[string]identity.Group{}, spelled: map[string]bool{},
	}
	for _, name := range s.Engine.GroupNames() {
		p.spelled[name] = true
	}
	return p
}

// all is the picture of everybody and every group.
func (s Side) all() *picture {
	p := s.blank()
	if s.Members != nil {
		p.members = s.Members
		return p
	}
	p.take(s.Engine.Everyone(s.Population, s.World))
	return p
}

// partial is a picture that is completed group by group, see look.
func (s Side) partial() *picture {
	p := s.blank()
	p.seen = map[string]bool{}
	return p
}

// only is the picture of some people and every group.
func (s Side) only(people *roaring.Bitmap) *picture {
	p := s.blank()
	p.within = people
	for it := people.Iterator(); it.HasNext(); {
		n := it.Next()
		if !s.Population.Has(n) {
			continue
		}
		d := s.Engine.Decide(s.Population.User(n), s.World)
		p.refuse(n, d)
		for _, m := range d.Memberships {
			if p.members[m.Group] == nil {
				p.members[m.Group] = roaring.New()
			}
			p.members[m.Group].Add(n)
		}
	}
	return p
}

// look completes the picture by some groups.
func (p *picture) look(groups []string) {
	if p.seen == nil {
		return
	}
	missing := slices.DeleteFunc(slices.Clone(groups), func(g string) bool { return p.seen[g] })
	if len(missing) == 0 {
		return
	}
	for _, group := range missing {
		p.seen[group] = true
	}
	p.take(p.Engine.Groups(missing, p.Population, p.World))
}

func (p *picture) take(x *rules.Everyone) {
	for i := range x.Holdings {
		h := &x.Holdings[i]
		if p.seen == nil || p.seen[h.Group] {
			p.members[h.Group] = h.Users()
		}
	}
	for n, d := range x.Apart {
		p.refuse(n, d)
	}
}

func (p *picture) refuse(n uint32, d rules.Decision) {
	if len(d.Refused) > 0 {
		p.refused[n] = d.Refused
	}
}

var nobody = roaring.New()

// users is who is in a group. The set must not be changed.
func (p *picture) users(group string) *roaring.Bitmap {
	if users := p.members[group]; users != nil {
		return users
	}
	return nobody
}

// group is what the policy says of a group, nothing for one that it cannot make.
func (p *picture) group(name string) identity.Group {
	g, ok := p.known[name]
	if !ok {
		g, _ = p.Engine.Group(name)
		p.known[name] = g
	}
	return g
}

// names are the groups that are spelled out, and those that somebody is in, sorted.
func (p *picture) names() []string {
	return sortedSet(append(slices.Collect(maps.Keys(p.members)), sortedKeys(p.spelled)...))
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
