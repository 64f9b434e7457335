package store

import (
	"context"
	"time"

	"birthright/identity"
)

// UsersTurned returns up to limit users whose stored state the calendar has
// overtaken at now: a start date came, or an end date passed. Its cost is that
// of the answer. A limit of 0 is no bound.
func (tx *Tx) UsersTurned(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	const statement = `
		SELECT n FROM users WHERE state = '` + string(identity.Staged) + `' AND starts_at > 0 AND starts_at <= ?
		UNION
		SELECT n FROM users WHERE state <> '` + string(identity.Left) + `' AND ends_at > 0 AND ends_at <= ?
		ORDER BY 1 LIMIT ?`
	return list(ctx, tx, readNumber, statement, micros(now), micros(now), bound(limit))
}

// ModifiedTimes returns when each of these users was modified last: whoever
// planned from an older state must plan again.
func (tx *Tx) ModifiedTimes(ctx context.Context, userNs []int64) (map[int64]time.Time, error) {
	out := make(map[int64]time.Time, len(userNs))
	err := tx.each(ctx, func(row scanner) error {
		var n, modified int64
		err := row.Scan(&n, &modified)
		out[n] = instant(modified)
		return err
	}, "SELECT n, modified FROM users WHERE n IN {numbers}", numbers(userNs))
	return out, err
}
