package store

import (
	"strings"

	"birthright/internal/searchdoc"
	"birthright/migrations"
)

// lately has an index find what was modified within a range: what pollers ask
// for. What the index leaves out has nothing that could be asked for.
func (w *writer) lately(from searched, c searchdoc.Condition) bool {
	if from != recordTable || !modifiedRange(c) {
		return false
	}
	w.text(" AND t.search <> '{}'")
	w.ranged = true
	return true
}

// modifiedRange reports whether only what was modified within a range can match.
func modifiedRange(c searchdoc.Condition) bool {
	switch c := c.(type) {
	case searchdoc.Column:
		return c.Name == searchdoc.Modified && !c.Test.Fails
	case searchdoc.And:
		for _, part := range c {
			if modifiedRange(part) {
				return true
			}
		}
	}
	return false
}

// mention passes over whatever does not have the text that is asked for anywhere:
// where every resource is looked at, that costs a quarter of taking it apart.
// PostgreSQL keeps them taken apart already.
func (w *writer) mention(c searchdoc.Condition) {
	text, ok := searchdoc.Mentioned(c)
	if !ok || w.dialect == migrations.Postgres {
		return
	}
	w.text(" AND t.search LIKE ")
	w.value("%" + likeEscaper.Replace(text) + "%")
	w.text(" ESCAPE '!'")
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
