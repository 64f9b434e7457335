package store

import (
	"context"
	"time"

	"birthright/audit"
	"birthright/identity"
)

// Stranger is an account on a target that belongs to no user.
type Stranger struct {
	N              int64 // from identity.FirstStranger up; given by SaveStrangers
	TargetN        int64
	NativeID, Name string
	Active         bool
	// Since is when it was first seen; Until when it was seen to be gone, or to be
	// somebody's, zero while it is there.
	Since, Until time.Time
}

var strangerColumns = concat(ints("n", "target_n"), words("native_id", "name"), truths("active"), ints("since", "until"))

const selectStrangers = "SELECT n, target_n, native_id, name, active, since, until FROM strangers "

func readStranger(row scanner) (s Stranger, err error) {
	var since, until int64
	err = row.Scan(&s.N, &s.TargetN, &s.NativeID, &s.Name, &s.Active, &since, &until)
	s.Since, s.Until = instant(since), instant(until)
	return s, err
}

// StrangersOn returns the strangers of a target, those too that are there no more, by
// number.
func (tx *Tx) StrangersOn(ctx context.Context, targetN int64) ([]Stranger, error) {
	return list(ctx, tx, readStranger, selectStrangers+"WHERE target_n = ? ORDER BY n", targetN)
}

// StrangersByN returns the strangers with these numbers, by number; numbers that
// nobody has are left out.
func (tx *Tx) StrangersByN(ctx context.Context, ns []int64) ([]Stranger, error) {
	return list(ctx, tx, readStranger, selectStrangers+"WHERE n IN {numbers} ORDER BY n", numbers(ns))
}

// NumberStrangers gives those of some strangers a number that have none yet. It is
// nobody else's, whether they are saved or not.
func (tx *Tx) NumberStrangers(ctx context.Context, rows []*Stranger) error {
	fresh := 0
	for _, s := range rows {
		if s.N == 0 {
			fresh++
		}
	}
	if fresh == 0 {
		return nil
	}
	next, err := tx.take(ctx, "strangers", fresh)
	if err != nil {
		return err
	}
	for _, s := range rows {
		if s.N == 0 {
			s.N = identity.FirstStranger + next - 1
			next++
		}
	}
	return nil
}

// SaveStrangers inserts or replaces strangers. A new one, with the number 0, gets its
// number, also in rows.
func (tx *Tx) SaveStrangers(ctx context.Context, rows []*Stranger, events ...audit.Event) error {
	if err := tx.NumberStrangers(ctx, rows); err != nil {
		return err
	}
	into := bulk{"strangers", strangerColumns, replacing("n", strangerColumns, "target_n", "native_id", "since")}
	err := into.write(ctx, tx, len(rows), func(i int, v []any) {
		s := rows[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = s.N, s.TargetN, s.NativeID, printable(s.Name), s.Active, micros(s.Since), micros(s.Until)
	})
	return tx.note(err, events)
}
