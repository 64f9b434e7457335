package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/searchdoc"
)

// everything indexes each payload as one attribute.
type everything struct{}

func (everything) Record(r identity.Record) searchdoc.Doc {
	return searchdoc.Doc{"username": {{"value": {string(r.Payload)}}}}
}
func (everything) Group(g identity.SourceGroup) searchdoc.Doc {
	return searchdoc.Doc{"displayname": {{"value": {g.Name}}}}
}
func (everything) Version() string { return "1" }

// A filter with eq costs what it finds, whatever stands beside it; so do the writes
// that keep the index.
func TestEqualityDoesNotWalkTheRest(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true, Index: everything{}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	equal := func(value any) *searchdoc.Test { return &searchdoc.Test{Op: searchdoc.Equal, Value: value} }
	has := func(attribute string, where searchdoc.Condition) searchdoc.Condition {
		return searchdoc.Has{Attribute: attribute, Where: where}
	}
	name := has("username", searchdoc.Sub{Name: "value", Test: equal("ada")})
	active := has("active", searchdoc.Sub{Name: "value", Test: equal(true)})
	work := has("emails", searchdoc.And{searchdoc.Sub{Name: "type", Test: equal("work")}, searchdoc.Sub{Name: "value", Test: equal("a@x")}})
	member := has(searchdoc.Members, searchdoc.Sub{Name: "value", Test: equal("id")})
	within := has(searchdoc.Groups, searchdoc.Sub{Name: "value", Test: equal("id")})
	id := searchdoc.Column{Name: searchdoc.ID, Test: *equal("id")}
	for what, c := range map[string]struct {
		from  searched
		where searchdoc.Condition
	}{
		"a name":                {recordTable, name},
		"a name and more":       {recordTable, searchdoc.And{active, searchdoc.Not{X: work}, name}},
		"one of two":            {recordTable, searchdoc.Or{name, work}},
		"a kind of address":     {recordTable, work},
		"an id and a reference": {recordTable, searchdoc.And{id, has("x:manager", searchdoc.Sub{Name: "value", Test: equal("m")})}},
		"an id":                 {recordTable, searchdoc.And{id, active}},
		"users of a group":      {recordTable, within},
		"groups of a member":    {groupTable, searchdoc.And{member, has("displayname", nil)}},
		"an id and a member":    {groupTable, searchdoc.And{id, member}},
		"a group by name":       {groupTable, has("displayname", searchdoc.Sub{Name: "value", Test: equal("eng")})},
	} {
		for _, text := range []string{
			newWriter(db.dialect).page(c.from, sought{"okta", searchdoc.Query{Where: c.where, Limit: 10}}),
			newWriter(db.dialect).count(c.from, sought{"okta", searchdoc.Query{Where: c.where}}),
		} {
			for _, step := range planOf(t, db, text) {
				if walks(step) && !inPage(step) {
					t.Errorf("%s: %s\n\tin %s", what, step, text)
				}
			}
		}
	}
	for _, text := range []string{"DELETE FROM terms WHERE (term, n) IN {pairs}", "SELECT n, search FROM records WHERE n IN {numbers}"} {
		for _, step := range planOf(t, db, db.text(text)) {
			if walks(step) {
				t.Errorf("%s\n\tin %s", step, text)
			}
		}
	}
}

// inPage reports whether a step looks only at a page, or at the values in one
// document.
func inPage(step string) bool {
	return step == "SCAN p" || strings.HasPrefix(step, "SCAN e") || strings.HasPrefix(step, "SCAN v")
}

// A page of everything is read in the order of an index, which ends early; a poll
// looks at what was modified since.
func TestPagesAreReadInOrder(t *testing.T) {
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "hub.db"), Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	since := searchdoc.Column{Name: searchdoc.Modified, Test: searchdoc.Test{Op: searchdoc.GreaterEqual, Value: int64(5)}}
	active := searchdoc.Has{Attribute: "active", Where: searchdoc.Sub{Name: searchdoc.Value, Test: &searchdoc.Test{Op: searchdoc.Equal, Value: true}}}
	byName := searchdoc.Order{Column: searchdoc.UserName}
	for what, test := range map[string]struct {
		q     searchdoc.Query
		index string
		sorts bool // a poll is answered in the order of numbers, not of times
	}{
		"all":                        {searchdoc.Query{}, "COVERING INDEX records_live (source=?)", false},
		"all, further on":            {searchdoc.Query{After: &searchdoc.Place{N: 3}}, "COVERING INDEX records_live (source=? AND n>?)", false},
		"all by name":                {searchdoc.Query{Order: byName}, "INDEX records_user_name (source=?)", false},
		"all by name, further on":    {searchdoc.Query{Order: byName, After: &searchdoc.Place{N: 3, Sort: "ada"}}, "INDEX records_user_name (source=? AND user_name>?)", false},
		"modified since":             {searchdoc.Query{Where: since}, "INDEX records_modified (source=? AND modified>?)", true},
		"modified since, further on": {searchdoc.Query{Where: since, After: &searchdoc.Place{N: 3}}, "INDEX records_modified (source=? AND modified>?)", true},
		"modified since, and active": {searchdoc.Query{Where: searchdoc.And{active, since}}, "INDEX records_modified (source=? AND modified>?)", true},
	} {
		test.q.Limit = 200
		steps := planOf(t, db, newWriter(db.dialect).page(recordTable, sought{"okta", test.q}))
		inner := steps[1:slices.Index(steps, "SCAN p")]
		if inner[0] != "SEARCH t USING "+test.index || slices.Contains(inner, "USE TEMP B-TREE FOR ORDER BY") != test.sorts {
			t.Errorf("%s: %q", what, steps)
		}
	}
}
