package main

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
)

// postings is who has which value, laid out by hand.
type postings [][]*roaring.Bitmap // by attribute and value

// floorOf builds postings of people.
func floorOf(people int) postings {
	p := make(postings, len(attributes))
	index := make([]map[string]int, len(attributes))
	for i, a := range attributes {
		index[i] = make(map[string]int, a.values)
		p[i] = make([]*roaring.Bitmap, a.values)
		for v := range p[i] {
			index[i][valueOf(i, v)] = v
			p[i][v] = roaring.New()
		}
	}
	c := newCrowd()
	for n := range people {
		u := c.person(int64(n + 1))
		for i, a := range attributes {
			if value := u.Attributes.First(a.name); value != "" {
				p[i][index[i][value]].Add(uint32(n + 1))
			}
		}
	}
	return p
}

// evaluate does the set algebra that the shapes come to, on all cores, and
// returns whom each holds of.
func (p postings) evaluate(all []shape) []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, len(all))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1) - 1); i < len(all); i = int(next.Add(1) - 1) {
				out[i] = p.shape(all[i])
			}
		})
	}
	wait.Wait()
	return out
}

func (p postings) shape(s shape) *roaring.Bitmap {
	var out *roaring.Bitmap
	for _, terms := range s {
		set := p.terms(terms)
		if out == nil {
			out = set
		} else {
			out = roaring.Or(out, set)
		}
	}
	return out
}

// terms are in the order in which a hand would take them: what must be, first.
func (p postings) terms(terms []term) *roaring.Bitmap {
	var out *roaring.Bitmap
	for _, t := range terms {
		sets := make([]*roaring.Bitmap, len(t.values))
		for i, v := range t.values {
			sets[i] = p[t.attribute][v]
		}
		set := sets[0]
		if len(sets) > 1 {
			set = roaring.FastOr(sets...)
		}
		switch {
		case t.not:
			out = roaring.AndNot(out, set)
		case out == nil:
			out = set
		default:
			out = roaring.And(out, set)
		}
	}
	return out
}

// pairs counts who holds of what.
func pairs(all []*roaring.Bitmap) int {
	sum := uint64(0)
	for _, set := range all {
		sum += set.GetCardinality()
	}
	return int(sum)
}

// crowdOf makes people in memory.
func crowdOf(people int) []identity.User {
	c := newCrowd()
	out := make([]identity.User, people)
	for i := range out {
		out[i] = c.person(int64(i + 1))
	}
	return out
}
