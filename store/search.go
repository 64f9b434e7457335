package store

import (
	"context"
	"encoding/json"
	"strings"

	"birthright/identity"
	"birthright/internal/searchdoc"
	"birthright/migrations"
)

// sought is what is asked for, of one source.
type sought struct {
	source string
	searchdoc.Query
}

// SearchRecords returns the live records that q selects.
func (tx *Tx) SearchRecords(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.Record], error) {
	return search(ctx, tx, recordTable, sought{source, q}, readRecord, func(r identity.Record) int64 { return r.N })
}

// SearchGroups returns the source groups that q selects.
func (tx *Tx) SearchGroups(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.SourceGroup], error) {
	return search(ctx, tx, groupTable, sought{source, q}, readSourceGroup, func(g identity.SourceGroup) int64 { return g.N })
}

// searched is one of the tables that can be searched.
type searched struct {
	table, columns, live string
	scope                string // of its terms, after the source
}

var (
	recordTable = searched{
		table: "records", scope: "/User", live: " AND t.gone_at = 0",
		columns: "t.n, t.id, t.source, t.key, t.user_n, t.held_reason, t.created, t.modified, t.gone_at, t.version, t.attributes, t.payload",
	}
	groupTable = searched{
		table: "source_groups", scope: "/Group",
		columns: "t.n, t.id, t.source, t.key, t.name, t.payload, t.created, t.modified, t.version",
	}
)

// search runs q on a table.
func search[T any](ctx context.Context, tx *Tx, from searched, q sought, read func(scanner) (T, error), number func(T) int64) (searchdoc.Page[T], error) {
	page := searchdoc.Page[T]{Total: -1}
	if q.Limit > 0 {
		w := newWriter(tx.db.dialect)
		err := tx.runOnce(ctx, w.page(from, q), w.args, func(row scanner) error {
			place := searchdoc.Place{}
			one, err := read(withSort{row, &place.Sort, q.Order.Sorted()})
			place.N = number(one)
			page.Found, page.Places = append(page.Found, one), append(page.Places, place)
			return err
		})
		if err != nil {
			return page, err
		}
	}
	switch {
	case !q.Total:
	case q.After == nil && q.Offset == 0 && len(page.Found) < q.Limit:
		page.Total = len(page.Found) // this is all there is
	default:
		w := newWriter(tx.db.dialect)
		err := tx.runOnce(ctx, w.count(from, q), w.args, func(row scanner) error { return row.Scan(&page.Total) })
		if err != nil {
			return page, err
		}
	}
	return page, nil
}

// withSort reads a row that has what it was sorted by as its last column.
type withSort struct {
	scanner
	into   *any
	sorted bool
}

// Scan implements scanner.
func (s withSort) Scan(into ...any) error {
	if !s.sorted {
		return s.scanner.Scan(into...)
	}
	*s.into = nil
	err := s.scanner.Scan(append(into, s.into)...)
	if text, ok := (*s.into).([]byte); ok {
		*s.into = string(text)
	}
	return err
}

// runOnce runs a statement that was made for one question: its text is not
// remembered.
func (tx *Tx) runOnce(ctx context.Context, text string, args []any, scan func(scanner) error) error {
	if tx.db.dialect == migrations.Postgres {
		text = numbered(text)
	}
	rows, err := tx.queryText(ctx, text, args)
	if err != nil {
		return err
	}
	return drain(rows, scan)
}

// page writes the statement for a part of what q finds. Rows are looked up last:
// what is skipped or sorted is numbers, not whole resources.
func (w *writer) page(from searched, q sought) string {
	sorted, direction := q.Order.Sorted(), ""
	if q.Order.Descending {
		direction = " DESC"
	}
	w.text("SELECT " + from.columns)
	if sorted {
		w.text(", p.sort")
	}
	w.text(" FROM (SELECT t.n")
	if sorted {
		w.text(", ")
		w.sort(q.Order)
		w.text(" AS sort")
	}
	w.from(from, q)
	if q.After != nil {
		w.text(" AND ")
		w.after(q.Order, *q.After)
	}
	w.text(" ORDER BY ")
	if sorted {
		if q.Order.Column == "" { // columns have a value each, and an index perhaps
			w.sort(q.Order)
			w.text(" IS NULL" + direction + ", ")
		}
		w.sort(q.Order)
		w.text(direction + ", ")
	}
	if w.ranged { // an index in this order would lead past all the others
		w.text("+")
	}
	w.text(w.number + " LIMIT ")
	w.value(int64(q.Limit))
	w.text(" OFFSET ")
	w.value(int64(q.Offset))
	w.text(") p JOIN " + from.table + " t ON t.n = p.n ORDER BY ")
	if sorted {
		w.text("p.sort IS NULL" + direction + ", p.sort" + direction + ", ")
	}
	w.text("p.n")
	return w.b.String()
}

// count writes the statement for how many q finds. Where one term says it all, it
// is not looked at each of them: that two values have the same number by chance
// is less likely than that the disk errs.
func (w *writer) count(from searched, q sought) string {
	if term, ok := searchdoc.Exactly(q.Where, q.source+from.scope); ok {
		w.text("SELECT count(*) FROM terms WHERE term = ")
		w.value(term)
		return w.b.String()
	}
	w.text("SELECT count(*)")
	w.from(from, q)
	return w.b.String()
}

// from writes where q looks. What an index finds comes first; then the source must
// not be looked up as well, for which SQLite would walk all that is the source's.
func (w *writer) from(from searched, q sought) {
	w.text(" FROM ")
	narrowed := w.byTerm(from, q)
	if !narrowed {
		w.text(from.table + " t WHERE ")
		narrowed = q.Where != nil && w.narrow(from, q)
	}
	if narrowed {
		w.text(w.dialectical("+t.source = ", "t.source = "))
	} else {
		w.text("t.source = ")
	}
	w.value(q.source)
	w.text(from.live)
	if q.Where == nil {
		return
	}
	if !narrowed && !w.lately(from, q.Where) {
		w.mention(q.Where)
	}
	w.text(" AND ")
	w.condition(q.Where, resourceOf(from))
}

// byTerm begins with the rows of one term where that finds all there is, in the
// order of their numbers, so that a page ends where it is full. PostgreSQL does so
// by itself.
func (w *writer) byTerm(from searched, q sought) bool {
	term, ok := searchdoc.Exactly(q.Where, q.source+from.scope)
	if !ok || w.dialect != migrations.SQLite {
		return false
	}
	w.text("terms x CROSS JOIN " + from.table + " t WHERE x.term = ")
	w.value(term)
	w.text(" AND t.n = x.n AND ")
	w.number = "x.n"
	return true
}

// narrow leaves only what an index finds, and reports whether one helps.
func (w *writer) narrow(from searched, q sought) bool {
	if terms, ok := searchdoc.Needed(q.Where, q.source+from.scope); ok {
		list, _ := json.Marshal(terms) // of numbers
		w.among("SELECT n FROM terms WHERE term IN "+w.dialectical("(SELECT value FROM json_each(?))", "(SELECT jsonb_array_elements_text(?::jsonb)::bigint)"), string(list))
		return true
	}
	if id, ok := searchdoc.Related(q.Where, searchdoc.Members); ok && from == groupTable {
		w.among(`SELECT m.group_n FROM source_members m WHERE m.is_group = FALSE AND m.member_n IN (SELECT n FROM records WHERE id = ?)
			UNION ALL SELECT m.group_n FROM source_members m WHERE m.is_group = TRUE AND m.member_n IN (SELECT n FROM source_groups WHERE id = ?)`, id, id)
		return true
	}
	if id, ok := searchdoc.Related(q.Where, searchdoc.Groups); ok && from == recordTable {
		w.among(`SELECT m.member_n FROM source_members m WHERE m.is_group = FALSE AND m.group_n IN (SELECT n FROM source_groups WHERE id = ?)`, id)
		return true
	}
	return false
}

// among asks for rows whose number a subquery finds. PostgreSQL is made to run
// it first: it has no idea how few they are.
func (w *writer) among(subquery string, args ...any) {
	w.text("t.n " + w.dialectical("IN (", "= ANY (ARRAY("))
	w.text(subquery)
	w.args = append(w.args, args...)
	w.text(w.dialectical(") AND ", ")) AND "))
}

// after writes what stands behind a place.
func (w *writer) after(o searchdoc.Order, p searchdoc.Place) {
	if !o.Sorted() {
		w.text(w.number + " > ")
		w.value(p.N)
		return
	}
	if o.Column != "" && !o.Descending { // in one go through an index, where there is one
		w.text("(")
		w.sort(o)
		w.text(", t.n) > (")
		w.value(p.Sort)
		w.text(", ")
		w.value(p.N)
		w.text(")")
		return
	}
	sort := func(text string, values ...any) {
		w.sort(o)
		w.text(text)
		for i, v := range values {
			if i > 0 {
				w.text(" AND t.n > ")
			}
			w.value(v)
		}
	}
	w.text("(")
	switch {
	case p.Sort == nil:
		sort(" IS NULL AND t.n > ", p.N)
		if o.Descending {
			w.text(" OR ")
			sort(" IS NOT NULL")
		}
	default:
		sort(strings.TrimSpace(map[bool]string{false: " > ", true: " < "}[o.Descending])+" ", p.Sort)
		w.text(" OR ")
		sort(" = ", p.Sort, p.N)
		if !o.Descending {
			w.text(" OR ")
			sort(" IS NULL")
		}
	}
	w.text(")")
}
