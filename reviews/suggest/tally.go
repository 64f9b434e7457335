package suggest

import (
	"maps"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// tallied returns the requests of the window by group; groups that cannot reach the
// thresholds by number alone are left out.
func tallied(in Input) map[string][]Request {
	counts := map[string]int{}
	for i := range in.Requests {
		if r := &in.Requests[i]; !r.At.Before(in.Since) {
			counts[r.Group]++
		}
	}
	out := map[string][]Request{}
	for group, n := range counts {
		if n >= in.Thresholds.Requests && n >= in.Askers {
			out[group] = make([]Request, 0, n)
		}
	}
	for i := range in.Requests {
		r := &in.Requests[i]
		if list, ok := out[r.Group]; ok && !r.At.Before(in.Since) {
			out[r.Group] = append(list, *r)
		}
	}
	return out
}

// counted is what the requests for one group come to.
type counted struct {
	Evidence
	// askers got it at least once, denied never did.
	askers, denied *roaring.Bitmap
	// got is how often each of the askers got it.
	got map[uint32]int
}

// count counts the requests of those who could gain the group. Where the draft is
// about approving without a decision, those that needed none prove nothing.
func (l *learner) count(requests []Request, could *roaring.Bitmap, kind string) counted {
	c := counted{Evidence: Evidence{Since: l.Since}, askers: roaring.New(), denied: roaring.New(), got: map[uint32]int{}}
	var lengths []time.Duration
	for i := range requests {
		r := &requests[i]
		if !could.Contains(uint32(r.UserN)) || kind == AsAuto && r.Auto {
			continue
		}
		c.Requests++
		if r.At.After(c.Last) {
			c.Last = r.At
		}
		if !r.Approved {
			c.denied.Add(uint32(r.UserN))
			continue
		}
		c.Approved++
		c.got[uint32(r.UserN)]++
		lengths = append(lengths, r.Duration)
	}
	for n := range c.got {
		c.askers.Add(n)
	}
	c.denied.AndNot(c.askers)
	c.Askers, c.Median = size(c.askers), median(lengths)
	return c
}

// median is the middle of some lengths, the lower one of two; 0 of none.
func median(lengths []time.Duration) time.Duration {
	if len(lengths) == 0 {
		return 0
	}
	slices.Sort(lengths)
	return lengths[(len(lengths)-1)/2]
}
