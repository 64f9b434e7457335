package store

import (
	"strconv"

	"birthright/internal/searchdoc"
	"birthright/migrations"
)

// row is a resource that is asked.
type row struct{ from searched }

func resourceOf(from searched) asked { return row{from} }

func (r row) has(w *writer, h searchdoc.Has) {
	switch {
	case h.Attribute == searchdoc.Groups && r.from == recordTable:
		w.related("source_members m JOIN source_groups g ON g.n = m.group_n WHERE m.is_group = FALSE AND m.member_n = t.n",
			relation{"value": "g.id", "display": "g.folded", "type": "'direct'"}, h.Where)
	case h.Attribute == searchdoc.Members && r.from == groupTable:
		w.text("(")
		w.related("source_members m JOIN records r ON r.n = m.member_n WHERE m.group_n = t.n AND m.is_group = FALSE AND r.gone_at = 0",
			relation{"value": "r.id", "display": w.nameOf("r"), "type": "'user'"}, h.Where)
		w.text(" OR ")
		w.related("source_members m JOIN source_groups g ON g.n = m.member_n WHERE m.group_n = t.n AND m.is_group = TRUE",
			relation{"value": "g.id", "display": "g.folded", "type": "'group'"}, h.Where)
		w.text(")")
	default:
		w.elements(h)
	}
}

func (row) sub(w *writer, _ searchdoc.Sub) { w.text("FALSE") } // a row is no value

// related asks of rows that a resource is joined to.
func (w *writer) related(from string, columns relation, where searchdoc.Condition) {
	w.text("EXISTS (SELECT 1 FROM " + from)
	if where != nil {
		w.text(" AND ")
		w.condition(where, columns)
	}
	w.text(")")
}

// nameOf is the folded name that people know a record by.
func (w *writer) nameOf(table string) string {
	return w.dialectical(
		"coalesce(json_extract("+table+`.search, '$."`+searchdoc.NameKey+`"[0]."value"[0]'), '')`,
		"coalesce("+table+".search #>> '{"+searchdoc.NameKey+",0,value,0}', '')")
}

// elements asks of the values of an attribute in the document.
func (w *writer) elements(h searchdoc.Has) {
	w.depth++
	e := element("e" + strconv.Itoa(w.depth))
	if w.dialect == migrations.Postgres {
		w.text("EXISTS (SELECT 1 FROM jsonb_array_elements(t.search -> ")
		w.value(h.Attribute)
		w.text(") AS " + string(e) + "(value)")
	} else {
		w.text("EXISTS (SELECT 1 FROM json_each(t.search, ")
		w.value(jsonPath(h.Attribute))
		w.text(") " + string(e))
	}
	if h.Where != nil {
		w.text(" WHERE ")
		w.condition(h.Where, e)
	}
	w.text(")")
}

// relation is a joined row that is asked: the expressions of its parts.
type relation map[string]string

func (relation) has(w *writer, _ searchdoc.Has) { w.text("FALSE") }

func (r relation) sub(w *writer, s searchdoc.Sub) {
	column, known := r[s.Name]
	switch {
	case !known:
		w.text("FALSE")
	case s.Test == nil:
		w.text("(" + column + " <> '')")
	default:
		if _, isText := s.Test.Value.(string); !isText {
			w.text(map[bool]string{false: "FALSE", true: "TRUE"}[s.Test.Fails])
			return
		}
		w.test(*s.Test, func() { w.around(s.Before, column, "") })
	}
}

// element is a value of an attribute that is asked, by the name it has in the
// statement.
type element string

func (element) has(w *writer, _ searchdoc.Has) { w.text("FALSE") }

func (e element) sub(w *writer, s searchdoc.Sub) {
	w.depth++
	v := "v" + strconv.Itoa(w.depth)
	if w.dialect == migrations.Postgres {
		w.text("EXISTS (SELECT 1 FROM jsonb_array_elements(" + string(e) + ".value -> ")
		w.value(s.Name)
		w.text(") AS " + v + "(value)")
	} else {
		w.text("EXISTS (SELECT 1 FROM json_each(" + string(e) + ".value, ")
		w.value(jsonPath(s.Name))
		w.text(") " + v)
	}
	if s.Test != nil {
		w.text(" WHERE ")
		w.typed(*s.Test, v, s.Before)
	}
	w.text(")")
}

// typed tests a value of JSON, of whatever type it is.
func (w *writer) typed(t searchdoc.Test, v, before string) {
	if t.Fails {
		w.text("NOT ")
		t.Fails = false
	}
	postgres := w.dialect == migrations.Postgres
	is := func(sqlite, postgres string) {
		w.text(w.dialectical("("+v+".type IN ("+sqlite+") AND ", "(jsonb_typeof("+v+".value) = '"+postgres+"' AND "))
	}
	switch want := t.Value.(type) {
	case string:
		is("'text'", "string")
		w.test(t, func() { w.around(before, w.dialectical(v+".atom", v+".value #>> '{}'"), "") })
	case float64:
		if postgres { // AND does not keep the cast from being tried on a text
			w.text("(CASE jsonb_typeof(" + v + ".value) WHEN 'number' THEN ")
			w.test(t, func() { w.text("(" + v + ".value #>> '{}')::float8") })
			w.text(" ELSE FALSE END)")
			return
		}
		is("'integer', 'real'", "")
		w.test(t, func() { w.text("CAST(" + v + ".atom AS REAL)") })
	case bool:
		if !postgres {
			w.text("(" + v + ".type = " + map[bool]string{false: "'false'", true: "'true'"}[want] + ")")
			return
		}
		w.text("(" + v + ".value = " + map[bool]string{false: "'false'", true: "'true'"}[want] + "::jsonb)")
		return
	default:
		w.text("(FALSE)")
		return
	}
	w.text(")")
}
