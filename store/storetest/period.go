package storetest

import (
	"fmt"
	"time"

	"birthright/store"
)

var periodCases = []Case{{
	Name: "what a period is made of is all that was done or open in it",
	Why:  "a change that is in no archive is one that no auditor sees",
	Run: func(h *Hub) {
		at := func(minutes int) time.Time { return epoch.Add(time.Duration(minutes) * time.Minute) }
		change := func(id string, planned, finished int) store.ChangeRow {
			c := store.ChangeRow{ID: id, Target: "t", UserN: 1, Action: "add", PlannedAt: at(planned)}
			if finished > 0 {
				c.FinishedAt, c.Outcome = at(finished), "done"
			}
			return c
		}
		h.update(func(tx *store.Tx) error {
			for _, r := range []store.RunRow{
				{ID: "before", Target: "t", Started: at(1), Finished: at(9)}, {ID: "into", Target: "t", Started: at(9), Finished: at(10), Counts: map[string]int{"done": 1}},
				{ID: "beyond", Target: "t", Started: at(19), Finished: at(20)},
			} {
				h.must(tx.SaveRun(h.Context(), r))
			}
			return tx.SaveChanges(h.Context(), []store.ChangeRow{
				change("before", 1, 9), change("into", 2, 10), change("open", 3, 0), change("in", 10, 19), change("beyond", 19, 30), change("after", 20, 21),
			})
		})
		h.view(func(tx *store.Tx) error {
			var changes, runs []string
			h.must(tx.EachChange(h.Context(), at(10), at(20), func(c store.ChangeRow) error { changes = append(changes, c.ID); return nil }))
			h.must(tx.EachRun(h.Context(), at(10), at(20), func(r store.RunRow) error {
				runs = append(runs, fmt.Sprint(r.ID, r.Counts, r.Finished.Equal(at(10))))
				return nil
			}))
			h.same("changes", changes, []string{"into", "open", "in", "beyond"})
			h.same("runs", runs, []string{"intomap[done:1] true"})
			return nil
		})
	},
}}
