package storetest

import (
	"errors"
	"time"

	"birthright/store"
)

func (h *Hub) owe(rows ...store.SignalRow) []store.SignalRow {
	h.Helper()
	h.update(func(tx *store.Tx) error { return tx.AddSignals(h.Context(), rows, event("user.state")) })
	return rows
}

func (h *Hub) claimSignal(receiver string) (row store.SignalRow, found bool) {
	h.Helper()
	h.update(func(tx *store.Tx) (err error) {
		row, found, err = tx.ClaimSignal(h.Context(), store.SignalClaim{Receiver: receiver, Lease: time.Minute})
		return err
	})
	return row, found
}

func (h *Hub) owed(f store.SignalFilter) (rows []store.SignalRow) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { rows, err = tx.Signals(h.Context(), f); return err })
	return rows
}

func signalEvents(rows []store.SignalRow) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = row.Receiver + "/" + row.Event
	}
	return out
}

var signalCases = []Case{
	{
		Name: "signals are kept as they were noted, in order",
		Why:  "a receiver is told what happened when it happened, however much later it answers",
		Run: func(h *Hub) {
			rows := h.owe(
				store.SignalRow{ID: "s1", Receiver: "app", Event: "session-revoked", UserName: "ada", Data: `{"a":1}`},
				store.SignalRow{Receiver: "siem", Event: "session-revoked", UserName: "ada", Data: `{}`},
			)
			h.pass(time.Second)
			h.owe(store.SignalRow{ID: "s3", Receiver: "app", Event: "delete", Data: `{}`})
			first := store.SignalRow{N: rows[0].N, ID: "s1", Receiver: "app", Event: "session-revoked", UserName: "ada", Data: `{"a":1}`, Created: epoch, DueAt: epoch}
			h.same("as noted", h.owed(store.SignalFilter{Receiver: "app", Limit: 1}), []store.SignalRow{first})
			h.same("all", signalEvents(h.owed(store.SignalFilter{})), []string{"app/session-revoked", "siem/session-revoked", "app/delete"})
			h.same("by identifier", signalEvents(h.owed(store.SignalFilter{IDs: []string{"s3", rows[1].ID, "none"}})), []string{"siem/session-revoked", "app/delete"})
			h.same("by both", signalEvents(h.owed(store.SignalFilter{Receiver: "app", IDs: []string{"s3", rows[1].ID}})), []string{"app/delete"})
			h.same("by none", len(h.owed(store.SignalFilter{IDs: []string{}})), 0)
			if rows[1].ID == "" || rows[1].N <= rows[0].N {
				h.Errorf("not numbered: %+v", rows[1])
			}
		},
	},
	{
		Name: "a signal goes away with the transaction that owed it",
		Why:  "what did not happen must not be told, and what did must be",
		Run: func(h *Hub) {
			err := h.DB.Update(h.Context(), func(tx *store.Tx) error {
				h.must(tx.AddSignals(h.Context(), []store.SignalRow{{Receiver: "app", Event: "delete", Data: "{}"}}))
				return errPlanned
			})
			h.same("the error", errors.Is(err, errPlanned), true)
			h.same("nothing is owed", len(h.owed(store.SignalFilter{})), 0)
		},
	},
	{
		Name: "a claimed signal is nobody else's until the lease ends",
		Why:  "two replicas would tell everything twice, and a dead one must not take signals with it",
		Run: func(h *Hub) {
			h.owe(store.SignalRow{ID: "s1", Receiver: "app", Event: "a", Data: "{}"}, store.SignalRow{ID: "s2", Receiver: "app", Event: "b", Data: "{}"})
			one, _ := h.claimSignal("app")
			two, _ := h.claimSignal("app")
			_, third := h.claimSignal("app")
			h.same("in order", []string{one.ID, two.ID}, []string{"s1", "s2"})
			h.same("attempts", one.Attempts, 1)
			h.same("nothing is left", third, false)
			h.view(func(tx *store.Tx) error {
				due, err := tx.SignalsDue(h.Context(), "app", 0)
				h.same("due", due, false)
				return err
			})
			h.pass(time.Minute)
			h.view(func(tx *store.Tx) error {
				due, err := tx.SignalsDue(h.Context(), "app", 0)
				h.same("due again", due, true)
				return err
			})
			again, found := h.claimSignal("app")
			h.same("again", []any{again.ID, again.Attempts, found}, []any{"s1", 2, true})
			_, found = h.claimSignal("other")
			h.same("another receiver's", found, false)
		},
	},
	{
		Name: "a delayed signal waits, and what was tried least can go before it",
		Why:  "a receiver that is down is tried again for ever; one signal that it cannot digest must not keep the others back",
		Run: func(h *Hub) {
			h.owe(store.SignalRow{ID: "s1", Receiver: "app", Event: "a", Data: "{}"}, store.SignalRow{ID: "s2", Receiver: "app", Event: "b", Data: "{}"})
			row, _ := h.claimSignal("app")
			h.update(func(tx *store.Tx) error { return tx.DelaySignal(h.Context(), row.ID, epoch.Add(time.Hour), "down\x00") })
			h.view(func(tx *store.Tx) error {
				counts, err := tx.CountSignals(h.Context())
				h.same("counts", counts, map[string]store.SignalCount{"app": {Owed: 2, Failed: 1, Oldest: epoch}})
				return err
			})
			h.pass(time.Hour)
			h.update(func(tx *store.Tx) error {
				row, _, err := tx.ClaimSignal(h.Context(), store.SignalClaim{Receiver: "app", Lease: time.Minute, LeastTried: true})
				h.same("tried least", row.ID, "s2")
				return err
			})
			row, _ = h.claimSignal("app")
			h.same("in turn", []any{row.ID, row.LastError, row.Attempts}, []any{"s1", "down\uFFFD", 2})
		},
	},
	{
		Name: "what came after a number is told apart",
		Why:  "a receiver that is left alone is still told of whoever leaves meanwhile",
		Run: func(h *Hub) {
			last := func() (n int64) {
				h.view(func(tx *store.Tx) (err error) { n, err = tx.LastSignal(h.Context(), "app"); return err })
				return n
			}
			h.same("none", last(), int64(0))
			h.owe(store.SignalRow{ID: "s1", Receiver: "app", Event: "a", Data: "{}"}, store.SignalRow{ID: "x", Receiver: "siem", Event: "a", Data: "{}"})
			seen := last()
			claim := func() (id string) {
				h.update(func(tx *store.Tx) error {
					due, err := tx.SignalsDue(h.Context(), "app", seen)
					h.must(err)
					row, found, err := tx.ClaimSignal(h.Context(), store.SignalClaim{Receiver: "app", Lease: time.Minute, AfterN: seen})
					h.same("due is claimed", found, due)
					id = row.ID
					return err
				})
				return id
			}
			h.same("nothing after", claim(), "")
			h.owe(store.SignalRow{ID: "s2", Receiver: "app", Event: "a", Data: "{}"})
			h.same("after", claim(), "s2")
			h.same("once", claim(), "")
		},
	},
	{
		Name: "a refused signal stays until a person looks",
		Why:  "asking for ever what was refused helps nobody, and forgetting it leaves a session open",
		Run: func(h *Hub) {
			h.owe(store.SignalRow{ID: "s1", Receiver: "app", Event: "a", Data: "{}"}, store.SignalRow{ID: "s2", Receiver: "app", Event: "b", Data: "{}"})
			h.update(func(tx *store.Tx) error {
				return tx.RefuseSignal(h.Context(), "s1", "invalid_audience", event("signal.refused"))
			})
			row, _ := h.claimSignal("app")
			h.same("the next is delivered", row.ID, "s2")
			h.update(func(tx *store.Tx) error {
				rows, more, err := tx.OfferSignals(h.Context(), "app", 9)
				h.same("offered", signalEvents(rows), []string{"app/b"})
				h.same("more", more, false)
				return err
			})
			kept := h.owed(store.SignalFilter{IDs: []string{"s1"}})
			h.same("kept", []any{kept[0].RefusedAt, kept[0].LastError}, []any{epoch, "invalid_audience"})
			h.view(func(tx *store.Tx) error {
				counts, err := tx.CountSignals(h.Context())
				h.same("counts", counts["app"], store.SignalCount{Owed: 1, Refused: 1, Oldest: epoch})
				return err
			})
			h.update(func(tx *store.Tx) error { return tx.RetrySignals(h.Context(), []string{"s1"}, event("signal.retried")) })
			row, _ = h.claimSignal("app")
			h.same("retried", row.ID, "s1")
			h.update(func(tx *store.Tx) error {
				return tx.EndSignals(h.Context(), []string{"s1", "s2", "none"}, event("signal.sent"))
			})
			h.same("left", len(h.owed(store.SignalFilter{})), 0)
		},
	},
	{
		Name: "what is offered stays owed until it is ended",
		Why:  "a receiver that polls and dies before it acknowledges is given the same again",
		Run: func(h *Hub) {
			h.owe(store.SignalRow{ID: "s1", Receiver: "siem", Event: "a", Data: "{}"}, store.SignalRow{ID: "s2", Receiver: "siem", Event: "b", Data: "{}"})
			offer := func(limit int) (events []string, more bool) {
				h.update(func(tx *store.Tx) error {
					rows, rest, err := tx.OfferSignals(h.Context(), "siem", limit)
					events, more = signalEvents(rows), rest
					return err
				})
				return events, more
			}
			for range 2 {
				events, more := offer(1)
				h.same("offered", events, []string{"siem/a"})
				h.same("more", more, true)
			}
			events, more := offer(2)
			h.same("both", events, []string{"siem/a", "siem/b"})
			h.same("no more", more, false)
			rows := h.owed(store.SignalFilter{})
			h.same("attempts", []int{rows[0].Attempts, rows[1].Attempts}, []int{3, 1})
		},
	},
}
