package storetest

import (
	"fmt"
	"sync"
	"time"

	"birthright/store"
)

func (h *Hub) enqueue(work ...store.Work) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.EnqueueWork(h.Context(), work) })
}

func (h *Hub) claim(limit int) (claimed []store.Work) {
	h.Helper()
	h.update(func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimWork(h.Context(), limit, time.Minute)
		return err
	})
	return claimed
}

func (h *Hub) finish(work ...store.Work) {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.FinishWork(h.Context(), work) })
}

func (h *Hub) counted() (counts map[string]int) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { counts, err = tx.CountWork(h.Context()); return err })
	return counts
}

func labels(work []store.Work) []string {
	out := make([]string, len(work))
	for i, w := range work {
		out[i] = fmt.Sprintf("%s/%d", w.Target, w.UserN)
	}
	return out
}

var workCases = []Case{
	{
		Name: "removals are claimed first, then what is due longest",
		Why:  "a leaver must not wait behind a bulk load",
		Run: func(h *Hub) {
			h.enqueue(
				store.Work{UserN: 1}, store.Work{UserN: 2, DueAt: epoch.Add(-time.Hour)}, store.Work{UserN: 3, Removal: true},
				store.Work{UserN: 4, DueAt: epoch.Add(time.Hour)}, store.Work{Target: "aws", UserN: 5, DueAt: epoch.Add(-time.Minute), Removal: true},
			)
			h.view(func(tx *store.Tx) error {
				due, err := tx.DueWork(h.Context(), "", tx.Now(), 0)
				h.same("due", labels(due), []string{"/3", "/2", "/1"})
				return err
			})
			h.same("first two", labels(h.claim(2)), []string{"aws/5", "/3"})
			h.same("the rest", labels(h.claim(9)), []string{"/2", "/1"})
			h.same("nothing left", len(h.claim(9)), 0)
		},
	},
	{
		Name: "enqueueing again merges",
		Why:  "a thousand events of one user are one piece of work, as urgent as the most urgent",
		Run: func(h *Hub) {
			h.enqueue(store.Work{Target: "t", UserN: 1, DueAt: epoch.Add(time.Hour), Attempts: 3, LastError: "down"})
			h.pass(time.Minute)
			h.enqueue(store.Work{Target: "t", UserN: 1, DueAt: epoch.Add(time.Second), Removal: true}, store.Work{Target: "t", UserN: 1, DueAt: epoch.Add(2 * time.Hour)})
			want := store.Work{Target: "t", UserN: 1, DueAt: epoch.Add(time.Second), Since: epoch, Attempts: 3, Removal: true, LastError: "down"}
			h.view(func(tx *store.Tx) error {
				over, err := tx.Overdue(h.Context(), "t")
				h.must(err)
				h.same("merged", over, []store.Work{want})
				over, err = tx.Overdue(h.Context(), "")
				h.must(err)
				h.same("of any target", over, []store.Work{want})
				over, err = tx.Overdue(h.Context(), "other")
				h.same("of another", len(over), 0)
				return err
			})
		},
	},
	{
		Name: "work knows in which trace it was made necessary",
		Why:  "a change is followed from its source to its targets, whoever works on it and however often",
		Run: func(h *Hub) {
			h.enqueue(store.Work{UserN: 1, Trace: "old"}, store.Work{UserN: 2, Trace: "other"}, store.Work{UserN: 3})
			h.enqueue(store.Work{UserN: 1, Trace: "new"}, store.Work{UserN: 2}, store.Work{UserN: 3, Trace: "late"}, store.Work{UserN: 3})
			traces := func() (out []string) {
				for _, w := range h.claim(9) {
					out = append(out, w.Trace)
				}
				return out
			}
			want := []string{"new", "other", "late"}
			h.same("claimed", traces(), want)
			h.pass(time.Hour)
			h.same("claimed by somebody else", traces(), want)
		},
	},
	{
		Name: "finished work is gone, unless it was enqueued meanwhile",
		Why:  "a change that comes while its user is being worked on must not be lost",
		Run: func(h *Hub) {
			h.enqueue(store.Work{UserN: 1}, store.Work{UserN: 2})
			claimed := h.claim(9)
			h.enqueue(store.Work{UserN: 1})
			h.same("leased, though enqueued again", len(h.claim(9)), 0)
			h.finish(claimed...)
			again := h.claim(9)
			h.same("at once claimable", labels(again), []string{"/1"})
			h.finish(again...)
			h.same("left", len(h.counted()), 0)
			h.same("finishing again does no harm", len(h.claim(9)), 0)
		},
	},
	{
		Name: "a dead holder's work comes back when the lease ends",
		Why:  "a hub that is killed must not take work with it",
		Run: func(h *Hub) {
			h.enqueue(store.Work{UserN: 1})
			dead := h.claim(1)
			h.pass(59 * time.Second)
			h.same("still leased", len(h.claim(1)), 0)
			h.pass(time.Second)
			heir := h.claim(1)
			h.same("inherited", labels(heir), []string{"/1"})
			h.finish(dead...)
			h.same("not ended by the one who lost it", h.counted(), map[string]int{"": 1})
			h.same("still the heir's", len(h.claim(1)), 0)
			h.finish(heir...)
			h.enqueue(store.Work{UserN: 1})
			_ = h.claim(1)
			h.finish(append(dead, heir...)...)
			h.same("nor a later one", h.counted(), map[string]int{"": 1})
		},
	},
	{
		Name: "a holder that is still at it keeps its work",
		Why:  "leases are short, so that a dead holder is followed soon; a long step must not be done twice",
		Run: func(h *Hub) {
			renew := func(work []store.Work) {
				h.update(func(tx *store.Tx) error { return tx.RenewWork(h.Context(), work, time.Minute) })
			}
			h.enqueue(store.Work{UserN: 1})
			mine := h.claim(1)
			h.pass(59 * time.Second)
			renew(mine)
			h.pass(59 * time.Second)
			h.same("still mine", len(h.claim(1)), 0)
			h.pass(time.Second)
			heir := h.claim(1)
			h.same("inherited", labels(heir), []string{"/1"})
			h.pass(30 * time.Second)
			renew(mine)
			h.pass(30 * time.Second)
			last := h.claim(1)
			h.same("not renewed by the one who lost it", labels(last), []string{"/1"})
			h.update(func(tx *store.Tx) error { return tx.PostponeWork(h.Context(), last) })
			renew(last)
			h.same("nor after it was given back", labels(h.claim(1)), []string{"/1"})
		},
	},
	{
		Name: "work that was only read cannot be finished",
		Why:  "somebody else may be working on it",
		Run: func(h *Hub) {
			h.enqueue(store.Work{UserN: 1})
			h.update(func(tx *store.Tx) error {
				due, err := tx.DueWork(h.Context(), "", tx.Now(), 1)
				h.must(err)
				return tx.FinishWork(h.Context(), due)
			})
			h.same("left", h.counted(), map[string]int{"": 1})
		},
	},
	{
		Name: "postponed work waits, and keeps since when",
		Why:  "a target that is down is tried again for ever, and shows as overdue",
		Run: func(h *Hub) {
			h.enqueue(store.Work{Target: "t", UserN: 1}, store.Work{Target: "t", UserN: 2})
			claimed := h.claim(9)
			h.enqueue(store.Work{Target: "t", UserN: 2})
			for i := range claimed {
				claimed[i].DueAt, claimed[i].Attempts, claimed[i].LastError = epoch.Add(time.Hour), 1, "down"
			}
			h.update(func(tx *store.Tx) error { return tx.PostponeWork(h.Context(), claimed) })
			h.same("the one that was enqueued meanwhile", labels(h.claim(9)), []string{"t/2"})
			h.pass(time.Hour)
			later := h.claim(1)
			h.same("later", later[0].Attempts, 1)
			h.same("since", later[0].Since, epoch)
		},
	},
	{
		Name: "the next due time looks past leases",
		Why:  "a scheduler that wakes too late is a removal that comes too late",
		Run: func(h *Hub) {
			next := func() (at time.Time) {
				h.view(func(tx *store.Tx) (err error) { at, err = tx.NextDue(h.Context()); return err })
				return at
			}
			h.same("no work", next(), time.Time{})
			h.enqueue(store.Work{UserN: 1, DueAt: epoch.Add(time.Hour)}, store.Work{UserN: 2, DueAt: epoch.Add(2 * time.Hour), Removal: true})
			h.same("ahead", next(), epoch.Add(time.Hour))
			h.enqueue(store.Work{UserN: 3})
			h.same("now", next(), epoch)
			h.claim(1)
			h.same("when the lease ends", next(), epoch.Add(time.Minute))
		},
	},
	{
		Name: "of many claimers each piece has one",
		Why:  "two replicas that work on one user at once would send everything twice",
		Run: func(h *Hub) {
			const pieces = 300
			work := make([]store.Work, pieces)
			for i := range work {
				work[i] = store.Work{UserN: int64(i + 1), Removal: i%2 == 0}
			}
			h.enqueue(work...)
			var mu sync.Mutex
			times := map[int64]int{}
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for {
						var claimed []store.Work
						err := h.DB.Update(h.Context(), func(tx *store.Tx) (err error) {
							claimed, err = tx.ClaimWork(h.Context(), 7, time.Minute)
							return err
						})
						if err != nil {
							h.Error(err)
							return
						}
						if len(claimed) == 0 {
							return
						}
						mu.Lock()
						for _, w := range claimed {
							times[w.UserN]++
						}
						mu.Unlock()
						if err := h.DB.Update(h.Context(), func(tx *store.Tx) error { return tx.FinishWork(h.Context(), claimed) }); err != nil {
							h.Error(err)
						}
					}
				})
			}
			all.Wait()
			h.same("pieces claimed", len(times), pieces)
			for n, k := range times {
				if k != 1 {
					h.Errorf("user %d was claimed %d times", n, k)
				}
			}
			h.same("left", len(h.counted()), 0)
		},
	},
}
