package store

import (
	"path/filepath"
	"strings"
	"testing"

	"birthright/internal/searchdoc"
)

// What an index leads to must not cost more the more resources there are.
func TestSearchesByIndexDoNotWalkTheRest(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	named := searchdoc.Has{Attribute: "username", Where: searchdoc.Sub{Name: searchdoc.Value, Test: &searchdoc.Test{Op: searchdoc.Equal, Value: "ada"}}}
	active := searchdoc.Has{Attribute: "active", Where: searchdoc.Sub{Name: searchdoc.Value, Test: &searchdoc.Test{Op: searchdoc.Equal, Value: true}}}
	since := searchdoc.Column{Name: searchdoc.Modified, Test: searchdoc.Test{Op: searchdoc.GreaterEqual, Value: int64(5)}}
	for _, test := range []struct {
		name string
		q    Search
		walk bool // the index has all of a source, in the order of the answer: a page ends early
	}{
		{"a name", Search{Where: named}, false},
		{"a name, further on", Search{Where: named, After: &Place{N: 3}}, false},
		{"a name, and active", Search{Where: searchdoc.And{active, named}}, false},
		{"one of two names", Search{Where: searchdoc.Or{named, named}}, false},
		{"modified since", Search{Where: since}, false},
		{"modified since, and active", Search{Where: searchdoc.And{active, since}}, false},
		{"an id", Search{Where: searchdoc.Column{Name: searchdoc.ID, Test: searchdoc.Test{Op: searchdoc.Equal, Value: "x"}}}, false},
		{"all", Search{}, true},
		{"all, further on", Search{After: &Place{N: 3}}, true},
		{"all by name", Search{Order: searchdoc.Order{Column: searchdoc.UserName}}, true},
		{"all by name, further on", Search{Order: searchdoc.Order{Column: searchdoc.UserName}, After: &Place{N: 3, Sort: "ada"}}, true},
	} {
		test.q.Source, test.q.Limit = "idp", 200
		w := newWriter(db.dialect)
		inner := 0
		for _, step := range planOf(t, db, w.page(recordTable, test.q)) {
			fine := strings.HasPrefix(step, "SCAN p") || strings.HasPrefix(step, "SCAN e") || strings.HasPrefix(step, "SCAN v")
			if strings.Contains(step, "TEMP B-TREE") {
				inner++
			}
			if walks(step) && !fine && !(test.walk && strings.Contains(step, "USING INDEX") || test.walk && strings.Contains(step, "COVERING INDEX")) {
				t.Errorf("%s: %s", test.name, step)
			}
		}
		if test.walk && inner > 1 { // one orders the page itself
			t.Errorf("%s: everything is sorted", test.name)
		}
	}
}
