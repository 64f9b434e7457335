package suggest

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// marksEach is how many marks a set has: sets that share 95 % of their members share
// one of four but for six in a million pairs.
const marksEach = 4

// mark is the least of a set's members in one order of all people: two sets have it in
// common as often as they are alike.
type mark struct {
	order int
	least uint64
}

// marksOf are the marks of a set. They are drawn by a fixed mixture of bits, so that the
// same sets have the same marks on every machine.
func marksOf(set *roaring.Bitmap) [marksEach]mark {
	var out [marksEach]mark
	for i := range out {
		out[i] = mark{i, ^uint64(0)}
	}
	for it := set.Iterator(); it.HasNext(); {
		n := uint64(it.Next()) + 1
		for i := range out {
			out[i].least = min(out[i].least, mixed(n, uint64(i)))
		}
	}
	return out
}

// mixed spreads a number over all 64 bits (the finaliser of SplitMix64).
func mixed(n, order uint64) uint64 {
	x := n*0x9e3779b97f4a7c15 + (order+1)*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// likeIt is the first bundle from first on that is like a holding, -1 for none.
func (m *miner) likeIt(out []bundle, first int, h Holding, marks [marksEach]mark, marked map[mark][]int) int {
	var candidates []int
	for _, k := range marks {
		candidates = append(candidates, marked[k]...)
	}
	slices.Sort(candidates)
	for _, i := range slices.Compact(candidates) {
		if i >= first && m.alike(out[i], h) {
			return i
		}
	}
	return -1
}
