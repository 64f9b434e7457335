package store

import (
	"strings"
	"unicode/utf8"

	"birthright/internal/searchdoc"
	"birthright/migrations"
)

// writer writes a statement for one question, with ? for each value.
type writer struct {
	b       strings.Builder
	args    []any
	dialect migrations.Dialect
	depth   int    // of the names of elements and values
	ranged  bool   // an index finds a range of what is asked for
	number  string // of a row, as it is found first
}

func newWriter(dialect migrations.Dialect) *writer { return &writer{dialect: dialect, number: "t.n"} }

func (w *writer) text(s string) { w.b.WriteString(s) }

func (w *writer) value(v any) {
	w.text("?")
	if _, ok := v.(string); ok && w.dialect == migrations.Postgres {
		w.text("::text")
	}
	w.args = append(w.args, v)
}

func (w *writer) dialectical(sqlite, postgres string) string {
	if w.dialect == migrations.Postgres {
		return postgres
	}
	return sqlite
}

// asked is what a condition is asked of: a row of a table, or one value of an
// attribute. Each writes the conditions that only it can answer.
type asked interface {
	has(w *writer, h searchdoc.Has)
	sub(w *writer, s searchdoc.Sub)
}

// condition writes c about what is asked. The result is never NULL, so that it
// can be negated.
func (w *writer) condition(c searchdoc.Condition, of asked) {
	switch c := c.(type) {
	case searchdoc.And:
		w.joined(c, " AND ", "TRUE", of)
	case searchdoc.Or:
		w.joined(c, " OR ", "FALSE", of)
	case searchdoc.Not:
		w.text("NOT ")
		w.condition(c.X, of)
	case searchdoc.Has:
		of.has(w, c)
	case searchdoc.Sub:
		of.sub(w, c)
	case searchdoc.Column:
		w.column(c)
	}
}

func (w *writer) joined(parts []searchdoc.Condition, between, none string, of asked) {
	w.text("(")
	for i, part := range parts {
		if i > 0 {
			w.text(between)
		}
		w.condition(part, of)
	}
	if len(parts) == 0 {
		w.text(none)
	}
	w.text(")")
}

// column writes a test of what the table itself has.
func (w *writer) column(c searchdoc.Column) {
	column := "t." + string(c.Name)
	if c.Name == searchdoc.Version {
		column = "CAST(t.version AS TEXT)"
	}
	w.test(c.Test, func() {
		if _, isText := c.Test.Value.(string); !isText {
			w.text(column)
			return
		}
		w.around(c.Before, column, c.After)
	})
}

// around writes a text with others around it.
func (w *writer) around(before, column, after string) {
	w.text("(")
	if before != "" {
		w.value(before)
		w.text(" || ")
	}
	w.text(column)
	if after != "" {
		w.text(" || ")
		w.value(after)
	}
	w.text(")")
}

// test writes a test of a value that has the kind that is asked for.
func (w *writer) test(t searchdoc.Test, value func()) {
	if t.Fails {
		w.text("NOT ")
	}
	text, isText := t.Value.(string)
	call := func(before, after string, args ...any) {
		w.text("(" + before)
		value()
		w.text(after)
		for i, arg := range args {
			if i > 0 {
				w.text(") = ")
			}
			w.value(arg)
		}
	}
	length := int64(utf8.RuneCountInString(text))
	switch {
	case t.Op == searchdoc.Contains:
		call(w.dialectical("instr(", "strpos("), ", ", text)
		w.text(") > 0)")
	case length == 0 && (t.Op == searchdoc.Begins || t.Op == searchdoc.Ends):
		w.text("(TRUE)")
	case t.Op == searchdoc.Begins:
		call(w.dialectical("substr(", "left("), w.dialectical(", 1, ", ", "), length, text)
		w.text(")")
	case t.Op == searchdoc.Ends:
		call(w.dialectical("substr(", "right("), w.dialectical(", -", ", "), length, text)
		w.text(")")
	default:
		call("", " "+string(t.Op)+" ", t.Value)
		if isText {
			w.text(w.dialectical("", ` COLLATE "C"`))
		}
		w.text(")")
	}
}

// sort writes what an order goes by.
func (w *writer) sort(o searchdoc.Order) {
	if o.Column != "" {
		w.text("t." + string(o.Column))
		return
	}
	if w.dialect == migrations.Postgres {
		w.text("(t.search -> ")
		w.value(o.Attribute)
		w.text(" -> 0 -> ")
		w.value(o.Sub)
		w.text(" ->> 0)")
		if o.Number {
			w.text("::float8")
		} else {
			w.text(` COLLATE "C"`)
		}
		return
	}
	w.text("CAST(json_extract(t.search, ")
	w.value(jsonPath(o.Attribute) + "[0]." + quoted(o.Sub) + "[0]")
	w.text(map[bool]string{false: ") AS TEXT)", true: ") AS REAL)"}[o.Number])
}

func quoted(name string) string { return `"` + name + `"` }

func jsonPath(name string) string { return "$." + quoted(name) }
