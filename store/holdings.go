package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/audit"
)

// HoldingLayer is who holds an entitlement on a target: of all its holders those who
// were first seen with it at one instant. A holder is a user's number or a
// stranger's.
type HoldingLayer struct {
	TargetN, EntN int64
	Indirect      bool // it comes through something else on the target
	Since         time.Time
	// Holders must not be changed; one without any is deleted when it is saved.
	Holders *roaring.Bitmap
}

// PastHolding is a holding that was seen to be gone.
type PastHolding struct {
	Holder, TargetN, EntN int64
	Since, Until          time.Time
}

var holdingColumns = concat(ints("target_n", "ent_n"), truths("indirect"), ints("since"), blobs("holders"))

const selectHoldings = "SELECT target_n, ent_n, indirect, since, holders FROM holdings "

func readHolding(row scanner) (l HoldingLayer, err error) {
	var since int64
	var packed []byte
	if err = row.Scan(&l.TargetN, &l.EntN, &l.Indirect, &since, &packed); err != nil {
		return l, err
	}
	l.Since, l.Holders = instant(since), roaring.New()
	if _, err = l.Holders.FromBuffer(packed); err != nil { // the driver gave us the bytes
		err = fmt.Errorf("holders of entitlement %d: %w", l.EntN, err)
	}
	return l, err
}

// HoldingsOn returns who holds what on a target, as of the last look at all of it, by
// entitlement and time.
func (tx *Tx) HoldingsOn(ctx context.Context, targetN int64) ([]HoldingLayer, error) {
	return list(ctx, tx, readHolding, selectHoldings+"WHERE target_n = ? ORDER BY ent_n, indirect, since", targetN)
}

// HoldingsOf returns those layers, on any target, that some of these entitlements
// have, by target, entitlement and time.
func (tx *Tx) HoldingsOf(ctx context.Context, entNs []int64) ([]HoldingLayer, error) {
	return list(ctx, tx, readHolding, selectHoldings+"WHERE ent_n IN {numbers} ORDER BY target_n, ent_n, indirect, since", numbers(entNs))
}

// SaveHoldings replaces layers, and deletes those without holders; past is what is
// gone from them.
func (tx *Tx) SaveHoldings(ctx context.Context, layers []HoldingLayer, past []PastHolding, events ...audit.Event) error {
	kept := make([]HoldingLayer, 0, len(layers))
	packed := make([][]byte, 0, len(layers))
	for _, l := range layers {
		if l.Holders.IsEmpty() {
			if err := tx.dropLayer(ctx, l); err != nil {
				return err
			}
			continue
		}
		bytes, err := l.Holders.ToBytes()
		if err != nil {
			return fmt.Errorf("holders of entitlement %d: %w", l.EntN, err)
		}
		kept, packed = append(kept, l), append(packed, bytes)
	}
	into := bulk{"holdings", holdingColumns, replacing("target_n, ent_n, indirect, since", holdingColumns)}
	err := into.write(ctx, tx, len(kept), func(i int, v []any) {
		l := &kept[i]
		v[0], v[1], v[2], v[3], v[4] = l.TargetN, l.EntN, l.Indirect, micros(l.Since), packed[i]
	})
	if err != nil {
		return err
	}
	return tx.note(tx.addPast(ctx, past), events)
}

func (tx *Tx) dropLayer(ctx context.Context, l HoldingLayer) error {
	return tx.exec(ctx, "DELETE FROM holdings WHERE target_n = ? AND ent_n = ? AND indirect = ? AND since = ?", l.TargetN, l.EntN, l.Indirect, micros(l.Since))
}

var pastHoldingColumns = ints("holder", "target_n", "ent_n", "since", "until")

func (tx *Tx) addPast(ctx context.Context, past []PastHolding) error {
	past = lastOf(past, func(p PastHolding) [4]int64 { return [4]int64{p.Holder, p.TargetN, p.EntN, micros(p.Since)} })
	into := bulk{"holdings_past", pastHoldingColumns, replacing("holder, target_n, ent_n, since", pastHoldingColumns)}
	return into.write(ctx, tx, len(past), func(i int, v []any) {
		p := past[i]
		v[0], v[1], v[2], v[3], v[4] = p.Holder, p.TargetN, p.EntN, micros(p.Since), micros(p.Until)
	})
}

// PastHoldings returns what these holders had and have no more, by holder, target,
// entitlement and time.
func (tx *Tx) PastHoldings(ctx context.Context, holders []int64) ([]PastHolding, error) {
	return list(ctx, tx, func(row scanner) (p PastHolding, err error) {
		var since, until int64
		err = row.Scan(&p.Holder, &p.TargetN, &p.EntN, &since, &until)
		p.Since, p.Until = instant(since), instant(until)
		return p, err
	}, "SELECT holder, target_n, ent_n, since, until FROM holdings_past WHERE holder IN {numbers} ORDER BY holder, target_n, ent_n, since", numbers(slices.Clone(holders)))
}

// EachPastHolding hands what was seen to be gone in a time to fn, by holder, target,
// entitlement and time.
func (tx *Tx) EachPastHolding(ctx context.Context, from, until time.Time, fn func(PastHolding) error) error {
	return tx.each(ctx, func(row scanner) error {
		var p PastHolding
		var since, gone int64
		if err := row.Scan(&p.Holder, &p.TargetN, &p.EntN, &since, &gone); err != nil {
			return err
		}
		p.Since, p.Until = instant(since), instant(gone)
		return fn(p)
	}, "SELECT holder, target_n, ent_n, since, until FROM holdings_past WHERE until >= ? AND since < ? ORDER BY holder, target_n, ent_n, since", micros(from), micros(until))
}
