package creep

import (
	"github.com/RoaringBitmap/roaring/v2"
)

// idle is the accounts of a target that nobody used for long.
type idle struct {
	target   *Target
	accounts *roaring.Bitmap
	unknown  int // accounts of which it is not known
}

// findIdle finds the accounts of a target that nobody used for long. One that was
// never used must have been there for as long, which is known of who holds something.
func (s *Surplus) findIdle(t *Target) {
	if s.in.Unused <= 0 {
		return
	}
	if !t.Tells {
		if all := holdersOn(t, nil); !all.IsEmpty() {
			s.idle = append(s.idle, idle{t, roaring.New(), int(all.GetCardinality())})
		}
		return
	}
	limit := s.in.At.Add(-s.in.Unused)
	old := holdersOn(t, func(l *Layer) bool { return !l.Since.After(limit) })
	var lately, long []uint32
	for n, last := range t.Uses {
		if last.After(limit) {
			lately = append(lately, uint32(n))
		} else {
			long = append(long, uint32(n))
		}
	}
	found := roaring.Or(old, roaring.BitmapOf(long...))
	found.AndNot(roaring.BitmapOf(lately...))
	s.idle = append(s.idle, idle{target: t, accounts: found})
}

// holdersOn returns who holds something on a target, by the layers that take says.
func holdersOn(t *Target, take func(*Layer) bool) *roaring.Bitmap {
	var parts []*roaring.Bitmap
	for i := range t.Observed {
		for k := range t.Observed[i].Layers {
			if l := &t.Observed[i].Layers[k]; take == nil || take(l) {
				parts = append(parts, l.Holders)
			}
		}
	}
	return roaring.FastOr(parts...)
}
