package storetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"birthright/identity"
	"birthright/store"
)

var transactionCases = []Case{
	{
		Name: "a failed update leaves nothing",
		Why:  "half an import would give access on half a picture",
		Run: func(h *Hub) {
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				if err := tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}}, event("user.created")); err != nil {
					return err
				}
				return errPlanned
			})
			if err == nil || err.Error() != errPlanned.Error() {
				h.Errorf("got %v, want the function's own error", err)
			}
			h.view(func(tx *store.Tx) error {
				n, err := tx.CountUsers(h.Context())
				h.same("users", n, 0)
				head, _ := tx.AuditHead(h.Context())
				h.same("audit records", head.Seq, int64(0))
				return err
			})
		},
	},
	{
		Name: "an error that is passed over still undoes everything",
		Why:  "half a batch would be taken for the whole",
		Run: func(h *Hub) {
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				batch := make([]*identity.Record, 60)
				for i := range batch {
					batch[i] = person("hr", fmt.Sprint(i))
				}
				batch[59].Key = "broken\x00"
				_ = tx.SaveRecords(h.Context(), batch)
				return nil
			})
			if err == nil {
				h.Error("the update went through")
			}
			h.view(func(tx *store.Tx) error {
				live, err := tx.LiveRecords(h.Context(), "hr")
				h.same("records", len(live), 0)
				return err
			})
		},
	},
	{
		Name: "a panic ends the transaction",
		Why:  "one fault would stop every writer for ever",
		Run: func(h *Hub) {
			func() {
				defer func() { _ = recover() }()
				_ = h.DB.Update(h.Context(), func(tx *store.Tx) error { panic("planned") })
			}()
			h.update(func(tx *store.Tx) error { return tx.Audit(h.Context(), event("still.alive")) })
		},
	},
	{
		Name: "a view cannot write",
		Why:  "what only looks must not change anything",
		Run: func(h *Hub) {
			for name, write := range map[string]func(tx *store.Tx) error{
				"users":    func(tx *store.Tx) error { return tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}}) },
				"audit":    func(tx *store.Tx) error { return tx.Audit(h.Context(), event("x.y")) },
				"run":      func(tx *store.Tx) error { return tx.SaveRun(h.Context(), store.RunRow{ID: "r"}) },
				"work":     func(tx *store.Tx) error { return tx.EnqueueWork(h.Context(), []store.Work{{UserN: 1}}) },
				"claim":    func(tx *store.Tx) error { _, err := tx.ClaimWork(h.Context(), 1, time.Minute); return err },
				"groups":   func(tx *store.Tx) error { _, err := tx.GroupNumbers(h.Context(), []string{"g"}, true); return err },
				"held":     func(tx *store.Tx) error { return tx.DropHeld(h.Context(), []string{"h"}) },
				"accounts": func(tx *store.Tx) error { return tx.DropAccounts(h.Context(), 1, []int64{1}) },
			} {
				if err := h.DB.View(h.Context(), write); err == nil {
					h.Errorf("%s was written in a view", name)
				}
			}
		},
	},
	{
		Name: "a view sees one moment",
		Why:  "a plan made of two moments would remove what was just given",
		Run: func(h *Hub) {
			h.view(func(tx *store.Tx) error {
				before, err := tx.CountUsers(h.Context())
				h.must(err)
				h.update(func(tx *store.Tx) error {
					return tx.SaveUsers(h.Context(), []*identity.User{{UserName: "ada"}})
				})
				after, err := tx.CountUsers(h.Context())
				h.same("users", after, before)
				return err
			})
		},
	},
	{
		Name: "updates run one after the other",
		Why:  "two replicas that both read and then write would lose one's work",
		Run: func(h *Hub) {
			const writers, rounds = 4, 10
			var all sync.WaitGroup
			for range writers {
				all.Go(func() {
					for range rounds {
						err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
							s, err := tx.SourceState(h.Context(), "hr")
							if err != nil {
								return err
							}
							s.Seen++
							return tx.SaveSourceState(h.Context(), s, event("source.counted"))
						})
						if err != nil {
							h.Error(err)
						}
					}
				})
			}
			all.Wait()
			h.view(func(tx *store.Tx) error {
				s, err := tx.SourceState(h.Context(), "hr")
				h.same("count", s.Seen, writers*rounds)
				return err
			})
			h.verify(writers * rounds)
		},
	},
	{
		Name: "updates at once are whole or nothing, each for itself",
		Why:  "they wait for the disk together; one that fails must not take others along, nor leave a part of itself",
		Run: func(h *Hub) {
			const writers, rounds = 8, 6
			var all sync.WaitGroup
			for w := range writers {
				all.Go(func() {
					for round := range rounds {
						fails := (w+round)%3 == 0
						err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
							u := &identity.User{UserName: fmt.Sprintf("user-%d-%d", w, round)}
							if err := tx.SaveUsers(h.Context(), []*identity.User{u}, event("user.created")); err != nil || !fails {
								return err
							}
							if round%2 == 0 { // as bad as a statement that the database refuses
								return tx.SaveUsers(h.Context(), []*identity.User{{UserName: "broken\x00"}})
							}
							return errPlanned
						})
						if (err != nil) != fails {
							h.Errorf("writer %d, round %d: got %v, to fail: %t", w, round, err, fails)
						}
					}
				})
			}
			all.Wait()
			h.view(func(tx *store.Tx) error {
				n, err := tx.CountUsers(h.Context())
				h.same("users", n, writers*rounds*2/3)
				return err
			})
			h.verify(writers * rounds * 2 / 3)
		},
	},
	{
		Name: "a cancelled context ends waiting and working",
		Why:  "the program could not stop",
		Run: func(h *Hub) {
			ctx, cancel := context.WithCancel(h.Context())
			err := h.DB.Update(ctx, func(tx *store.Tx) error {
				cancel()
				return tx.SaveUsers(ctx, []*identity.User{{UserName: "ada"}})
			})
			if err == nil {
				h.Error("the update of a cancelled context went through")
			}
			h.update(func(tx *store.Tx) error {
				n, err := tx.CountUsers(h.Context())
				h.same("users", n, 0)
				return err
			})
		},
	},
	{
		Name: "the time of a transaction is one, in microseconds",
		Why:  "times that are not stored as they were read make changes out of nothing",
		Run: func(h *Hub) {
			h.pass(1234567 * time.Nanosecond)
			h.update(func(tx *store.Tx) error {
				h.same("time", tx.Now(), epoch.Add(1234*time.Microsecond))
				u := &identity.User{UserName: "ada"}
				h.must(tx.SaveUsers(h.Context(), []*identity.User{u}))
				stored, err := tx.UserByN(h.Context(), u.N)
				h.same("created", stored.Created, tx.Now())
				return err
			})
		},
	},
	{
		Name: "a lock has one holder",
		Why:  "two full runs at once would undo each other",
		Run: func(h *Hub) {
			unlock, err := h.DB.TryLock(h.Context(), "sync/github")
			h.must(err)
			_, err = h.DB.TryLock(h.Context(), "sync/github")
			h.is(err, identity.Conflict)
			other, err := h.DB.TryLock(h.Context(), "sync/other")
			h.must(err)
			other()
			waited := make(chan error)
			go func() {
				unlock, err := h.DB.Lock(h.Context(), "sync/github")
				if err == nil {
					unlock()
				}
				waited <- err
			}()
			unlock()
			unlock() // twice does no harm
			h.must(<-waited)
		},
	},
	{
		Name: "waiting for a lock can be cancelled",
		Why:  "the program could not stop",
		Run: func(h *Hub) {
			unlock, err := h.DB.TryLock(h.Context(), "sync")
			h.must(err)
			defer unlock()
			ctx, cancel := context.WithCancel(h.Context())
			waited := make(chan error)
			go func() {
				_, err := h.DB.Lock(ctx, "sync")
				waited <- err
			}()
			cancel()
			if err := <-waited; err == nil {
				h.Error("the lock was given to two")
			}
		},
	},
}
