package intake

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"birthright/identity"
	"birthright/store"
)

// chunks yields the numbers of set in order, at most size at a time.
func chunks(set *roaring64.Bitmap, size int) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		if set == nil {
			return
		}
		chunk := make([]int64, 0, size)
		for it := set.Iterator(); it.HasNext(); {
			chunk = append(chunk, int64(it.Next()))
			if len(chunk) == size || !it.HasNext() {
				if !yield(chunk) {
					return
				}
				chunk = chunk[:0]
			}
		}
	}
}

// recordsByN returns the records of source with the numbers ns, in that order.
func recordsByN(ctx context.Context, tx *store.Tx, source string, ns []int64) ([]identity.Record, error) {
	keyOf, err := tx.RecordKeys(ctx, ns)
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(ns))
	for _, n := range ns {
		if key, ok := keyOf[n]; ok {
			keys = append(keys, key)
		}
	}
	byKey, err := tx.RecordsByKey(ctx, source, keys)
	if err != nil {
		return nil, err
	}
	records := make([]identity.Record, 0, len(keys))
	for _, key := range keys {
		if r, ok := byKey[key]; ok {
			records = append(records, r)
		}
	}
	return records, nil
}

// enqueueUsers leaves work for users whose groups changed.
func (b *batch) enqueueUsers(ctx context.Context, userNs []int64) error {
	work := make([]store.Work, 0, len(userNs))
	for _, n := range userNs {
		if b.parked == nil || !b.parked.Contains(uint64(n)) {
			work = append(work, store.Work{UserN: n, DueAt: b.due})
		}
	}
	return b.enqueue(ctx, work)
}

// sorted yields the entries of m in order of their keys.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
