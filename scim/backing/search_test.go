package backing_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/searchdoc"
	"birthright/scim"
	"birthright/scim/backing"
	"birthright/scim/filter"
	"birthright/scim/resource"
	"birthright/store"
)

// crowd saves resources of every kind, some of which differ in letter case, in the
// kind of a value or in one element only. It returns them as conditions are asked
// of them in memory.
func (h *hub) crowd(r *rand.Rand, n int) map[int64]searchdoc.Resource {
	h.t.Helper()
	index := scim.NewIndex([]string{"okta"})
	texts := []string{"a", "A", "ab", "AB", "b", "ÄK", "äk", "k", "1", "39", "true", `a"b\`, "%_", "2026-01-01T00:00:00Z", strings.Repeat("y", 300), "ß", "ſ", "S"}
	text := func() any { return texts[r.IntN(len(texts))] }
	scalar := func() any {
		return []any{text(), text(), r.IntN(2) == 0, json.Number("39"), json.Number("39.0"), json.Number("-0"), json.Number("1e999"), json.Number("9007199254740993")}[r.IntN(8)]
	}
	var deep func(depth int) any
	deep = func(depth int) any {
		switch kind := r.IntN(6); {
		case kind == 0 && depth < 2:
			return []any{deep(depth + 1), deep(depth + 1)}
		case kind == 1 && depth < 2:
			return map[string]any{"value": deep(depth + 1), "a": deep(depth + 1)}
		}
		return scalar()
	}
	asked := map[int64]searchdoc.Resource{}
	err := h.db.Update(h.t.Context(), func(tx *store.Tx) error {
		var records []*identity.Record
		for i := range n {
			doc := map[string]any{"userName": fmt.Sprint(text(), i)}
			maybe := func(name string, value any) {
				if r.IntN(2) == 0 {
					doc[name] = value
				}
			}
			maybe("externalId", text())
			maybe("title", text())
			maybe("active", r.IntN(2) == 0)
			maybe("name", map[string]any{"givenName": text()})
			maybe("emails", []any{map[string]any{"value": text(), "type": "work"}, map[string]any{"value": text(), "type": "Home", "primary": true}})
			maybe(resource.EnterpriseURN, map[string]any{"department": text(), "manager": map[string]any{"value": text()}})
			maybe("urn:x:y:Z", map[string]any{"shoe": deep(0), "Hats": deep(0)})
			payload, err := json.Marshal(doc)
			if err != nil {
				return err
			}
			name := doc["userName"].(string)
			records = append(records, &identity.Record{Source: "okta", Payload: payload, Attributes: identity.Attributes{"userName": {name}}})
		}
		if err := tx.SaveRecords(h.t.Context(), records); err != nil {
			return err
		}
		for _, one := range records {
			asked[one.N] = searchdoc.Resource{Doc: index.Record(*one), ID: one.ID, Version: one.Version, Created: one.Created, Modified: one.Modified}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return asked
}

// filters makes texts of filters over the crowd's attributes.
func filters(r *rand.Rand, ids []string) func(depth int) string {
	paths := []string{
		"userName", "externalId", "title", "active", "name.givenName", "emails", "emails.value", "emails.type", `emails[type eq "work"].value`, `emails[not (value co "a")]`,
		`emails[primary eq true or value sw "a"].type`, "department", resource.EnterpriseURN + ":manager", resource.EnterpriseURN, "urn:x:y:z:shoe", "urn:x:y:Z:hats", "urn:x:y:Z:hats.a",
		`urn:x:y:Z:hats[value eq "a" or a eq 39]`, `urn:x:y:Z:hats[a ne 39].value`, "urn:x:y:Z", "schemas", "id", "meta.version", "meta.location", "meta.created", "meta.resourceType", "groups", "groups.display", "groups.type",
	}
	ops := []string{"eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"}
	values := []string{`"a"`, `"A"`, `"AB"`, `"äK"`, `"k"`, `"S"`, `"1"`, `39`, `39.5`, `0`, `true`, `false`, `null`, `""`, `"%"`, `"a\"b\\"`, `"W/\"1\""`, `"User"`,
		`"2020-01-01T00:00:00Z"`, `"2999-01-01T00:00:00Z"`, `"` + ids[0] + `"`, `"/Users/` + ids[1] + `"`, `"urn:x:y:Z"`, `"direct"`, `"` + strings.Repeat("y", 300) + `"`}
	var draw func(depth int) string
	draw = func(depth int) string {
		switch form := r.IntN(6); {
		case depth > 2 || form > 2:
			path, op := paths[r.IntN(len(paths))], ops[r.IntN(len(ops))]
			if op == "pr" {
				return path + " pr"
			}
			return path + " " + op + " " + values[r.IntN(len(values))]
		case form == 0:
			return draw(depth+1) + " and " + draw(depth+1)
		case form == 1:
			return "(" + draw(depth+1) + " or " + draw(depth+1) + ")"
		}
		return "not (" + draw(depth+1) + ")"
	}
	return draw
}

// Every filter finds in the databases what it means: the same as looking at every
// resource in memory, page by page and in every order.
func TestFiltersFindWhatTheyMean(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		r := rand.New(rand.NewPCG(7, 11))
		asked := h.crowd(r, 60)
		var ids []string
		for _, n := range sortedKeys(asked) {
			ids = append(ids, asked[n].ID)
		}
		behind, users := backing.New(h.db, nil), resource.Users()
		draw := filters(r, ids)
		matched := 0
		for i := 0; i < 1500; i++ {
			text := draw(0)
			x, err := filter.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			where, err := users.Condition(x, "http://hub/scim/v2")
			if err != nil {
				continue // the operator does not fit the attribute
			}
			var want []int64
			for _, n := range sortedKeys(asked) {
				if searchdoc.Match(where, asked[n]) {
					want = append(want, n)
				}
			}
			page, err := behind.Records(t.Context(), "okta", searchdoc.Query{Where: where, Limit: 100, Total: true})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			var got []int64
			for _, one := range page.Found {
				got = append(got, one.N)
			}
			if !slices.Equal(got, want) || page.Total != len(want) {
				t.Fatalf("%s\nfound %v (%d in all), want %v", text, got, page.Total, want)
			}
			matched += len(want)
		}
		if matched == 0 {
			t.Error("nothing ever matched")
		}
	})
}

// Pages by cursor and by index go through the same order without gap or overlap.
func TestPagesFollowTheOrder(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		h.crowd(rand.New(rand.NewPCG(3, 5)), 40)
		behind, users := backing.New(h.db, nil), resource.Users()
		for _, by := range []string{"", "userName", "the hub's", "title", "emails", "emails.type", "active", "meta.lastModified", "id", "meta.version", "urn:x:y:Z:shoe", resource.EnterpriseURN + ":department"} {
			for _, descending := range []bool{false, true} {
				q := searchdoc.Query{Limit: 100, Total: true}
				switch by {
				case "":
				case "the hub's":
					q.Order = searchdoc.Order{Column: searchdoc.UserName, Descending: descending}
				default:
					var err error
					if q.Order, err = users.Order(by, descending); err != nil {
						t.Fatal(err)
					}
				}
				whole, err := behind.Records(t.Context(), "okta", q)
				if err != nil || len(whole.Found) != 40 || whole.Total != 40 {
					t.Fatalf("%s: %d of %d, %v", by, len(whole.Found), whole.Total, err)
				}
				var byCursor, byIndex []string
				for q.Limit = 7; ; {
					page, err := behind.Records(t.Context(), "okta", q)
					if err != nil {
						t.Fatalf("%s: %v", by, err)
					}
					for _, one := range page.Found {
						byCursor = append(byCursor, one.ID)
					}
					if len(page.Found) < q.Limit {
						break
					}
					q.After = &page.Places[len(page.Places)-1]
				}
				for q.After, q.Offset = nil, 0; q.Offset < 40; q.Offset += q.Limit {
					page, err := behind.Records(t.Context(), "okta", q)
					if err != nil {
						t.Fatal(err)
					}
					for _, one := range page.Found {
						byIndex = append(byIndex, one.ID)
					}
				}
				var want []string
				missing := 0
				for i, one := range whole.Found {
					want = append(want, one.ID)
					if whole.Places[i].Sort == nil {
						missing++
					}
				}
				if !slices.Equal(byCursor, want) || !slices.Equal(byIndex, want) {
					t.Errorf("%s descending %v:\nwhole  %v\ncursor %v\nindex  %v", by, descending, want, byCursor, byIndex)
				}
				if first, last := whole.Places[0].Sort, whole.Places[39].Sort; by != "" && missing > 0 && missing < 40 && (first == nil) == (last == nil) || missing > 0 && missing < 40 && by != "" && (first == nil) != descending {
					t.Errorf("%s descending %v: those without a value stand at the wrong end", by, descending)
				}
			}
		}
	})
}

func sortedKeys(m map[int64]searchdoc.Resource) []int64 {
	var out []int64
	for n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// A database from before filters were answered by it, or in which a source did
// not push yet, is indexed when the hub starts; once.
func TestAnOlderDatabaseIsIndexed(t *testing.T) {
	onEach(t, func(t *testing.T, h *hub) {
		ada := h.user("ada")
		group := h.send("POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"eng","externalId":"7"}`, 201)["id"].(string)
		version := h.send("GET", "/Users/"+ada, "", 200)["meta"]
		look := func(want ...string) {
			t.Helper()
			if got := h.found("/Users", `title eq null and userName eq "ADA"`); !slices.Equal(got, want) {
				t.Errorf("found %v, want %v", got, want)
			}
		}
		look(ada)
		reindexed := func(sources ...string) (done int) {
			t.Helper()
			db, err := store.Open(t.Context(), h.url, store.Options{Index: scim.NewIndex(sources)})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Reindex(t.Context(), func(n int) { done = n }); err != nil {
				t.Fatal(err)
			}
			return done
		}
		if done := reindexed(); done != 2 { // nobody pushes
			t.Errorf("%d resources were gone through, want 2", done)
		}
		look()
		if done := reindexed("okta"); done != 2 {
			t.Errorf("%d resources were gone through, want 2", done)
		}
		if done := reindexed("okta"); done != 0 {
			t.Errorf("%d resources were gone through again", done)
		}
		look(ada)
		if got := h.found("/Groups", `externalId eq "7"`); !slices.Equal(got, []string{group}) {
			t.Errorf("groups: %v", got)
		}
		if now := h.send("GET", "/Users/"+ada, "", 200)["meta"]; fmt.Sprint(now) != fmt.Sprint(version) {
			t.Errorf("indexing changed %v to %v", version, now)
		}
		h.send("DELETE", "/Users/"+ada, "", 204)
		h.send("DELETE", "/Groups/"+group, "", 204)
		if left := h.terms(); left != 0 {
			t.Errorf("%d terms are left of what is gone", left)
		}
	})
}

// terms counts what the index holds.
func (h *hub) terms() (n int) {
	h.t.Helper()
	err := h.db.View(h.t.Context(), func(tx *store.Tx) (err error) {
		n, err = tx.CountTerms(h.t.Context())
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}
