package creep

import (
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"
)

// Asked about one by one or together, holders are known since the same time.
func TestSinces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o Observed
		numbers := rapid.SliceOfN(rapid.Uint32Range(0, 300), 0, 200)
		for i := range rapid.IntRange(0, 5).Draw(t, "layers") {
			since := time.Unix(rapid.Int64Range(1, 9).Draw(t, "since"), 0)
			o.Layers = append(o.Layers, Layer{Since: since, Indirect: i == 1, Holders: roaring.BitmapOf(numbers.Draw(t, "holders")...)})
		}
		set := roaring.And(roaring.BitmapOf(numbers.Draw(t, "asked")...), o.holders(true))
		got := o.sinces(set)
		if len(got) != int(set.GetCardinality()) {
			t.Fatalf("%d holders, %d times", set.GetCardinality(), len(got))
		}
		each(set, func(n uint32) {
			if !got[n].Equal(o.since(n)) || got[n].IsZero() {
				t.Fatalf("%d: %s and %s", n, got[n], o.since(n))
			}
		})
	})
}
