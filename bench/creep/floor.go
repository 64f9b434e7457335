package main

import (
	"fmt"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
	"birthright/rules/population"
)

var worldNow = rules.World{At: noon, Facts: rules.Nothing{}}

// place is where somebody is, as plain values.
type place struct{ department, team, title uint32 }

// wider are places with less in common.
func (p place) wider() []place {
	return []place{p, {department: p.department, title: p.title}, {department: p.department}}
}

func (p place) within(of place) bool {
	return p.department == of.department && (of.team == 0 || p.team == of.team) && (of.title == 0 || p.title == of.title)
}

// plain is what loops go over.
type plain struct {
	places  []place // by user number
	holders map[identity.Entitlement]*roaring.Bitmap
}

func plainly(in creep.Input) plain {
	out := plain{places: make([]place, people+1), holders: map[identity.Entitlement]*roaring.Bitmap{}}
	code := func(name string, n int) uint32 {
		return in.Population.Column(population.Reading{Attribute: name}).Code(uint32(n))
	}
	for n := 1; n <= people; n++ {
		out.places[n] = place{code("department", n), code("team", n), code("title", n)}
	}
	for i := range in.Targets {
		for _, o := range in.Targets[i].Observed {
			all := roaring.New()
			for _, l := range o.Layers {
				all.Or(l.Holders)
			}
			out.holders[o.Entitlement] = all
		}
	}
	return out
}

// loop counts the peers of user n among everybody.
func (p plain) loop(n uint32, holders *roaring.Bitmap) (peers, holding int) {
	for _, of := range p.places[n].wider() {
		peers, holding = 0, 0
		for other := 1; other <= people; other++ {
			if uint32(other) != n && p.places[other].within(of) {
				peers++
				if holders.Contains(uint32(other)) {
					holding++
				}
			}
		}
		if peers >= 3 {
			return peers, holding
		}
	}
	return 0, 0
}

// compare finds the same peers in two plain ways.
func compare(in creep.Input, r *creep.Report, figures map[string]float64) error {
	var entries []*creep.Entry
	for i := range r.Users {
		for k := range r.Users[i].Surplus {
			entries = append(entries, &r.Users[i].Surplus[k])
		}
	}
	p := plainly(in)
	began := time.Now()
	for i := range sample {
		e := entries[i*len(entries)/sample]
		if err := sameAs(e, p.holders[e.Pair.Entitlement], p.loop); err != nil {
			return err
		}
	}
	figures["loop"] = time.Since(began).Seconds() / sample * float64(len(entries))
	began = time.Now()
	lists := map[place][]uint32{}
	for n := 1; n <= people; n++ {
		for _, of := range p.places[n].wider() {
			lists[of] = append(lists[of], uint32(n))
		}
	}
	figures["listing"] = time.Since(began).Seconds()
	began = time.Now()
	by := func(n uint32, holders *roaring.Bitmap) (peers, holding int) {
		for _, of := range p.places[n].wider() {
			if peers = len(lists[of]) - 1; peers < 3 {
				continue
			}
			for _, other := range lists[of] {
				if other != n && holders.Contains(other) {
					holding++
				}
			}
			return peers, holding
		}
		return 0, 0
	}
	for i := range sample {
		e := entries[i*len(entries)/sample]
		if err := sameAs(e, p.holders[e.Pair.Entitlement], by); err != nil {
			return err
		}
	}
	figures["lists"] = time.Since(began).Seconds() / sample * float64(len(entries))
	return nil
}

type counting func(n uint32, holders *roaring.Bitmap) (peers, holding int)

func sameAs(e *creep.Entry, holders *roaring.Bitmap, count counting) error {
	if people, holding := count(e.Pair.Holder, holders); people != e.Peers.People || holding != e.Peers.Holding {
		return fmt.Errorf("%d of %d peers hold it by loops, %d of %d in the report", holding, people, e.Peers.Holding, e.Peers.People)
	}
	return nil
}
