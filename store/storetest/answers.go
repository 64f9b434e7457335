package storetest

import (
	"time"

	"birthright/store"
)

var answerCases = []Case{{
	Name: "an answer is kept under its sender's key, for a time",
	Why:  "whoever did not hear the answer asks again: it must not be done twice, and somebody else's key is somebody else's",
	Run: func(h *Hub) {
		day, minute := 24*time.Hour, time.Minute
		begin := func(token, key string) (found store.AnswerRow, begun bool) {
			h.update(func(tx *store.Tx) (err error) {
				found, begun, err = tx.BeginAnswer(h.Context(), store.AnswerRow{Token: token, Key: key, Fingerprint: []byte{1, 0}}, tx.Now().Add(-day), tx.Now().Add(-minute))
				return err
			})
			return found, begun
		}
		expect := func(what, token, key string, status int, begun bool) {
			h.Helper()
			found, got := begin(token, key)
			h.same(what, []any{found.Status, got}, []any{status, begun})
		}
		expect("new", "t1", "a", 0, true)
		expect("worked on", "t1", "a", 0, false)
		expect("of another token", "t2", "a", 0, true)
		expect("another key", "t1", "b", 0, true)
		h.update(func(tx *store.Tx) error {
			h.must(tx.EndAnswer(h.Context(), store.AnswerRow{Token: "t1", Key: "a", Status: 201, Kind: "text/plain", Body: []byte{0, 255}}))
			return tx.DropAnswer(h.Context(), "t1", "b")
		})
		found, _ := begin("t1", "a")
		h.same("answered", found, store.AnswerRow{Token: "t1", Key: "a", Fingerprint: []byte{1, 0}, Status: 201, Kind: "text/plain", Body: []byte{0, 255}, Created: epoch})
		expect("dropped", "t1", "b", 0, true)
		h.pass(minute + time.Second)
		expect("abandoned", "t2", "a", 0, true)
		expect("answered a while ago", "t1", "a", 201, false)
		h.pass(day)
		expect("forgotten", "t1", "a", 0, true)
	},
}}
