package storetest

import (
	"time"

	"birthright/identity"
	"birthright/store"
)

// shift is a fact of a source of tests; minutes count from the epoch.
func shift(key string, userN int64, start, end int) identity.Fact {
	at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }
	return identity.Fact{
		Source: "pager", Kind: identity.FactShift, Name: "primary", Key: key, Person: "u@x", UserN: userN,
		Start: at(start), End: at(end), Seen: epoch,
	}
}

func (h *Hub) saveFacts(facts ...identity.Fact) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.ChangeFacts(h.Context(), facts, nil) })
}

func (h *Hub) turned(limit int) (users []int64) {
	h.Helper()
	h.update(func(tx *store.Tx) (err error) { users, err = tx.TurnFacts(h.Context(), limit); return err })
	return users
}

var factCases = []Case{
	{
		Name: "facts are put, replaced and dropped",
		Why:  "they open and end access",
		Run: func(h *Hub) {
			a, b, c := shift("a", 1, 0, 60), shift("b", 2, 5, 60), shift("a", 3, 0, 1)
			c.Kind, c.Start, c.End = identity.FactTicket, time.Time{}, time.Time{}
			other := shift("a", 0, 0, 9)
			other.Source = "another"
			h.saveFacts(b, c, a, other)
			h.view(func(tx *store.Tx) error {
				all, err := tx.Facts(h.Context())
				h.must(err)
				h.same("all", all, []identity.Fact{other, a, b, c})
				of, err := tx.FactsOfSource(h.Context(), "pager")
				h.must(err)
				h.same("of the source", of, []identity.Fact{a, b, c})
				of, err = tx.FactsOfUsers(h.Context(), []int64{3, 2, 0, 9})
				h.same("of users", of, []identity.Fact{b, c})
				return err
			})
			a.Name, a.UserN = "secondary", 2
			h.update(func(tx *store.Tx) error {
				return tx.ChangeFacts(h.Context(), []identity.Fact{a}, []identity.Fact{b, shift("none", 1, 0, 1)}, event("facts.imported"))
			})
			h.view(func(tx *store.Tx) error {
				all, err := tx.FactsOfSource(h.Context(), "pager")
				h.same("left", all, []identity.Fact{a, c})
				return err
			})
		},
	},
	{
		Name: "a fact turns at its start and at its end, each once",
		Why:  "access must end when the shift does, whoever is asked or down then",
		Run: func(h *Hub) {
			h.saveFacts(shift("a", 1, 10, 20), shift("b", 2, -5, 20), shift("nobody", 0, 10, 20), shift("over", 3, -9, -1))
			h.same("nothing yet", h.turned(0), []int64(nil))
			h.pass(10 * time.Minute)
			h.same("a start", h.turned(0), []int64{1})
			h.same("told once", h.turned(0), []int64(nil))
			h.pass(10 * time.Minute)
			h.same("the ends", h.turned(0), []int64{1, 2})
			h.same("told once too", h.turned(0), []int64(nil))
		},
	},
	{
		Name: "turns that nobody heard of are told when somebody looks",
		Why:  "a hub that was down must see what ended meanwhile",
		Run: func(h *Hub) {
			h.saveFacts(shift("a", 1, 10, 20), shift("b", 2, 11, 20), shift("c", 3, 12, 90))
			h.pass(30 * time.Minute)
			h.same("as many as asked for", h.turned(2), []int64{1, 2})
			h.same("the rest", h.turned(2), []int64{3})
			h.same("no more", h.turned(2), []int64(nil))
			_ = h.DB.Update(h.Context(), func(tx *store.Tx) error {
				h.must(tx.ChangeFacts(h.Context(), []identity.Fact{shift("c", 3, 12, 40)}, nil))
				return errPlanned
			})
			h.pass(time.Hour)
			_ = h.DB.Update(h.Context(), func(tx *store.Tx) error {
				users, err := tx.TurnFacts(h.Context(), 0)
				h.must(err)
				h.same("seen", users, []int64{3})
				return errPlanned
			})
			h.same("seen by one who failed", h.turned(0), []int64{3})
		},
	},
}
