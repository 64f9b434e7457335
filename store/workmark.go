package store

import (
	"context"
	"time"
)

// WorkMark returns the place of the queue that this transaction sees: every
// note made or claimed later is beyond it.
func (tx *Tx) WorkMark(ctx context.Context) (int64, error) {
	return tx.number(ctx, "SELECT coalesce(max(last), 0) FROM numbers WHERE name = 'work'")
}

// ClearWork ends the work for a target that was noted up to mark, but for the
// users in except: a pass over everybody that began at mark has seen to it.
// What somebody holds a lease on, or claimed since, is left to them. It ends that of up
// to limit users with numbers above after, and returns the last of them, 0 for none.
func (tx *Tx) ClearWork(ctx context.Context, target string, mark int64, except []int64, after int64, limit int) (last int64, err error) {
	users, err := list(ctx, tx, func(row scanner) (n int64, err error) { return n, row.Scan(&n) }, `SELECT user_n FROM work
		WHERE target = ? AND user_n > ? AND version <= ? AND leased_until <= ? AND user_n NOT IN {numbers} ORDER BY user_n LIMIT ?`,
		target, after, mark, micros(tx.now), append(numbers{}, except...), bound(limit)) // a list that is null would match nothing
	if err != nil || len(users) == 0 {
		return 0, err
	}
	return users[len(users)-1], tx.exec(ctx, "DELETE FROM work WHERE target = ? AND user_n IN {numbers}", target, numbers(users))
}

// NextLapse returns when the first lease on work is over that somebody holds now; the
// zero time where nobody holds one.
func (tx *Tx) NextLapse(ctx context.Context) (time.Time, error) {
	next, err := tx.number(ctx, "SELECT coalesce(min(leased_until), 0) FROM work WHERE leased_until <> 0")
	return instant(next), err
}
