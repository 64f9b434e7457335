package store

import (
	"context"

	"birthright/identity"
	"birthright/migrations"
)

// indexKey is where the database remembers how it was indexed.
const indexKey = "search-index"

// Reindex brings what filters are asked of up to the Indexer, if that changed
// since it last ran: after an upgrade, or where a source began to push. It hands
// on how many resources it went through so far. A database that is up to date
// costs one look.
func (db *DB) Reindex(ctx context.Context, progress func(done int)) error {
	if db.o.Index == nil {
		return nil
	}
	want := db.o.Index.Version()
	var have []byte
	err := db.View(ctx, func(tx *Tx) (err error) { have, err = tx.Key(ctx, indexKey); return err })
	if err != nil || string(have) == want {
		return err
	}
	done := 0
	for _, of := range []func(context.Context, *Tx, int64) (int, int64, error){reindexRecords, reindexGroups} {
		for after, count := int64(0), page; count == page; {
			err := db.Update(ctx, func(tx *Tx) (err error) { count, after, err = of(ctx, tx, after); return err })
			if err != nil {
				return err
			}
			done += count
			progress(done)
		}
	}
	return db.Update(ctx, func(tx *Tx) error { return tx.SetKey(ctx, indexKey, []byte(want)) })
}

// reindexRecords goes through one page of records that follow after.
func reindexRecords(ctx context.Context, tx *Tx, after int64) (count int, last int64, err error) {
	found, err := list(ctx, tx, readRecord, selectRecords+"WHERE n > ? ORDER BY n LIMIT ?", after, int64(page))
	if err != nil || len(found) == 0 {
		return 0, after, err
	}
	records := make([]*identity.Record, len(found))
	for i := range found {
		records[i] = &found[i]
	}
	search, err := tx.indexRecords(ctx, records)
	if err != nil {
		return 0, after, err
	}
	err = tx.setSearch(ctx, recordTable, search, func(i int) int64 { return found[i].N })
	return len(found), found[len(found)-1].N, err
}

// reindexGroups goes through one page of groups that follow after.
func reindexGroups(ctx context.Context, tx *Tx, after int64) (count int, last int64, err error) {
	found, err := list(ctx, tx, readSourceGroup, selectSourceGroups+"WHERE g.n > ? ORDER BY g.n LIMIT ?", after, int64(page))
	if err != nil || len(found) == 0 {
		return 0, after, err
	}
	groups := make([]*identity.SourceGroup, len(found))
	for i := range found {
		groups[i] = &found[i]
	}
	search, err := tx.indexGroups(ctx, groups)
	if err != nil {
		return 0, after, err
	}
	err = tx.setSearch(ctx, groupTable, search, func(i int) int64 { return found[i].N })
	return len(found), found[len(found)-1].N, err
}

// setSearch replaces the search column alone: nothing else about the rows changed.
func (tx *Tx) setSearch(ctx context.Context, of searched, search []string, n func(i int) int64) error {
	cast := ""
	if tx.db.dialect == migrations.Postgres {
		cast = "::jsonb"
	}
	for i, text := range search {
		if err := tx.exec(ctx, "UPDATE "+of.table+" SET search = ?"+cast+" WHERE n = ?", text, n(i)); err != nil {
			return err
		}
	}
	return nil
}
