package store

import (
	"context"
	"encoding/json"
	"time"
)

// What an archive of a period is made of is read in one pass, whatever its size.

// EachChange hands the changes that were intended or finished in a time, or were open in
// it, to fn, by when they were intended. fn must not use the transaction.
func (tx *Tx) EachChange(ctx context.Context, from, until time.Time, fn func(ChangeRow) error) error {
	return tx.each(ctx, func(row scanner) error {
		c, err := readChange(row)
		if err != nil {
			return err
		}
		return fn(c)
	}, selectChanges+"WHERE planned_at < ? AND (planned_at >= ? OR finished_at >= ? OR finished_at = 0) ORDER BY planned_at, id",
		micros(until), micros(from), micros(from))
}

// EachRun hands the passes over targets that ended in a time to fn, by when they began. fn must not use
// the transaction.
func (tx *Tx) EachRun(ctx context.Context, from, until time.Time, fn func(RunRow) error) error {
	return tx.each(ctx, func(row scanner) error {
		var r RunRow
		var started, finished int64
		var counts string
		if err := row.Scan(&r.ID, &r.Target, &r.Kind, &started, &finished, &r.Complete, &counts, &r.Error); err != nil {
			return err
		}
		r.Started, r.Finished = instant(started), instant(finished)
		if err := json.Unmarshal([]byte(counts), &r.Counts); err != nil {
			return err
		}
		return fn(r)
	}, "SELECT id, target, kind, started, finished, complete, counts, error FROM runs WHERE target <> '' AND finished >= ? AND finished < ? ORDER BY started, id",
		micros(from), micros(until))
}
