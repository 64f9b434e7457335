package store

import (
	"context"
	"time"

	"birthright/identity"
)

// keyed is what records and source groups have in common: a number, an
// identifier of the hub's, and the source's own key.
type keyed struct {
	n                 *int64
	id                *string
	source, key       string
	created, modified *time.Time
}

type sourceKey struct{ source, key string }

// identify fills in the numbers, identifiers and times of count rows that are
// about to be saved: those of the row that is there, or new ones.
func (tx *Tx) identify(ctx context.Context, table string, count int, at func(i int) keyed) error {
	unknown, err := tx.lookUp(ctx, table, count, at)
	if err != nil {
		return err
	}
	next := int64(0)
	if len(unknown) > 0 {
		if next, err = tx.take(ctx, table, len(unknown)); err != nil {
			return err
		}
	}
	for i := range count {
		row := at(i)
		if *row.n == 0 {
			*row.n = next
			next++
		}
		if *row.id == "" {
			*row.id = tx.db.o.NewID()
		}
		if row.created.IsZero() {
			*row.created = tx.now
		}
		*row.modified = tx.now
	}
	return nil
}

// lookUp fills in what is stored for the rows without a number, and returns
// those that are new.
func (tx *Tx) lookUp(ctx context.Context, table string, count int, at func(i int) keyed) (unknown map[sourceKey]keyed, err error) {
	unknown = map[sourceKey]keyed{}
	keys := map[string][]string{} // by source
	for i := range count {
		row := at(i)
		if *row.n != 0 {
			continue
		}
		k := sourceKey{row.source, row.key}
		if _, twice := unknown[k]; twice {
			return nil, &identity.Error{
				Kind: identity.Conflict, Op: "save " + table, Object: row.source + " " + row.key,
				Err: errTwice,
			}
		}
		unknown[k] = row
		keys[row.source] = append(keys[row.source], row.key)
	}
	for source, keys := range keys {
		err := tx.each(ctx, func(stored scanner) error {
			var key, id string
			var n, created int64
			if err := stored.Scan(&key, &n, &id, &created); err != nil {
				return err
			}
			row := unknown[sourceKey{source, key}]
			*row.n, *row.id, *row.created = n, id, instant(created)
			delete(unknown, sourceKey{source, key})
			return nil
		}, "SELECT key, n, id, created FROM "+table+" WHERE source = ? AND key IN {texts}", source, texts(keys))
		if err != nil {
			return nil, err
		}
	}
	return unknown, nil
}
