package creep

import (
	"iter"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// Surplus is what is held and not explained, before anything was looked up about it.
type Surplus struct {
	in      Input
	catalog *catalog
	excess  []excess // by entitlement; only those that somebody holds in surplus
	granted []granted
	clashes []clash
	idle    []idle
	// observed counts the holdings of users, surplus those of them that nothing explains.
	observed, surplus int
	// given is whom policy and grants give an entitlement of excess.
	given map[identity.Entitlement]*roaring.Bitmap
}

// excess is an entitlement that is held in surplus.
type excess struct {
	*Observed
	target *Target
	// direct and indirect are users; strangers hold it either way, alien only indirectly.
	direct, indirect, strangers, alien *roaring.Bitmap
	// holders are all who hold it.
	holders *roaring.Bitmap
}

// Pair is a holder, a user or an account without one, with an entitlement.
type Pair struct {
	Holder      uint32
	Entitlement identity.Entitlement
}

// Member is a user in a group.
type Member struct {
	User  uint32
	Group string
}

// granted is who is in a group by grants alone.
type granted struct {
	group string
	users *roaring.Bitmap
}

// Find compares what is held with what is explained.
func Find(in Input) *Surplus {
	in.Population.Seal()
	s := &Surplus{in: in, catalog: newCatalog(in.Engine, in.Everyone), given: map[identity.Entitlement]*roaring.Bitmap{}}
	through := s.catalog.through(in.Targets)
	for i := range in.Targets {
		t := &in.Targets[i]
		for k := range t.Observed {
			s.compare(t, &t.Observed[k], through)
		}
		s.findIdle(t)
	}
	slices.SortFunc(s.excess, func(a, b excess) int { return identity.CompareEntitlements(a.Entitlement, b.Entitlement) })
	slices.SortFunc(s.idle, func(a, b idle) int { return compareText(a.target.Name, b.target.Name) })
	s.findGranted()
	s.findClashes()
	return s
}

func (s *Surplus) compare(t *Target, o *Observed, through func(*Observed) *roaring.Bitmap) {
	direct, all := o.holders(false), o.holders(true)
	given := union(s.catalog.given[o.Entitlement])
	s.observed += int(all.Rank(identity.FirstStranger - 1))
	x := excess{Observed: o, target: t, holders: all, direct: roaring.AndNot(direct, given)}
	x.indirect = roaring.AndNot(all, direct)
	if !x.indirect.IsEmpty() {
		x.indirect.AndNot(given)
		x.indirect.AndNot(through(o))
	}
	x.strangers, x.alien = strangers(roaring.Or(x.direct, x.indirect)), strangers(x.indirect)
	x.direct.RemoveRange(identity.FirstStranger, 1<<32)
	x.indirect.RemoveRange(identity.FirstStranger, 1<<32)
	s.surplus += int(x.direct.GetCardinality() + x.indirect.GetCardinality())
	if x.direct.IsEmpty() && x.indirect.IsEmpty() && x.strangers.IsEmpty() {
		return
	}
	s.given[o.Entitlement] = given
	s.excess = append(s.excess, x)
}

// strangers returns the accounts without a user of a set.
func strangers(set *roaring.Bitmap) *roaring.Bitmap {
	out := set.Clone()
	out.RemoveRange(0, identity.FirstStranger)
	return out
}

// holders returns who holds it, directly or in any way. The set must not be changed.
func (o *Observed) holders(any bool) *roaring.Bitmap {
	var parts []*roaring.Bitmap
	for i := range o.Layers {
		if any || !o.Layers[i].Indirect {
			parts = append(parts, o.Layers[i].Holders)
		}
	}
	return union(parts)
}

// since returns since when somebody is known to hold it.
func (o *Observed) since(holder uint32) time.Time {
	var first time.Time
	for i := range o.Layers {
		l := &o.Layers[i]
		if (first.IsZero() || l.Since.Before(first)) && l.Holders.Contains(holder) {
			first = l.Since
		}
	}
	return first
}

// few is up to how many holders are asked about one by one.
const few = 64

// sinces returns since when holders in a set are known to hold it: as since, for many.
func (o *Observed) sinces(set *roaring.Bitmap) map[uint32]time.Time {
	count := set.GetCardinality()
	out := make(map[uint32]time.Time, count)
	if count <= few {
		each(set, func(n uint32) { out[n] = o.since(n) })
		return out
	}
	for i := range o.Layers {
		l := &o.Layers[i]
		each(roaring.And(l.Holders, set), func(n uint32) {
			if first, known := out[n]; !known || l.Since.Before(first) {
				out[n] = l.Since
			}
		})
	}
	return out
}

// all returns everybody who holds it in surplus.
func (x *excess) all() *roaring.Bitmap { return roaring.FastOr(x.direct, x.indirect, x.strangers) }

// shows reports whether somebody holds it, in any way.
func (o *Observed) shows(holder uint32) bool {
	return slices.ContainsFunc(o.Layers, func(l Layer) bool { return l.Holders.Contains(holder) })
}

// union returns whoever is in one of the sets. It must not be changed.
func union(sets []*roaring.Bitmap) *roaring.Bitmap {
	if len(sets) == 1 {
		return sets[0]
	}
	return roaring.FastOr(sets...)
}

// findGranted finds who is in a group by grants alone.
func (s *Surplus) findGranted() {
	for i := range s.in.Everyone.Holdings {
		h := &s.in.Everyone.Holdings[i]
		var by, otherwise []*roaring.Bitmap
		for _, c := range h.Causes {
			if c.Cause.Kind == identity.CauseGrant {
				by = append(by, c.Users)
			} else {
				otherwise = append(otherwise, c.Users)
			}
		}
		if len(by) == 0 {
			continue
		}
		if users := roaring.AndNot(union(by), union(otherwise)); !users.IsEmpty() {
			s.granted = append(s.granted, granted{h.Group, users})
		}
	}
}

// Pairs are who holds what in surplus, by entitlement and holder: whose Facts to look up.
func (s *Surplus) Pairs() iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		for i := range s.excess {
			x := &s.excess[i]
			for it := x.all().Iterator(); it.HasNext(); {
				if !yield(Pair{it.Next(), x.Entitlement}) {
					return
				}
			}
		}
	}
}

// Holders are all of whom the report will speak: whose Person to look up.
func (s *Surplus) Holders() *roaring.Bitmap {
	parts := []*roaring.Bitmap{}
	for i := range s.excess {
		parts = append(parts, s.excess[i].direct, s.excess[i].indirect, s.excess[i].strangers)
	}
	for i := range s.granted {
		parts = append(parts, s.granted[i].users)
	}
	for i := range s.clashes {
		parts = append(parts, s.clashes[i].holders)
	}
	for i := range s.idle {
		parts = append(parts, s.idle[i].accounts)
	}
	return roaring.FastOr(parts...)
}

// Granted are who is in a group by grants alone, by group and user: whose Grants to
// look up.
func (s *Surplus) Granted() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for _, g := range s.granted {
			for it := g.users.Iterator(); it.HasNext(); {
				if !yield(Member{it.Next(), g.group}) {
					return
				}
			}
		}
	}
}

// Members are who is in a group of a constraint that they break: of whom to look up
// since when.
func (s *Surplus) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for i := range s.clashes {
			for _, side := range s.clashes[i].sides {
				for it := roaring.And(side.members, s.clashes[i].holders).Iterator(); it.HasNext(); {
					if !yield(Member{it.Next(), side.group}) {
						return
					}
				}
			}
		}
	}
}

// each hands every holder of a set to fn, ascending.
func each(set *roaring.Bitmap, fn func(uint32)) { population.Each(set, fn) }
