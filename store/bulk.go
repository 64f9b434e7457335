package store

import (
	"context"
	"errors"
	"strings"

	"birthright/identity"
	"birthright/migrations"
)

// column is what a bulk statement writes: a name and PostgreSQL's type for it.
type column struct{ name, kind string }

func ints(names ...string) []column   { return ofKind("bigint", names) }
func truths(names ...string) []column { return ofKind("boolean", names) }
func words(names ...string) []column  { return ofKind("text", names) }
func blobs(names ...string) []column  { return ofKind("bytea", names) }

func ofKind(kind string, names []string) []column {
	out := make([]column, len(names))
	for i, name := range names {
		out[i] = column{name, kind}
	}
	return out
}

// bulk writes many rows into a table with few statements. SQLite gets rows of
// values in prepared statements, PostgreSQL one array a column.
type bulk struct {
	table   string
	columns []column
	// conflict is what follows ON CONFLICT, "" for none. No row may come twice
	// in one call.
	conflict string
}

// write inserts n rows; row fills in the values of the i-th, in the order of
// the columns, as int64, string, bool or []byte.
func (b bulk) write(ctx context.Context, tx *Tx, n int, row func(i int, values []any)) error {
	if !tx.writes {
		return errReadOnly()
	}
	if n == 0 {
		return nil
	}
	if tx.db.dialect == migrations.Postgres {
		return b.writeArrays(ctx, tx, n, row)
	}
	chunks := b.chunks(n, row)
	if n > sizes[0] {
		chunks = ahead(chunks)
	}
	for c := range chunks {
		if c.err != nil {
			return tx.breakOn(c.err)
		}
		if err := tx.exec(ctx, b.insert()+b.rows(c.rows)+b.onConflict(), c.values...); err != nil {
			return err
		}
	}
	return nil
}

// arrayRows is how many rows go into one statement of arrays.
const arrayRows = 20_000

func (b bulk) writeArrays(ctx context.Context, tx *Tx, n int, row func(i int, values []any)) error {
	values := make([]any, len(b.columns))
	for done := 0; done < n; {
		size := min(n-done, arrayRows)
		arrays := make([]array, len(b.columns))
		for i := range size {
			row(done+i, values)
			if err := b.check(values); err != nil {
				return tx.breakOn(err)
			}
			for c, v := range values {
				arrays[c].add(v, size)
			}
		}
		args := make([]any, len(arrays))
		for c := range arrays {
			args[c] = arrays[c].value()
		}
		if err := tx.exec(ctx, b.insert()+b.unnest()+b.onConflict(), args...); err != nil {
			return err
		}
		done += size
	}
	return nil
}

func (b bulk) insert() string {
	names := make([]string, len(b.columns))
	for i, c := range b.columns {
		names[i] = c.name
	}
	return "INSERT INTO " + b.table + " (" + strings.Join(names, ", ") + ") "
}

func (b bulk) rows(n int) string {
	one := "(" + strings.Repeat("?, ", len(b.columns)-1) + "?)"
	return "VALUES " + strings.Repeat(one+", ", n-1) + one
}

func (b bulk) unnest() string {
	lists := make([]string, len(b.columns))
	for i, c := range b.columns {
		lists[i] = "?::" + c.kind + "[]"
	}
	return "SELECT * FROM unnest(" + strings.Join(lists, ", ") + ")"
}

func (b bulk) onConflict() string {
	if b.conflict == "" {
		return ""
	}
	return " ON CONFLICT " + b.conflict
}

// replacing is a conflict clause: a row whose key columns are there already
// gets the new values of all the others but those kept.
func replacing(key string, columns []column, kept ...string) string {
	skip := map[string]bool{}
	for _, name := range append(kept, strings.Split(key, ", ")...) {
		skip[name] = true
	}
	var sets []string
	for _, c := range columns {
		if !skip[c.name] {
			sets = append(sets, c.name+" = excluded."+c.name)
		}
	}
	return "(" + key + ") DO UPDATE SET " + strings.Join(sets, ", ")
}

// check refuses text that one of the databases could not hold.
func (b bulk) check(values []any) error {
	for i, v := range values {
		if text, ok := v.(string); ok && !isText(text) {
			return &identity.Error{
				Kind: identity.Invalid, Op: "save " + b.table, Object: b.columns[i%len(b.columns)].name,
				Err: errors.New("the text has NUL bytes or is not UTF-8"),
			}
		}
	}
	return nil
}

// array gathers the values of one column.
type array struct {
	ints   []int64
	words  []string
	truths []bool
	blobs  [][]byte
}

func (a *array) add(v any, size int) {
	switch v := v.(type) {
	case int64:
		a.ints = grow(a.ints, v, size)
	case string:
		a.words = grow(a.words, v, size)
	case bool:
		a.truths = grow(a.truths, v, size)
	case []byte:
		a.blobs = grow(a.blobs, v, size)
	}
}

func grow[T any](list []T, v T, size int) []T {
	if list == nil {
		list = make([]T, 0, size)
	}
	return append(list, v)
}

func (a *array) value() any {
	switch {
	case a.ints != nil:
		return a.ints
	case a.words != nil:
		return a.words
	case a.truths != nil:
		return a.truths
	default:
		return a.blobs
	}
}

// take reserves count numbers of a series and returns the first. They are never
// given again once the transaction commits.
func (tx *Tx) take(ctx context.Context, series string, count int) (first int64, err error) {
	const statement = `INSERT INTO numbers (name, last) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET last = numbers.last + excluded.last RETURNING last`
	last, err := tx.number(ctx, statement, series, int64(count))
	return last - int64(count) + 1, err
}
