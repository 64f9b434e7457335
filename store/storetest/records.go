package storetest

import (
	"fmt"
	"time"

	"birthright/identity"
	"birthright/store"
)

var recordCases = []Case{
	{
		Name: "a record comes back as it was saved",
		Why:  "a value lost on the way is a value taken from a person",
		Run: func(h *Hub) {
			r := person("hr", "k1", "userName", "Ada", "email", "ada@x.example", "email", "a@x.example", "team", "Pläne \"& <Ziele>\\\n", "名", "愛")
			r.Payload = []byte{0, 1, 255}
			r.UserN, r.GoneAt = 7, epoch.Add(time.Hour+time.Microsecond)
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{r}) })
			h.same("assigned", []any{r.N, r.ID, r.Created, r.Modified}, []any{int64(1), "id-0001", epoch, epoch})
			h.view(func(tx *store.Tx) error {
				found, err := tx.RecordsByKey(h.Context(), "hr", []string{"k1", "none"})
				h.same("record", found, map[string]identity.Record{"k1": *r})
				return err
			})
		},
	},
	{
		Name: "saving again by key keeps number, id and creation",
		Why:  "memberships and SCIM clients hold on to them",
		Run: func(h *Hub) {
			first := person("hr", "k1", "userName", "ada")
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{first}) })
			h.pass(time.Hour)
			again := person("hr", "k1", "userName", "ada.l")
			elsewhere := person("okta", "k1", "userName", "ada")
			h.update(func(tx *store.Tx) error {
				return tx.SaveRecords(h.Context(), []*identity.Record{again, elsewhere})
			})
			h.same("again", []any{again.N, again.ID, again.Created, again.Modified}, []any{first.N, first.ID, epoch, epoch.Add(time.Hour)})
			h.same("the other source's number", elsewhere.N, int64(2))
		},
	},
	{
		Name: "numbers are never given twice",
		Why:  "a new person would inherit what a former one held",
		Run: func(h *Hub) {
			seen := map[int64]bool{}
			for i := range 5 {
				batch := []*identity.Record{person("hr", fmt.Sprint("a", i)), person("hr", fmt.Sprint("b", i))}
				h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), batch) })
				for _, r := range batch {
					if r.N == 0 || seen[r.N] {
						h.Errorf("number %d was given twice", r.N)
					}
					seen[r.N] = true
				}
			}
		},
	},
	{
		Name: "the same key twice in one save is a conflict",
		Why:  "one of two people would silently be lost",
		Run: func(h *Hub) {
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				return tx.SaveRecords(h.Context(), []*identity.Record{person("hr", "k1"), person("hr", "k1")})
			})
			h.is(err, identity.Conflict)
		},
	},
	{
		Name: "digests tell what changed without reading it",
		Why:  "an import of a million unchanged people must cost next to nothing",
		Run: func(h *Hub) {
			live, gone := person("hr", "live", "userName", "ada"), person("hr", "gone", "userName", "bob")
			live.UserN, gone.GoneAt, gone.HeldReason = 3, epoch, "two users match"
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{live, gone}) })
			h.view(func(tx *store.Tx) error {
				states, err := tx.RecordDigests(h.Context(), "hr", []string{"live", "gone", "none"})
				h.same("states", states, map[string]store.RecordState{
					"live": {N: 1, UserN: 3, Live: true, Digest: store.Digest(live.Attributes, nil)},
					"gone": {N: 2, Held: true, Digest: store.Digest(gone.Attributes, nil)},
				})
				return err
			})
		},
	},
	{
		Name: "gone records are found by key and user, not by id or query",
		Why:  "SCIM must answer 404, and a returning person must get the old record back",
		Run: func(h *Hub) {
			a, b := person("hr", "a", "userName", "ada"), person("hr", "b", "userName", "bob")
			a.UserN, b.UserN, b.GoneAt = 1, 1, epoch
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{b, a}) })
			h.view(func(tx *store.Tx) error {
				_, err := tx.RecordByID(h.Context(), "hr", b.ID)
				h.is(err, identity.NotFound)
				_, err = tx.RecordByID(h.Context(), "okta", a.ID)
				h.is(err, identity.NotFound)
				found, err := tx.RecordByID(h.Context(), "hr", a.ID)
				h.must(err)
				h.same("live one", found, *a)
				of, err := tx.RecordsOfUsers(h.Context(), []int64{1, 2})
				h.must(err)
				h.same("of the user", of, map[int64][]identity.Record{1: {*a, *b}})
				list, total, err := tx.Records(h.Context(), store.RecordQuery{Source: "hr"})
				h.must(err)
				h.same("listed", list, []identity.Record{*a})
				h.same("total", total, 1)
				ns, err := tx.LiveRecords(h.Context(), "hr")
				h.must(err)
				h.same("live", ns, []int64{a.N})
				keys, err := tx.RecordKeys(h.Context(), []int64{a.N, b.N, 99})
				h.same("keys", keys, map[int64]string{a.N: "a", b.N: "b"})
				return err
			})
		},
	},
	{
		Name: "records are found by attribute",
		Why:  "an identity provider asks first whether a person is there, and makes a second one if not",
		Run: func(h *Hub) {
			a := person("okta", "a", "userName", "Ada.Straße", "externalId", "X1", "email", "Ada@X.example", "title", "Lead", "title", "Chair")
			b := person("okta", "b", "userName", "bob", "externalId", "x1", "email", "bob@x.example")
			b.HeldReason = "two users match"
			c := person("hr", "c", "userName", "ada.straße")
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{a, b, c}) })
			cases := []struct {
				q    store.RecordQuery
				want []string
			}{
				{store.RecordQuery{Attr: "userName", Value: "ADA.straße"}, []string{"a"}},
				{store.RecordQuery{Attr: "externalId", Value: "X1"}, []string{"a"}},
				{store.RecordQuery{Attr: "externalId", Value: ""}, nil},
				{store.RecordQuery{Attr: "email", Value: "ada@x.EXAMPLE"}, []string{"a"}},
				{store.RecordQuery{Attr: "id", Value: b.ID}, []string{"b"}},
				{store.RecordQuery{Attr: "title", Value: "Chair"}, []string{"a"}},
				{store.RecordQuery{Attr: "title", Value: "chair"}, nil},
				{store.RecordQuery{Attr: `ti"tle'; --`, Value: "'; --"}, nil},
				{store.RecordQuery{Attr: "userName", Value: "bob\x00"}, nil},
				{store.RecordQuery{Held: true}, []string{"b"}},
				{store.RecordQuery{AfterN: a.N}, []string{"b"}},
				{store.RecordQuery{Offset: 1}, []string{"b"}},
				{store.RecordQuery{Limit: 1}, []string{"a"}},
				{store.RecordQuery{Offset: 5, Limit: 1}, nil},
			}
			h.view(func(tx *store.Tx) error {
				for _, c := range cases {
					c.q.Source = "okta"
					found, _, err := tx.Records(h.Context(), c.q)
					h.must(err)
					var keys []string
					for _, r := range found {
						keys = append(keys, r.Key)
					}
					h.same(fmt.Sprintf("%+v", c.q), keys, c.want)
				}
				_, total, err := tx.Records(h.Context(), store.RecordQuery{Limit: 1})
				h.same("total of all sources", total, 3)
				return err
			})
		},
	},
	{
		Name: "a user name belongs to one live record of a source",
		Why:  "a source could push the same person twice, or be refused a name that is free",
		Run: func(h *Hub) {
			hr, other, gone := person("hr", "1", "userName", "Ada"), person("okta", "1", "userName", "ada"), person("hr", "2", "userName", "eve")
			gone.GoneAt = epoch
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{hr, other, gone}) })
			h.view(func(tx *store.Tx) error {
				for _, c := range []struct{ source, name, but, want string }{
					{"hr", "aDA", "", hr.ID}, {"hr", "ada", hr.ID, ""}, {"okta", "Ada", hr.ID, other.ID},
					{"hr", "eve", "", ""}, {"hr", "nobody", "", ""}, {"hr", "broken\x00", "", ""},
				} {
					got, err := tx.RecordNamed(h.Context(), c.source, c.name, c.but)
					h.must(err)
					h.same(c.source+" "+c.name, got, c.want)
				}
				return nil
			})
		},
	},
	{
		Name: "text that no column can hold is refused or made harmless",
		Why:  "one broken value in a directory must not stop an import on one database and pass on the other",
		Run: func(h *Hub) {
			for _, key := range []string{"a\x00b", "a\xffb"} {
				err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
					return tx.SaveRecords(h.Context(), []*identity.Record{person("hr", key)})
				})
				h.is(err, identity.Invalid)
			}
			r := person("hr", "k", "userName", "a\x00b\xff")
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), []*identity.Record{r}) })
			h.view(func(tx *store.Tx) error {
				found, err := tx.RecordsByKey(h.Context(), "hr", []string{"k", "k\x00", "\xff"})
				h.same("found", len(found), 1)
				h.same("value", found["k"].Attributes.First("userName"), "a\uFFFDb\uFFFD")
				return err
			})
		},
	},
	{
		Name: "many records in one save",
		Why:  "an import comes in batches of thousands",
		Run: func(h *Hub) {
			const n = 1234
			batch := make([]*identity.Record, n)
			keys := make([]string, n)
			for i := range n {
				keys[i] = fmt.Sprint("k", i)
				batch[i] = person("hr", keys[i], "userName", keys[i])
			}
			h.update(func(tx *store.Tx) error { return tx.SaveRecords(h.Context(), batch) })
			h.view(func(tx *store.Tx) error {
				found, err := tx.RecordsByKey(h.Context(), "hr", keys)
				for i, r := range batch {
					if found[keys[i]].N != r.N || found[keys[i]].Attributes.First("userName") != keys[i] {
						h.Fatalf("record %s is not as saved: %+v", keys[i], found[keys[i]])
					}
				}
				return err
			})
		},
	},
	{
		Name: "correlation keys are set, replaced and found",
		Why:  "a stale key joins two people",
		Run: func(h *Hub) {
			a, b := person("hr", "a"), person("okta", "b")
			a.UserN, b.GoneAt = 5, epoch
			h.update(func(tx *store.Tx) error {
				h.must(tx.SaveRecords(h.Context(), []*identity.Record{a, b}))
				h.must(tx.SetMatchKeys(h.Context(), map[int64][]string{a.N: {"email=x", "emp=1"}, b.N: {"email=x", "email=x"}}))
				return tx.SetMatchKeys(h.Context(), map[int64][]string{a.N: {"email=x", "emp=2"}})
			})
			h.view(func(tx *store.Tx) error {
				found, err := tx.MatchKeys(h.Context(), []string{"email=x", "emp=1", "emp=2"})
				h.same("matches", found, map[string][]store.Match{
					"email=x": {{RecordN: a.N, UserN: 5, Source: "hr", Live: true}, {RecordN: b.N, Source: "okta"}},
					"emp=2":   {{RecordN: a.N, UserN: 5, Source: "hr", Live: true}},
				})
				return err
			})
			h.update(func(tx *store.Tx) error { return tx.SetMatchKeys(h.Context(), map[int64][]string{a.N: nil}) })
			h.view(func(tx *store.Tx) error {
				found, err := tx.MatchKeys(h.Context(), []string{"email=x", "emp=2"})
				h.same("matches", found, map[string][]store.Match{"email=x": {{RecordN: b.N, Source: "okta"}}})
				return err
			})
		},
	},
}
