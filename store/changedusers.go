package store

import (
	"context"
	"time"
)

// UsersChangedSince returns the numbers of the users modified after t; its cost
// is that of the answer.
func (tx *Tx) UsersChangedSince(ctx context.Context, t time.Time) (map[int64]struct{}, error) {
	out := map[int64]struct{}{}
	err := tx.each(ctx, func(row scanner) error {
		n, err := readNumber(row)
		out[n] = struct{}{}
		return err
	}, "SELECT n FROM users WHERE modified > ?", micros(t))
	return out, err
}
