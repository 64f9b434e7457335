package store

import (
	"context"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/internal/searchdoc"
)

// Indexer makes of what is stored the form that filters are asked of; nil for
// what nobody asks about.
type Indexer interface {
	Record(r identity.Record) searchdoc.Doc
	Group(g identity.SourceGroup) searchdoc.Doc
	// Version changes whenever the same things would be indexed otherwise.
	Version() string
}

// indexRecords returns the search column of records that are about to be saved,
// and brings the index of values up to them.
func (tx *Tx) indexRecords(ctx context.Context, records []*identity.Record) ([]string, error) {
	return tx.index(ctx, recordTable, len(records), func(i int) entry {
		r := records[i]
		e := entry{n: r.N, source: r.Source}
		if r.Live() {
			e.doc = tx.db.o.Index.Record(*r)
			e.name(plain(r.Attributes, identity.AttrDisplayName), plain(r.Attributes, identity.AttrUserName))
		}
		e.stored = r.Version > 0 || !r.Created.Equal(tx.now)
		return e
	})
}

func (tx *Tx) indexGroups(ctx context.Context, groups []*identity.SourceGroup) ([]string, error) {
	return tx.index(ctx, groupTable, len(groups), func(i int) entry {
		g := groups[i]
		return entry{n: g.N, source: g.Source, doc: tx.db.o.Index.Group(*g), stored: g.Version > 0 || !g.Created.Equal(tx.now)}
	})
}

// unindexGroups takes groups that are about to be deleted out of the index.
func (tx *Tx) unindexGroups(ctx context.Context, ns []int64) error {
	if tx.db.o.Index == nil {
		return nil
	}
	found, err := list(ctx, tx, func(row scanner) (e entry, err error) {
		return e, row.Scan(&e.n, &e.source)
	}, "SELECT n, source FROM source_groups WHERE n IN {numbers}", numbers(ns))
	if err != nil {
		return err
	}
	_, err = tx.index(ctx, groupTable, len(found), func(i int) entry { found[i].stored = true; return found[i] })
	return err
}

// entry is one row to index.
type entry struct {
	n      int64
	source string
	doc    searchdoc.Doc
	stored bool    // there may be something to take out of the index
	terms  []int64 // of doc, which is given up for them: it is large
}

// name notes the name that people know a resource by.
func (e *entry) name(names ...string) {
	i := slices.IndexFunc(names, func(name string) bool { return name != "" })
	if e.doc != nil && i >= 0 {
		e.doc[searchdoc.NameKey] = []searchdoc.Element{{searchdoc.Value: {fold(names[i])}}}
	}
}

// index writes the difference of the index of values, and returns the documents
// as they are to be stored.
func (tx *Tx) index(ctx context.Context, from searched, count int, at func(i int) entry) ([]string, error) {
	search := make([]string, count)
	if tx.db.o.Index == nil {
		for i := range search {
			search[i] = "{}"
		}
		return search, nil
	}
	entries := make([]entry, count)
	inParallel(count, func(i int) {
		e := at(i)
		search[i], e.terms = e.doc.Encode(), e.doc.Terms(e.source+from.scope)
		e.doc = nil
		entries[i] = e
	})
	var stored numbers
	for _, e := range entries {
		if e.stored {
			stored = append(stored, e.n)
		}
	}
	before, err := tx.searchDocs(ctx, from, stored)
	if err != nil {
		return nil, err
	}
	var out pairs
	var in []term
	for _, e := range entries {
		old, now := before[e.n].Terms(e.source+from.scope), e.terms
		for _, t := range old {
			if _, kept := slices.BinarySearch(now, t); !kept {
				out = append(out, [2]int64{t, e.n})
			}
		}
		for _, t := range now {
			if _, kept := slices.BinarySearch(old, t); !kept {
				in = append(in, term{t, e.n})
			}
		}
	}
	return search, tx.changeTerms(ctx, out, in)
}

// term is a row of terms.
type term struct{ term, n int64 }

func (tx *Tx) changeTerms(ctx context.Context, out pairs, in []term) error {
	if len(out) > 0 {
		if err := tx.exec(ctx, "DELETE FROM terms WHERE (term, n) IN {pairs}", out); err != nil {
			return err
		}
	}
	slices.SortFunc(in, func(a, b term) int { return compareTerms(a, b) })
	into := bulk{table: "terms", columns: ints("term", "n"), conflict: "DO NOTHING"}
	return into.write(ctx, tx, len(in), func(i int, v []any) { v[0], v[1] = in[i].term, in[i].n })
}

func compareTerms(a, b term) int {
	switch {
	case a.term < b.term:
		return -1
	case a.term > b.term:
		return 1
	}
	return int(a.n - b.n)
}

// searchDocs returns what is stored for filters, by number.
func (tx *Tx) searchDocs(ctx context.Context, from searched, ns numbers) (map[int64]searchdoc.Doc, error) {
	docs := make(map[int64]searchdoc.Doc, len(ns))
	if len(ns) == 0 {
		return docs, nil
	}
	err := tx.each(ctx, func(row scanner) error {
		var n int64
		var text string
		if err := row.Scan(&n, &text); err != nil {
			return err
		}
		doc, err := searchdoc.Decode(text)
		if err != nil {
			return fmt.Errorf("what is indexed of %s %d: %w", from.table, n, err)
		}
		docs[n] = doc
		return nil
	}, "SELECT n, search FROM "+from.table+" WHERE n IN {numbers}", ns)
	return docs, err
}

// CountTerms returns how many values the index holds.
func (tx *Tx) CountTerms(ctx context.Context) (int, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM terms")
	return int(n), err
}
