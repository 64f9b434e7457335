package store

import (
	"context"
	"time"

	"birthright/audit"
)

// ClaimWork leases up to limit notes that are due, of any target, to the caller
// for a time: nobody else gets them before the lease is over. Removals come
// first, then what is due longest.
func (tx *Tx) ClaimWork(ctx context.Context, limit int, lease time.Duration) ([]Work, error) {
	return tx.claimLanes(ctx, []bool{true, false}, limit, lease)
}

// ClaimRemovals is ClaimWork for removals alone.
func (tx *Tx) ClaimRemovals(ctx context.Context, limit int, lease time.Duration) ([]Work, error) {
	return tx.claimLanes(ctx, []bool{true}, limit, lease)
}

func (tx *Tx) claimLanes(ctx context.Context, lanes []bool, limit int, lease time.Duration) ([]Work, error) {
	if !tx.writes {
		return nil, errReadOnly()
	}
	now := micros(tx.now)
	var rows []workRow
	for _, removal := range lanes {
		// By lane, so that each is read in the order of an index.
		found, err := list(ctx, tx, readWorkRow, selectWork+`WHERE removal = ? AND due_at <= ? AND leased_until <= ?
			ORDER BY due_at, user_n, target LIMIT ?`, removal, now, now, limit-len(rows))
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	version, err := tx.take(ctx, "work", len(rows))
	if err != nil {
		return nil, err
	}
	claimed := make([]Work, len(rows))
	for i := range rows {
		rows[i].Version = version + int64(i)
		rows[i].claim, rows[i].leasedUntil = rows[i].Version, micros(tx.now.Add(lease))
		claimed[i] = rows[i].Work
	}
	return claimed, tx.writeWork(ctx, rows)
}

func (tx *Tx) writeWork(ctx context.Context, rows []workRow) error {
	into := bulk{"work", workColumns, replacing("target, user_n", workColumns)}
	return into.write(ctx, tx, len(rows), func(i int, v []any) { fillWork(rows[i], rows[i].Version, v) })
}

// RenewWork makes the lease on claimed work last that long from now, for a
// holder that is still at it: so leases can be short, and a dead holder's work is
// soon somebody else's. What was given back, or what somebody else claimed after
// the lease was over, stays as it is.
func (tx *Tx) RenewWork(ctx context.Context, work []Work, lease time.Duration) error {
	return tx.settle(ctx, work, func(_ Work, row *workRow) bool {
		if row.leasedUntil == 0 {
			return false
		}
		row.leasedUntil = micros(tx.now.Add(lease))
		return true
	})
}

// FinishWork ends claimed work that is done. What was enqueued again since the
// claim stays, and may be claimed at once; what somebody else claimed after the
// lease was over is theirs and stays as it is.
func (tx *Tx) FinishWork(ctx context.Context, work []Work, events ...audit.Event) error {
	done := map[string]pairs{} // by target
	err := tx.settle(ctx, work, func(claimed Work, row *workRow) bool {
		row.leasedUntil = 0
		if row.Version == claimed.Version {
			done[row.Target] = append(done[row.Target], [2]int64{row.UserN, row.Version})
			return false
		}
		return true
	})
	if err != nil {
		return err
	}
	for target, list := range done {
		if err := tx.exec(ctx, "DELETE FROM work WHERE target = ? AND (user_n, version) IN {pairs}", target, list); err != nil {
			return err
		}
	}
	return tx.note(nil, events)
}

// PostponeWork gives claimed work back to be tried again at its DueAt, with its
// Attempts and LastError. What was enqueued again since the claim is due as
// that said; what somebody else claimed meanwhile stays as it is.
func (tx *Tx) PostponeWork(ctx context.Context, work []Work, events ...audit.Event) error {
	err := tx.settle(ctx, work, func(claimed Work, row *workRow) bool {
		if row.Version == claimed.Version {
			row.DueAt = claimed.DueAt
		}
		row.leasedUntil, row.Attempts, row.LastError = 0, claimed.Attempts, claimed.LastError
		return true
	})
	return tx.note(err, events)
}

// settle hands every claimed note that is still the claimant's to change, and
// writes it if that returns true.
func (tx *Tx) settle(ctx context.Context, work []Work, change func(claimed Work, row *workRow) bool) error {
	byTarget := map[string]numbers{}
	claims := make(map[workKey]Work, len(work))
	for _, w := range work {
		byTarget[w.Target] = append(byTarget[w.Target], w.UserN)
		claims[workKey{w.Target, w.UserN}] = w
	}
	var changed []workRow
	for target, ns := range byTarget {
		err := tx.each(ctx, func(stored scanner) error {
			row, err := readWorkRow(stored)
			claimed := claims[workKey{row.Target, row.UserN}]
			if err == nil && claimed.Version != 0 && row.claim == claimed.Version && change(claimed, &row) {
				changed = append(changed, row)
			}
			return err
		}, selectWork+"WHERE target = ? AND user_n IN {numbers}", target, ns)
		if err != nil {
			return err
		}
	}
	return tx.writeWork(ctx, changed)
}
