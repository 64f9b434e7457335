package store

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"birthright/audit"
)

// Sighting is how well a target is known.
type Sighting struct {
	TargetN int64
	// First and Last are when the first and the last look at all of it began.
	First, Last time.Time
	// Gap says why the last one did not show everything; "" where it did.
	Gap string
	// Tells says that the target knows when accounts were used last, and Uses by
	// whom and when that was, to the day.
	Tells bool
	Uses  map[int64]time.Time
}

// Sighting returns how well a target is known; a zero Last says not at all.
func (tx *Tx) Sighting(ctx context.Context, targetN int64) (Sighting, error) {
	found, err := list(ctx, tx, func(row scanner) (s Sighting, err error) {
		var first, last int64
		var packed []byte
		if err = row.Scan(&s.TargetN, &first, &last, &s.Gap, &s.Tells, &packed); err != nil {
			return s, err
		}
		s.First, s.Last = instant(first), instant(last)
		s.Uses, err = unpackUses(packed)
		return s, err
	}, "SELECT target_n, first_at, last_at, gap, tells, uses FROM sightings WHERE target_n = ?", targetN)
	if err != nil || len(found) == 0 {
		return Sighting{TargetN: targetN}, err
	}
	return found[0], nil
}

// SightingGap says why the last look at a target did not show everything, "" where it did.
func (tx *Tx) SightingGap(ctx context.Context, targetN int64) (string, error) {
	found, err := list(ctx, tx, func(row scanner) (gap string, err error) { return gap, row.Scan(&gap) }, "SELECT gap FROM sightings WHERE target_n = ?", targetN)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

var sightingColumns = concat(ints("target_n", "first_at", "last_at"), words("gap"), truths("tells"), blobs("uses"))

// SaveSighting inserts or replaces how well a target is known.
func (tx *Tx) SaveSighting(ctx context.Context, s Sighting, events ...audit.Event) error {
	packed := packUses(s.Uses)
	into := bulk{"sightings", sightingColumns, replacing("target_n", sightingColumns)}
	err := into.write(ctx, tx, 1, func(_ int, v []any) {
		v[0], v[1], v[2], v[3], v[4], v[5] = s.TargetN, micros(s.First), micros(s.Last), printable(s.Gap), s.Tells, packed
	})
	return tx.note(err, events)
}

const day = 24 * time.Hour

// packUses writes holders and days as growing numbers, each as the difference to the
// one before: some three bytes for each of a million.
func packUses(uses map[int64]time.Time) []byte {
	out := []byte{}
	before := int64(0)
	for _, n := range slices.Sorted(maps.Keys(uses)) {
		out = binary.AppendUvarint(out, uint64(n-before))
		out = binary.AppendUvarint(out, uint64(max(0, uses[n].Unix()/int64(day/time.Second))))
		before = n
	}
	return out
}

func unpackUses(packed []byte) (map[int64]time.Time, error) {
	out := make(map[int64]time.Time, len(packed)/3)
	n := int64(0)
	for len(packed) > 0 {
		step, a := binary.Uvarint(packed)
		days, b := binary.Uvarint(packed[max(a, 0):])
		if a <= 0 || b <= 0 {
			return nil, errors.New("what is kept of last uses is damaged")
		}
		n += int64(step)
		out[n] = time.Unix(0, 0).UTC().Add(time.Duration(days) * day)
		packed = packed[a+b:]
	}
	return out, nil
}
