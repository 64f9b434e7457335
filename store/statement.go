package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"birthright/migrations"
)

// Statements are written once for both kinds of database, with ? for a value
// and, after IN, a marker for a whole list that is passed as one argument:
//
//	n IN {numbers}                   numbers
//	name IN {texts}                  texts
//	(user_n, group_n) IN {pairs}     pairs
//	(kind, id) IN {textpairs}        textPairs
//
// SQLite gets a list as one JSON text, PostgreSQL as arrays: the statement
// stays the same however long the list is.
type (
	numbers   []int64
	texts     []string
	pairs     [][2]int64
	textPairs [][2]string
)

// markers tell how each database reads a list.
var markers = map[string]struct{ sqlite, postgres string }{
	"{numbers}":   {"(SELECT value FROM json_each(?))", "(SELECT unnest(?::bigint[]))"},
	"{texts}":     {"(SELECT value FROM json_each(?))", "(SELECT unnest(?::text[]))"},
	"{pairs}":     {"(SELECT value ->> 0, value ->> 1 FROM json_each(?))", "(SELECT * FROM unnest(?::bigint[], ?::bigint[]))"},
	"{textpairs}": {"(SELECT value ->> 0, value ->> 1 FROM json_each(?))", "(SELECT * FROM unnest(?::text[], ?::text[]))"},
}

// text returns the statement as the database wants it.
func (db *DB) text(statement string) string {
	if known, ok := db.texts.Load(statement); ok {
		return known.(string)
	}
	text := statement
	for marker, as := range markers {
		list := as.postgres
		if db.dialect == migrations.SQLite {
			list = as.sqlite
		}
		text = strings.ReplaceAll(text, marker, list)
	}
	if db.dialect == migrations.Postgres {
		text = numbered(text)
	}
	db.texts.Store(statement, text)
	return text
}

// numbered replaces each ? by $1, $2 ….
func numbered(text string) string {
	parts := strings.Split(text, "?")
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	return b.String()
}

// arguments returns args as the driver wants them.
func (db *DB) arguments(args []any) ([]any, error) {
	sqlite := db.dialect == migrations.SQLite
	out := make([]any, 0, len(args)+2)
	if !sqlite {
		out = append(out, pgx.QueryExecModeCacheStatement)
	}
	for _, arg := range args {
		switch list := arg.(type) {
		case texts:
			arg = kept(list, isText)
		case textPairs:
			arg = kept(list, func(p [2]string) bool { return isText(p[0]) && isText(p[1]) })
		}
		switch list := arg.(type) {
		case numbers, texts, pairs, textPairs:
			if sqlite {
				text, err := json.Marshal(list)
				if err != nil {
					return nil, err
				}
				out = append(out, string(text))
				continue
			}
			out = append(out, arrays(list)...)
		default:
			out = append(out, arg)
		}
	}
	return out, nil
}

// arrays returns a list by columns.
func arrays(list any) []any {
	switch list := list.(type) {
	case numbers:
		return []any{[]int64(list)}
	case texts:
		return []any{[]string(list)}
	case pairs:
		return columns(list)
	case textPairs:
		return columns(list)
	}
	return nil
}

func columns[T any](rows [][2]T) []any {
	first, second := make([]T, len(rows)), make([]T, len(rows))
	for i, row := range rows {
		first[i], second[i] = row[0], row[1]
	}
	return []any{first, second}
}

// kept leaves out what no column can hold, and so nothing can match.
func kept[L ~[]T, T any](list L, storable func(T) bool) L {
	out := make(L, 0, len(list))
	for _, one := range list {
		if storable(one) {
			out = append(out, one)
		}
	}
	return out
}

// statement prepares text once a transaction. PostgreSQL's driver keeps
// prepared statements by itself, longer than that.
func (tx *Tx) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := tx.statements[text]; s != nil {
		return s, nil
	}
	s, err := tx.sql.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	tx.statements[text] = s
	return s, nil
}

func (tx *Tx) query(ctx context.Context, statement string, args ...any) (*sql.Rows, error) {
	return tx.queryText(ctx, tx.db.text(statement), args)
}

// queryText runs a statement in the database's own words.
func (tx *Tx) queryText(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	ctx, s, args, err := tx.bind(ctx, text, args)
	var rows *sql.Rows
	switch {
	case err != nil:
	case s != nil:
		rows, err = s.QueryContext(ctx, args...)
	default:
		rows, err = tx.sql.QueryContext(ctx, text, args...)
	}
	return rows, tx.breakOn(err)
}

func (tx *Tx) exec(ctx context.Context, statement string, args ...any) error {
	text := tx.db.text(statement)
	ctx, s, args, err := tx.bind(ctx, text, args)
	switch {
	case err != nil:
	case s != nil:
		_, err = s.ExecContext(ctx, args...)
	default:
		_, err = tx.sql.ExecContext(ctx, text, args...)
	}
	return tx.breakOn(err)
}

// bind makes arguments ready, and on SQLite a prepared statement. The context is
// the one to run it in.
func (tx *Tx) bind(ctx context.Context, text string, args []any) (context.Context, *sql.Stmt, []any, error) {
	if tx.broken != nil {
		return ctx, nil, nil, tx.broken
	}
	if tx.writes {
		if err := ctx.Err(); err != nil {
			return ctx, nil, nil, err
		}
		ctx = context.WithoutCancel(ctx) // see patient
	}
	args, err := tx.db.arguments(args)
	if err != nil || tx.db.dialect == migrations.Postgres {
		return ctx, nil, args, err
	}
	s, err := tx.statement(ctx, text)
	return ctx, s, args, err
}

// breakOn remembers that a statement failed: half of what was meant may have
// been done.
func (tx *Tx) breakOn(err error) error {
	if err != nil && tx.broken == nil {
		tx.broken = err
	}
	return err
}

// scanner reads one row: *sql.Rows, without the rest of it.
type scanner interface{ Scan(into ...any) error }

// each runs a query and hands every row to scan. No other statement of the
// transaction may run until it returns.
func (tx *Tx) each(ctx context.Context, scan func(scanner) error, statement string, args ...any) error {
	rows, err := tx.query(ctx, statement, args...)
	if err != nil {
		return err
	}
	return drain(rows, scan)
}

func drain(rows *sql.Rows, scan func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list runs a query and returns every row as read makes it.
func list[T any](ctx context.Context, tx *Tx, read func(scanner) (T, error), statement string, args ...any) ([]T, error) {
	var out []T
	err := tx.each(ctx, func(row scanner) error {
		one, err := read(row)
		out = append(out, one)
		return err
	}, statement, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// number runs a query that has one number as its answer.
func (tx *Tx) number(ctx context.Context, statement string, args ...any) (n int64, err error) {
	err = tx.each(ctx, func(row scanner) error { return row.Scan(&n) }, statement, args...)
	return n, err
}

func readNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err
}

// page is how many rows a stream reads at once: enough to be fast, few enough
// to be small.
const page = 2000

// stream reads pages and hands every row to fn. Between pages no statement is
// open, so fn may use the transaction. next reads up to page rows that follow
// the given one; nil means from the start.
func stream[T any](next func(after *T) ([]T, error), fn func(T) error) error {
	var last *T
	for {
		rows, err := next(last)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
		last = &rows[len(rows)-1]
	}
}
