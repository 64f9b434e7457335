package store

import (
	"context"

	"birthright/audit"
)

// WorkMark returns the place of the queue that this transaction sees: every
// note made or claimed later is beyond it.
func (tx *Tx) WorkMark(ctx context.Context) (int64, error) {
	return tx.number(ctx, "SELECT coalesce(max(last), 0) FROM numbers WHERE name = 'work'")
}

// ClearWork ends the work for a target that was noted up to mark, but for the
// users in except: a pass over everybody that began at mark has seen to it.
// What somebody holds a lease on, or claimed since, is left to them.
func (tx *Tx) ClearWork(ctx context.Context, target string, mark int64, except []int64, events ...audit.Event) error {
	err := tx.exec(ctx, `DELETE FROM work WHERE target = ? AND version <= ? AND leased_until <= ?
		AND user_n NOT IN {numbers}`, target, mark, micros(tx.now), append(numbers{}, except...)) // a list that is null would match nothing
	return tx.note(err, events)
}
