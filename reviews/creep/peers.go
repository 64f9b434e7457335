package creep

import (
	"iter"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/rules/population"
)

// fewestPeers is how many peers a share is worth telling of: with fewer, more
// people are compared with.
const fewestPeers = 3

// What peers have in common.
const (
	SameTeam       = "department, team and title"
	SameTitle      = "department and title"
	SameDepartment = "department"
)

// Peers are how many of the people like somebody hold the same.
type Peers struct {
	// Level says what they have in common; "" where there are too few however they
	// are counted.
	Level   string `json:"level"`
	People  int    `json:"people"`
	Holding int    `json:"holding"`
	// Share is Holding of People, rounded down to thousandths; 0 without peers.
	Share float64 `json:"share"`
}

// combination is what people have in common, by codes of the columns; 0 for
// nothing in particular.
type combination struct{ department, team, title uint32 }

// circle compares people with those like them, by sets that are made once for each
// combination.
type circle struct {
	pop     *population.Population
	columns [3]*population.Column
	sets    map[combination]*roaring.Bitmap
	// counts are how many of a combination hold something, for one entitlement.
	counts map[combination]int
	of     *roaring.Bitmap
}

func newCircle(pop *population.Population) *circle {
	c := &circle{pop: pop, sets: map[combination]*roaring.Bitmap{}}
	for i, r := range []population.Reading{department, team, title} {
		c.columns[i] = pop.Column(r)
	}
	return c
}

// place returns where somebody is, as codes.
func (c *circle) place(n uint32, p Person) combination {
	if !c.pop.Has(n) {
		return c.find(p.Department, p.Team, p.Title)
	}
	var codes [3]uint32
	for i, column := range c.columns {
		if column != nil {
			codes[i] = column.Code(n)
		}
	}
	return combination{codes[0], codes[1], codes[2]}
}

// find returns the codes of values; 0 for those that nobody has.
func (c *circle) find(values ...string) combination {
	var codes [3]uint32
	for i, column := range c.columns {
		if column != nil {
			codes[i], _ = column.Find(values[i])
		}
	}
	return combination{codes[0], codes[1], codes[2]}
}

// gather makes the sets of people of the same title in the places of those of whom
// it will be asked. There are nearly as many as people to ask about: one pass over
// everybody costs less than as many intersections. Combinations with too few people
// to be peers are left out.
func (c *circle) gather(places iter.Seq[combination]) {
	found := map[combination][]uint32{}
	for k := range places {
		for _, titled := range k.titled() {
			found[titled] = nil
		}
	}
	if len(found) == 0 {
		return
	}
	each(c.pop.Active(), func(n uint32) {
		for _, k := range c.place(n, Person{}).titled() {
			if list, wanted := found[k]; wanted {
				found[k] = append(list, n)
			}
		}
	})
	for k, list := range found {
		if len(list) >= fewestPeers {
			c.sets[k] = roaring.BitmapOf(list...)
		}
	}
}

// titled returns the combinations with a title that a place is in.
func (k combination) titled() []combination {
	wide := combination{department: k.department, title: k.title}
	switch {
	case k.department == 0 || k.title == 0:
		return nil
	case k.team == 0:
		return []combination{wide}
	}
	return []combination{k, wide}
}

// set returns the people of a combination; of one with a title, what was gathered.
func (c *circle) set(k combination) *roaring.Bitmap {
	if set := c.sets[k]; set != nil {
		return set
	}
	var set *roaring.Bitmap
	switch {
	case k.title != 0:
		return roaring.New() // too few, or it would have been gathered
	case k.department != 0 && k.team != 0:
		set = roaring.And(c.set(combination{department: k.department}), c.set(combination{team: k.team}))
	case k.department != 0:
		set = c.columns[0].Holders(k.department)
	default:
		set = c.columns[1].Holders(k.team)
	}
	c.sets[k] = set
	return set
}

// look makes peers those of holders of one entitlement from now on.
func (c *circle) look(holders *roaring.Bitmap) { c.of, c.counts = holders, map[combination]int{} }

// peers compares user n, who holds what is looked at, with the people in the same
// place.
func (c *circle) peers(n uint32, at combination) Peers {
	for _, wider := range []struct {
		level string
		combination
		known bool
	}{
		{SameTeam, at, at.team != 0 && at.title != 0},
		{SameTitle, combination{department: at.department, title: at.title}, at.title != 0},
		{SameDepartment, combination{department: at.department}, true},
	} {
		if !wider.known || at.department == 0 {
			continue
		}
		set := c.set(wider.combination)
		people := int(set.GetCardinality())
		self := set.Contains(n)
		if self {
			people--
		}
		if people < fewestPeers {
			continue
		}
		holding := c.count(wider.combination, set)
		if self && c.of.Contains(n) {
			holding--
		}
		return Peers{Level: wider.level, People: people, Holding: holding, Share: float64(whole*holding/people) / whole}
	}
	return Peers{}
}

func (c *circle) count(k combination, set *roaring.Bitmap) int {
	n, known := c.counts[k]
	if !known {
		n = int(set.AndCardinality(c.of))
		c.counts[k] = n
	}
	return n
}

// most reports whether half or more of the people in a place are given something,
// and of how many.
func (c *circle) most(given *roaring.Bitmap, k combination) (of int, yes bool) {
	if k.department == 0 && k.team == 0 {
		return 0, false
	}
	set := c.set(k)
	people := int(set.GetCardinality())
	return people, people >= fewestPeers && 2*int(set.AndCardinality(given)) >= people
}
